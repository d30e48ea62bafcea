// Looks whether somebody published what we gave them: in the DNS of the host, or on its web server. Nothing that comes
// back is trusted, followed or kept beyond a few characters.
import { Resolver } from 'node:dns/promises';
import { types } from 'node:util';
import { Fault } from '../../platform/base/errors.ts';
import type { Outbound } from '../../platform/http/outbound.ts';

export const METHODS = ['dns', 'file'] as const;
export type Method = (typeof METHODS)[number];

/** What one look found. `got`: the beginning of what stood there, printable ASCII. */
export interface Finding {
  readonly is: 'right' | 'absent' | 'other' | 'status' | 'redirect' | 'refused' | 'silent';
  readonly got?: string;
}

export type Findings = Readonly<Record<Method, Finding>>;

export interface ChallengeParts {
  readonly outbound: Outbound;
  /** `address` or `address:port`; empty: those of the machine. */
  readonly dnsServers: readonly string[];
}

const TIMEOUT_MS = 2_500;
/** The resolver adds up to a quarter of it by itself. */
const DNS_TIMEOUT_MS = 2_000;
/** Enough for our own line and a mistake to be shown. */
const MOST_CHARACTERS = 1_000;

export const valueLine = (value: string): string => `tongxing-verify=${value}`;
export const dnsName = (host: string): string => `_tongxing-challenge.${host}`;
export const fileAddress = (host: string): string => `https://${host}/.well-known/tongxing-challenge.txt`;

/** Both looks at once, each at most 2.5 seconds. Never throws for what the other side does. */
export async function look(parts: ChallengeParts, host: string, value: string): Promise<Findings> {
  const line = valueLine(value);
  const [dns, file] = await Promise.all([lookInDns(parts, host, line), lookInFile(parts, host, line)]);
  return { dns, file };
}

/** Only TXT records of a name are asked for: no address comes back, so nothing is connected to. */
async function lookInDns({ dnsServers }: ChallengeParts, host: string, line: string): Promise<Finding> {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 1 });
  if (dnsServers.length > 0) resolver.setServers(dnsServers);
  try {
    const texts = (await resolver.resolveTxt(dnsName(host))).map((parts) => parts.join(''));
    if (texts.includes(line)) return { is: 'right' };
    return texts[0] === undefined ? { is: 'absent' } : { is: 'other', got: shown(texts[0]) };
  } catch (error) {
    // Not instanceof: errors of Node's own resolver may come from another realm than ours.
    if (!types.isNativeError(error) || !('code' in error)) throw error;
    return { is: error.code === 'ENOTFOUND' || error.code === 'ENODATA' ? 'absent' : 'silent' };
  }
}

async function lookInFile({ outbound }: ChallengeParts, host: string, line: string): Promise<Finding> {
  try {
    const answer = await outbound(fileAddress(host), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.status >= 300 && answer.status < 400) return { is: 'redirect' };
    if (answer.status === 404) return { is: 'absent' };
    if (answer.status !== 200) return { is: 'status', got: String(answer.status) };
    const text = (await answer.text()).slice(0, MOST_CHARACTERS).trim();
    return text === line ? { is: 'right' } : { is: 'other', got: shown(text) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { is: error.code === 'forbidden' ? 'refused' : 'silent' };
  }
}

const shown = (text: string): string => text.replaceAll(/[^ -~]/g, '?').slice(0, 80);
