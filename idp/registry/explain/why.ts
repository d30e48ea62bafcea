// Why a request of a client failed, in words that say what to do. Pure.
import type { Seen } from '../activity/activity.ts';
import type { Bilingual, Client } from '../registry.ts';
import { differenceOf, isRegistered } from './difference.ts';
import { both } from './messages.ts';
import { M } from './why-messages.ts';

type Key = keyof (typeof M)['texts']['en'];

/** Words of the engine -> ours; the first that fits. */
const BY_REASON: readonly (readonly [RegExp, Key])[] = [
  [/invalid secret provided/, 'secret'],
  [/authentication mechanism does not match/, 'method'],
  [/authorization code (not found|is expired)/, 'code_gone'],
  [/already (consumed|used)/, 'code_used'],
  [/PKCE verification failed/, 'verifier'],
  [/redirect_uri mismatch/, 'other_redirect'],
];
const BY_CODE: Readonly<Record<string, Key>> = {
  access_denied: 'denied',
  login_required: 'login_required',
  consent_required: 'consent_required',
  unmet_authentication_requirements: 'level',
  invalid_token: 'token_gone',
  temporarily_unavailable: 'busy',
};

const said = (key: Key): Bilingual => ({ 'zh-CN': M.texts['zh-CN'][key] ?? '', en: M.texts.en[key] ?? '' });

/** `client`: the one that the request came from. Words of the engine stand where there are none of ours. */
export function whyOf(seen: Seen, client: Client | undefined): Bilingual {
  const { endpoint, error, reason = '', params } = seen;
  if (reason.startsWith('rehearsed')) return both('rehearse');
  if (error === undefined) return said(`went_well_${endpoint}`);
  const got = params['redirect_uri'];
  const { redirect_uris: uris = [], application_type: type } = client?.metadata ?? {};
  const registered = Array.isArray(uris) ? (uris as string[]) : [];
  if (
    error === 'invalid_redirect_uri' &&
    typeof got === 'string' &&
    !isRegistered(got, registered, type === 'native')
  ) {
    const { registered: nearest, text: difference } = differenceOf(got, registered);
    return nearest === undefined
      ? both('redirect_none', { difference })
      : both('redirect_wrong', { got, registered: nearest, difference });
  }
  const key = BY_REASON.find(([words]) => words.test(reason))?.[1] ?? BY_CODE[error];
  return key === undefined ? { 'zh-CN': reason || error, en: reason || error } : said(key);
}
