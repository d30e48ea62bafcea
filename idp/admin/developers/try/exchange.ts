// What a careful service does once the browser is back: redeems the code, checks the ID token, asks userinfo. Every step
// is noted with what happened, also when it went wrong.
import { createLocalJWKSet, errors as jose, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { Fault } from '../../../platform/base/errors.ts';
import type { Clock } from '../../../platform/base/clock.ts';
import type { Outbound } from '../../../platform/http/outbound.ts';
import type { Client } from '../../../registry/registry.ts';

export type StepName = 'request' | 'person' | 'back' | 'token' | 'check' | 'userinfo';

export interface Step {
  readonly name: StepName;
  readonly is: 'ok' | 'bad' | 'off';
  /** Key of the sentence and what stands in it. */
  readonly what: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly ms: number | undefined;
}

/** What came of it. JSON, so that it can be kept for the page. */
export interface Outcome {
  readonly steps: readonly Step[];
  readonly idToken: string | undefined;
  readonly accessStart: string | undefined;
  /** Undefined: not reached, or encrypted. */
  readonly userinfo: Readonly<Record<string, unknown>> | undefined;
  readonly encrypted: boolean;
  /** The request to send, where only the service itself can prove who it is. */
  readonly request: string | undefined;
}

export interface Login {
  readonly client: Client;
  readonly code: string;
  readonly verifier: string;
  readonly nonce: string;
  readonly callback: string;
}

export interface ExchangeParts {
  readonly issuer: URL;
  readonly reach: Outbound;
  readonly clock: Clock;
}

/** Carries a step that went wrong past the ones after it. */
class Stopped extends Error {
  readonly what: string;
  readonly params: Step['params'];
  constructor(what: string, params: Step['params'] = {}) {
    super(what);
    this.what = what;
    this.params = params;
  }
}

const REST: readonly StepName[] = ['token', 'check', 'userinfo'];

export async function exchange(parts: ExchangeParts, login: Login): Promise<Outcome> {
  const method = String(login.client.metadata['token_endpoint_auth_method']);
  const nothing = { idToken: undefined, accessStart: undefined, userinfo: undefined, encrypted: false };
  if (!PROVABLE.has(method)) {
    const steps = [off('token', 'off.key'), off('check', 'off.before'), off('userinfo', 'off.before')];
    return { ...nothing, steps, request: requestToSend(parts.issuer, login) };
  }
  const steps: Step[] = [];
  const did: { -readonly [Part in keyof typeof nothing]: Outcome[Part] } = { ...nothing };
  try {
    const { tokens } = await timed(
      parts,
      steps,
      'token',
      { what: 'what.token', params: { method } },
      async () => ({
        tokens: await redeem(parts, login, method),
      }),
    );
    did.accessStart = String(tokens['access_token']).slice(0, 6);
    if (typeof tokens['id_token'] === 'string') did.idToken = tokens['id_token'];
    const claims = await timed(parts, steps, 'check', { what: 'what.check' }, () =>
      verified(parts, login, did.idToken),
    );
    const person = await timed(parts, steps, 'userinfo', { what: 'what.userinfo' }, () =>
      userinfo(parts, String(tokens['access_token']), claims),
    );
    did.userinfo = person;
    did.encrypted = person === undefined;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  for (const name of REST.slice(steps.length)) steps.push(off(name, 'off.before'));
  return { ...did, steps, request: undefined };
}

const off = (name: StepName, what: string): Step => ({ name, is: 'off', what, params: {}, ms: undefined });

/** What this system can prove on the client's behalf. */
const PROVABLE: ReadonlySet<string> = new Set(['client_secret_basic', 'client_secret_post', 'none']);

async function timed<T>(
  { clock }: ExchangeParts,
  steps: Step[],
  name: StepName,
  good: { readonly what: string; readonly params?: Step['params'] },
  work: () => Promise<T>,
): Promise<T> {
  const began = clock.now().getTime();
  const took = (): number => clock.now().getTime() - began;
  try {
    const result = await work();
    steps.push({ name, is: 'ok', what: good.what, params: good.params ?? {}, ms: took() });
    return result;
  } catch (error) {
    const stopped =
      error instanceof Stopped ? error : error instanceof Fault ? new Stopped('bad.unreachable') : undefined;
    if (!stopped) throw error;
    steps.push({ name, is: 'bad', what: stopped.what, params: stopped.params, ms: took() });
    throw stopped;
  }
}

type Members = Readonly<Record<string, unknown>>;

async function redeem(parts: ExchangeParts, login: Login, method: string): Promise<Members> {
  const { client, code, verifier, callback } = login;
  const secret = client.metadata['client_secret'];
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
  });
  const headers = new Headers({ accept: 'application/json' });
  if (method === 'client_secret_basic') headers.set('authorization', basic(client.clientId, String(secret)));
  else form.set('client_id', client.clientId);
  if (method === 'client_secret_post') form.set('client_secret', String(secret));
  const answer = await parts.reach(new URL('/oidc/token', parts.issuer), {
    method: 'POST',
    body: form,
    headers,
  });
  return await membersOf(answer);
}

