// A made-up desk: one terminal and two officers with keys that live as long as the process. It speaks with the real API
// of the counter over HTTP, with real signatures.
import { randomBytes } from 'node:crypto';
import { GeneralSign, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import { epochSeconds, type Clock } from '../../../platform/base/clock.ts';
import { Fault } from '../../../platform/base/errors.ts';
import { randomToken } from '../../../platform/base/ids.ts';

interface NewSigner {
  readonly id: string;
  readonly office: string;
  readonly key: JWK;
}

/** The counter's own front door for registering, as far as it is needed here. */
export interface CounterDirectory {
  addOffice(office: { id: string; name: string; region: string }, actor: string): Promise<void>;
  addTerminal(terminal: NewSigner & { readonly name: string }, actor: string): Promise<void>;
  addOfficer(officer: NewSigner, actor: string): Promise<void>;
}

export interface CounterParts {
  /** The system's public address. */
  readonly api: URL;
  readonly directory: CounterDirectory;
}

/** What the counter answered: `body` as JSON. */
export interface DeskAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The first officer looks up and submits, the second one decides. */
export interface Desk {
  lookUp(ticket: string): Promise<DeskAnswer>;
  submit(submission: object): Promise<DeskAnswer>;
  decide(submission: string, decision: object): Promise<DeskAnswer>;
}

interface Signer {
  readonly id: string;
  readonly key: CryptoKey;
}

const OFFICE = { id: 'sandbox', name: '沙箱政务服务大厅', region: '330100' };
const ACTOR = 'system';

/** Makes the keys and registers them; each start has a desk of its own, so that several nodes do not clash. */
export async function openDesk({ api, directory }: CounterParts, clock: Clock): Promise<Desk> {
  await addOffice(directory);
  const suffix = randomBytes(4).toString('hex');
  const office = OFFICE.id;
  const made = async (name: string): Promise<Signer & { jwk: JWK }> => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    return { id: `sandbox-${name}-${suffix}`, key: privateKey, jwk: await exportJWK(publicKey) };
  };
  const [terminal, first, second] = [await made('terminal'), await made('first'), await made('second')];
  await directory.addTerminal({ id: terminal.id, office, name: '1 号窗口', key: terminal.jwk }, ACTOR);
  for (const officer of [first, second])
    await directory.addOfficer({ id: officer.id, office, key: officer.jwk }, ACTOR);
  const say = (officer: Signer, path: string, payload: object): Promise<DeskAnswer> =>
    post([terminal, officer], new URL(path, api).href, payload, clock);
  return {
    lookUp: (ticket) => say(first, '/counter/cases/lookup', { ticket }),
    submit: (submission) => say(first, '/counter/submissions', submission),
    decide: (id, decision) =>
      say(second, `/counter/submissions/${encodeURIComponent(id)}/approval`, decision),
  };
}

async function addOffice(directory: CounterDirectory): Promise<void> {
  try {
    await directory.addOffice(OFFICE, ACTOR);
  } catch (error) {
    // An earlier start or another node has added it.
    if (!(error instanceof Fault) || error.code !== 'conflict') throw error;
  }
}

async function post(
  signers: readonly Signer[],
  address: string,
  payload: object,
  clock: Clock,
): Promise<DeskAnswer> {
  const sign = new GeneralSign(new TextEncoder().encode(JSON.stringify(payload)));
  const once = { htm: 'POST', htu: address, iat: epochSeconds(clock.now()), jti: randomToken() };
  for (const { id, key } of signers)
    sign.addSignature(key).setProtectedHeader({ alg: 'ES256', kid: id, ...once });
  const answer = await fetch(address, {
    method: 'POST',
    body: JSON.stringify(await sign.sign()),
    headers: { 'content-type': 'application/jose+json', accept: 'application/json' },
  });
  return { status: answer.status, body: (await answer.json()) as DeskAnswer['body'] };
}
