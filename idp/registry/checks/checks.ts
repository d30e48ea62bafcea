// Whether a client may be registered like this: everything that is looked at before anything is saved, whoever brings it
// (page, API, command, dynamic registration).
import type { Outbound } from '../../platform/http/outbound.ts';
import { isRecord } from '../claims.ts';
import { engineMetadata } from '../client.ts';
import { needsSecret, readRegistration, type Read } from '../registration.ts';
import type { Environment } from '../registry.ts';
import { fetchKeys } from './fetching.ts';
import { KEY_RULES } from './key-rules.ts';
import { explainKeySet, signingKeys, type ExplainedKeys } from './keys.ts';
import { checkProduction } from './place.ts';
import { complaintOf, rule, type Complain, type Complaint } from './rules.ts';

export type { Complaint } from './rules.ts';

/** Where the client is to live. */
export interface Place {
  readonly environment: Environment;
  /** Host names that the owning unit has shown to be its own; a client may use them and what lies below them. */
  readonly domains: readonly string[];
}

export interface Checked {
  readonly read: Read;
  readonly complaints: readonly Complaint[];
  /** What the keys of the client are, in words; undefined when it names none. */
  readonly keys: ExplainedKeys | undefined;
}

export interface Checks {
  /**
   * `given`: client metadata as a service brings it (OpenID Connect Registration 1.0 section 2, and our `tongxing_*`).
   * Nothing is written; a `jwks_uri` is fetched. Never throws for what is wrong with the metadata.
   */
  check(given: unknown, place: Place): Promise<Checked>;
  /** The keys of a key set, or those at an address, in words. Never throws for what is wrong with them. */
  explainKeys(from: { readonly jwks: unknown } | { readonly uri: string }): Promise<ExplainedKeys>;
}

export interface ChecksParts {
  /** The protocol engine's own check; throws an Error whose message says what is wrong. */
  readonly validate: (metadata: Readonly<Record<string, unknown>>) => void | Promise<void>;
  readonly outbound: Outbound;
}

export function createChecks(parts: ChecksParts): Checks {
  const explainKeys: Checks['explainKeys'] = (from) =>
    'uri' in from ? fetchKeys(parts.outbound, from.uri) : Promise.resolve(explainKeySet(from.jwks));
  return {
    explainKeys,
    async check(given, { environment, domains }) {
      const read = readRegistration(given, environment === 'sandbox');
      const complaints = [...read.faults];
      const complain: Complain = (member, value, broken) => {
        complaints.push(complaintOf(member, value, broken));
      };
      if (environment === 'production' && isRecord(given))
        checkProduction(given, read.registration, domains, complain);
      const keys = await keysOf(read, explainKeys);
      if (keys) checkUsable(read, keys, complain);
      // What is wrong already would only be said again, in other words.
      if (complaints.length === 0) await askEngine(parts, read, complain);
      return { read, complaints, keys };
    },
  };
}

async function keysOf(
  { registration, faults }: Read,
  explainKeys: Checks['explainKeys'],
): Promise<ExplainedKeys | undefined> {
  const { jwks, jwks_uri: uri } = registration.metadata;
  if (jwks !== undefined) return await explainKeys({ jwks });
  // An address that was refused is not fetched.
  if (typeof uri !== 'string' || faults.some(({ member }) => member === 'jwks_uri')) return undefined;
  return await explainKeys({ uri });
}

function checkUsable({ registration, faults }: Read, keys: ExplainedKeys, complain: Complain): void {
  const { metadata } = registration;
  const member = metadata['jwks'] === undefined ? 'jwks_uri' : 'jwks';
  const value = metadata['jwks_uri'];
  // The form of `jwks` has been complained about already.
  if (member === 'jwks' && faults.some((fault) => fault.member === 'jwks')) return;
  for (const fault of keys.faults) complain(member, value, fault);
  for (const [place, key] of keys.keys.entries())
    for (const fault of key.faults)
      complain(member, value, KEY_RULES.key(key.kid === undefined ? `${place + 1}` : `"${key.kid}"`, fault));
  const alg = metadata['token_endpoint_auth_signing_alg'];
  const wanted = typeof alg === 'string' ? alg : undefined;
  if (
    metadata['token_endpoint_auth_method'] === 'private_key_jwt' &&
    keys.faults.length === 0 &&
    signingKeys(keys, wanted).length === 0
  )
    complain(member, value, KEY_RULES.none(wanted));
}

/** Never used for anything: the secret of a client that is only looked at. */
const STAND_IN = 'x'.repeat(43);

async function askEngine({ validate }: ChecksParts, read: Read, complain: Complain): Promise<void> {
  const { registration, secret } = read;
  const known = needsSecret(registration.metadata) ? (secret ?? STAND_IN) : undefined;
  try {
    await validate(engineMetadata(registration, known));
  } catch (error) {
    const reason = reasonOf(error);
    const member = /^[a-z_]+(?= )/.exec(reason)?.[0] ?? '';
    complain(
      Object.hasOwn(registration.metadata, member) ? member : 'the registration',
      undefined,
      rule(`不能使用：${reason}`, `cannot work: ${reason}`),
    );
  }
}

/** OAuth errors carry what is wrong in `error_description`, their message is only the code. */
export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('error_description' in error && typeof error.error_description === 'string')
    return error.error_description;
  return 'message' in error ? String(error.message) : 'refused by the protocol engine';
}