/** RFC 6749 2.3.1: both halves are form-encoded before they are joined. */
function basic(clientId: string, secret: string): string {
  const encoded = [clientId, secret].map((half) => encodeURIComponent(half)).join(':');
  return `Basic ${Buffer.from(encoded).toString('base64')}`;
}

async function membersOf(answer: Response): Promise<Members> {
  const members = (await answer.json()) as Members;
  if (answer.status === 200) return members;
  const { error = '', error_description: description = '' } = members;
  throw new Stopped('bad.status', {
    status: answer.status,
    error: String(error),
    description: String(description),
  });
}

/** OpenID Connect Core 3.1.3.7. */
async function verified(
  parts: ExchangeParts,
  login: Login,
  idToken: string | undefined,
): Promise<JWTPayload> {
  if (idToken === undefined) throw new Stopped('bad.no_id_token');
  const answer = await parts.reach(new URL('/oidc/jwks', parts.issuer));
  const keys = createLocalJWKSet((await answer.json()) as JSONWebKeySet);
  try {
    const { payload } = await jwtVerify(idToken, keys, {
      issuer: parts.issuer.href.replace(/\/$/, ''),
      audience: login.client.clientId,
      currentDate: parts.clock.now(),
      clockTolerance: 15,
    });
    if (payload['nonce'] === login.nonce) return payload;
  } catch (error) {
    if (error instanceof jose.JWTClaimValidationFailed || error instanceof jose.JWTExpired)
      throw new Stopped('bad.check', { what: error.claim });
    if (error instanceof jose.JOSEError) throw new Stopped('bad.check', { what: 'signature' });
    throw error;
  }
  throw new Stopped('bad.check', { what: 'nonce' });
}

/** Undefined: the answer is encrypted for the service. */
async function userinfo(
  parts: ExchangeParts,
  accessToken: string,
  claims: JWTPayload,
): Promise<Members | undefined> {
  const answer = await parts.reach(new URL('/oidc/userinfo', parts.issuer), {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const signed =
    answer.status === 200 && (answer.headers.get('content-type') ?? '').includes('application/jwt');
  const text = signed ? await answer.text() : undefined;
  if (text !== undefined && text.split('.').length === 5) return undefined;
  const members = text === undefined ? await membersOf(answer) : decodedJwt(text).body;
  if (members['sub'] !== claims.sub) throw new Stopped('bad.subject');
  return members;
}

/** The two readable parts of a JWT that was checked before, or that this system has just made. */
export function decodedJwt(token: string): { readonly head: Members; readonly body: Members } {
  const [head = '', body = ''] = token.split('.');
  const read = (part: string): Members =>
    JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Members;
  return { head: read(head), body: read(body) };
}

function requestToSend(issuer: URL, { client, code, verifier, callback }: Login): string {
  const quoted = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`;
  return [
    `curl ${quoted(new URL('/oidc/token', issuer).href)} \\`,
    `  --data-urlencode grant_type=authorization_code \\`,
    `  --data-urlencode ${quoted(`code=${code}`)} \\`,
    `  --data-urlencode ${quoted(`redirect_uri=${callback}`)} \\`,
    `  --data-urlencode ${quoted(`code_verifier=${verifier}`)} \\`,
    `  --data-urlencode ${quoted(`client_id=${client.clientId}`)} \\`,
    `  --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \\`,
    `  --data-urlencode "client_assertion=$SIGNED_ASSERTION"`,
  ].join('\n');
}
