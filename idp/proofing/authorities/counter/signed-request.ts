// A request from a counter: one JWS over the payload with two signatures (RFC 7515 7.2.1), the terminal's first, then
// the officer's who acts. A stolen officer's key is worth nothing without a terminal, and the other way round.
import { errors, flattenedVerify } from 'jose';
import type { ParameterizedContext } from 'koa';
import { z } from 'zod';
import { epochSeconds, type Clock } from '../../../platform/base/clock.ts';
import { Fault } from '../../../platform/base/errors.ts';
import { readText } from '../../../platform/http/body.ts';
import { keyOf, type Ephemeral } from '../../../platform/store/ephemeral.ts';
import type { Postgres } from '../../../platform/store/postgres.ts';
import type { OfficeId, OfficerId, TerminalId } from './directory/directory.ts';
import type { PublicJwk } from './directory/public-key.ts';
import * as store from './store.ts';

/** Whose signatures a request carries: both enabled, both of this office. */
export interface Desk {
  readonly office: OfficeId;
  readonly terminal: TerminalId;
  readonly officer: OfficerId;
}

export interface SignedRequest {
  readonly desk: Desk;
  /** What both signed, parsed from JSON; undefined when it is none. */
  readonly payload: unknown;
}

export interface SignedRequestParts {
  readonly postgres: Postgres;
  readonly ephemeral: Ephemeral;
  /** Our public address: what `htu` has to begin with, whatever Host the caller wrote. */
  readonly issuer: URL;
  readonly clock: Clock;
}

const TOLERANCE_SECONDS = 60;
/** A signature from a clock that is fast by the tolerance is fresh for twice as long. */
const REMEMBERED_SECONDS = 2 * TOLERANCE_SECONDS + 1;

// Strict, so that nothing which is signed goes unread: `crit`, `b64`, `jwk`, `x5u` are refused like every other member.
const header = z.strictObject({
  alg: z.literal('ES256'),
  kid: z.string().min(1).max(64),
  htm: z.string(),
  htu: z.string(),
  iat: z.number().int(),
  jti: z.string().min(16).max(128),
});
const signature = z.strictObject({ protected: z.string(), signature: z.string() });
const envelope = z.strictObject({ payload: z.string(), signatures: z.tuple([signature, signature]) });

type Header = z.output<typeof header>;
type Signature = z.output<typeof signature>;

/**
 * Reads and verifies the request. Everything that is wrong is one Fault, `unsigned`: an attacker does not learn which
 * part was good. Each pair of signatures is taken once. Faults besides: those of `readText`, and `unavailable`.
 */
export async function readSigned(
  parts: SignedRequestParts,
  ctx: ParameterizedContext,
): Promise<SignedRequest> {
  const text = await readText(ctx, 'application/jose+json');
  const signed = await verify(parts, { method: ctx.method, path: ctx.path, text });
  if (signed) return signed;
  // RFC 9110 15.5.2: a 401 names a scheme.
  ctx.set('WWW-Authenticate', 'JWS');
  throw new Fault('unsigned');
}

async function verify(
  parts: SignedRequestParts,
  { method, path, text }: { readonly method: string; readonly path: string; readonly text: string },
): Promise<SignedRequest | undefined> {
  const read = envelope.safeParse(jsonOf(text)).data;
  if (!read) return undefined;
  const { payload, signatures } = read;
  const [terminal, officer] = [headerOf(signatures[0]), headerOf(signatures[1])];
  if (!terminal || !officer || terminal.jti !== officer.jti) return undefined;
  const expected = { method, address: new URL(path, parts.issuer).href, at: epochSeconds(parts.clock.now()) };
  if (![terminal, officer].every((each) => fits(each, expected))) return undefined;
  const found = await store.findDesk(parts.postgres, terminal.kid, officer.kid);
  if (!found) return undefined;
  const { terminalKey, officerKey, ...desk } = found;
  if (!(await genuine(payload, signatures[0], terminalKey))) return undefined;
  if (!(await genuine(payload, signatures[1], officerKey))) return undefined;
  // Last: a stranger must not be able to use up somebody's mark.
  const mark = keyOf('counter.signed', [desk.terminal, desk.officer, terminal.jti].join('\n'));
  if (!(await parts.ephemeral.once(mark, 1, REMEMBERED_SECONDS))) return undefined;
  return { desk, payload: jsonOf(Buffer.from(payload, 'base64url').toString('utf8')) };
}

interface Expected {
  readonly method: string;
  readonly address: string;
  readonly at: number;
}

const fits = ({ htm, htu, iat }: Header, { method, address, at }: Expected): boolean =>
  htm === method && htu === address && Math.abs(at - iat) <= TOLERANCE_SECONDS;

const headerOf = ({ protected: text }: Signature): Header | undefined =>
  header.safeParse(jsonOf(Buffer.from(text, 'base64url').toString('utf8'))).data;

async function genuine(payload: string, each: Signature, key: PublicJwk): Promise<boolean> {
  try {
    await flattenedVerify({ payload, ...each }, { ...key }, { algorithms: ['ES256'] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON is one more way to be wrong: every schema refuses undefined.
    return undefined;
  }
}
