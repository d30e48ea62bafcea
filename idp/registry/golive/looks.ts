// How each item of the checklist is looked at.
import { Fault } from '../../platform/base/errors.ts';
import type { Outbound } from '../../platform/http/outbound.ts';
import type { Seen } from '../activity/activity.ts';
import { isRecord } from '../claims.ts';
import type { Client } from '../registry.ts';
import type { Item } from './items.ts';

export interface Found {
  /** `open`: there is nothing to look at yet. */
  readonly found: 'passed' | 'failed' | 'open';
  /** Key of the sentence that says why. */
  readonly reason: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export interface Looking {
  readonly client: Client;
  /** The last requests of the client, newest first. */
  readonly requests: readonly Seen[];
  readonly outbound: Outbound;
  readonly now: Date;
}

type Look = (looking: Looking) => Found | Promise<Found>;

const found = (is: Found['found'], reason: string, params: Found['params'] = {}): Found => ({
  found: is,
  reason,
  params,
});
const passed = (reason: string, params?: Found['params']): Found => found('passed', reason, params);
const failed = (reason: string, params?: Found['params']): Found => found('failed', reason, params);
const open = (reason: string, params?: Found['params']): Found => found('open', reason, params);

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The answer to a request, or the sentence that says why there is none. */
async function answerOf(outbound: Outbound, uri: string, init: RequestInit = {}): Promise<Response | Found> {
  try {
    return await outbound(uri, init);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return failed(error.code === 'forbidden' ? 'not_public' : 'no_answer', { uri });
  }
}

/** An answer of any kind shows that the certificate is good; a code that nobody made changes nothing there. */
const redirectTls: Look = async ({ client, outbound }) => {
  const uris = textsOf(client.metadata['redirect_uris']);
  const local = uris.find((uri) => new URL(uri).protocol !== 'https:');
  if (uris.length === 0) return open('no_redirect');
  if (local !== undefined) return failed('redirect_local', { uri: local });
  for (const uri of uris) {
    const answer = await answerOf(outbound, new URL(uri).origin);
    if (!(answer instanceof Response)) return answer;
  }
  return passed('redirect_tls', { count: uris.length });
};

/** OIDC Back-Channel Logout 1.0 2.8: a token that nobody signed is refused with 400. */
const logoutAnswers: Look = async ({ client, outbound }) => {
  const uri = textOf(client.metadata['backchannel_logout_uri']);
  if (uri === undefined) return open('no_logout');
  const answer = await answerOf(outbound, uri, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'logout_token=tongxing-checks-that-this-is-refused',
  });
  if (!(answer instanceof Response)) return answer;
  if (answer.status === 400) return passed('logout_refuses', { uri });
  if (answer.status < 300) return failed('logout_believes', { uri, status: answer.status });
  return failed('logout_status', { uri, status: answer.status });
};

/** Two keys make a change without a gap possible. */
const keysFresh: Look = async ({ client, outbound }) => {
  const { jwks, jwks_uri: uri, token_endpoint_auth_method: method } = client.metadata;
  if (method !== 'private_key_jwt') return passed('keys_none', { method: String(method) });
  const address = textOf(uri);
  if (address === undefined) return keysOf(jwks, 'jwks');
  const answer = await answerOf(outbound, address);
  if (!(answer instanceof Response)) return answer;
  if (answer.status !== 200) return failed('status', { uri: address, status: answer.status });
  try {
    return keysOf(await answer.json(), address);
  } catch {
    return failed('keys_unreadable', { uri: address });
  }
};

function keysOf(set: unknown, uri: string): Found {
  const keys = isRecord(set) && Array.isArray(set['keys']) ? set['keys'].filter(isRecord) : undefined;
  if (!keys || keys.length === 0) return failed('keys_unreadable', { uri });
  const named = keys.every(({ kid }) => textOf(kid) !== undefined);
  if (!named) return failed('keys_nameless', { uri });
  return passed(keys.length > 1 ? 'keys_two' : 'keys_one', { count: keys.length });
}

/** RFC 9700 2.1.1, OpenID Connect Core 3.1.2.1. */
const carefulRequests: Look = ({ requests }) => {
  const entered = requests.filter(({ endpoint, error }) => endpoint === 'authorize' && error === undefined);
  if (entered.length === 0) return open('no_login');
  const missing = ['state', 'nonce'].filter((name) =>
    entered.some(({ params }) => params[name] === undefined),
  );
  return missing.length === 0
    ? passed('careful', { count: entered.length })
    : failed('careless', { names: missing.join(', ') });
};

/** A service that refused the token has no use for the access token beside it. */
const badSignature: Look = ({ requests }) => {
  const at = requests.findIndex(
    (one) => one.params['rehearse'] === 'bad_signature' && one.error === undefined,
  );
  if (at < 0) return open('not_rehearsed', { rehearsal: 'bad_signature' });
  const since = requests.slice(0, at).toReversed();
  const next = since.findIndex(({ endpoint }) => endpoint === 'authorize');
  const after = next < 0 ? since : since.slice(0, next);
  if (!after.some(({ endpoint }) => endpoint === 'token')) return open('not_redeemed');
  return after.some(({ endpoint }) => endpoint === 'userinfo')
    ? failed('signature_believed')
    : passed('signature_refused');
};

const accessDenied: Look = ({ requests }) =>
  requests.some((one) => one.error === 'access_denied')
    ? passed('denied_seen')
    : open('not_rehearsed', { rehearsal: 'access_denied' });

const privacyPage: Look = async ({ client, outbound }) => {
  const uri = textOf(client.metadata['policy_uri']);
  if (uri === undefined) return failed('no_privacy');
  const answer = await answerOf(outbound, uri);
  if (!(answer instanceof Response)) return answer;
  return answer.status === 200
    ? passed('privacy_opens', { uri })
    : failed('status', { uri, status: answer.status });
};

/** The purpose that every registration gets by itself says nothing to a citizen. */
const GENERAL = '用于登录和办理业务';

const purposes: Look = ({ client }) => {
  const claims = Object.entries(client.claims);
  const general = claims.filter(
    ([, { purpose }]) => purpose['zh-CN'].trim() === '' || purpose['zh-CN'] === GENERAL,
  );
  const once = claims.filter(([, { purpose }]) => purpose['zh-CN'] === purpose.en);
  const lacking = [...new Set([...general, ...once].map(([name]) => name))];
  return lacking.length === 0
    ? passed('purposes', { count: claims.length })
    : failed('purposes_missing', { names: lacking.join(', ') });
};

const contacts: Look = ({ client }) => {
  const count = textsOf(client.metadata['contacts']).length;
  return count >= 2 ? passed('contacts', { count }) : failed('contacts_few', { count });
};

export const LOOKS: Readonly<Record<Item, Look>> = {
  redirect_tls: redirectTls,
  logout_answers: logoutAnswers,
  keys_fresh: keysFresh,
  careful_requests: carefulRequests,
  bad_signature: badSignature,
  access_denied: accessDenied,
  privacy_page: privacyPage,
  purposes,
  contacts,
};
