// Whether a credential may be added as it is wished for. Pure.
import { addSeconds } from '../../platform/base/clock.ts';
import { explainKeySet } from '../checks/keys.ts';
import { KEY_RULES } from '../checks/key-rules.ts';
import { complaintOf, rule, type Complaint, type Rule } from '../checks/rules.ts';
import { isRecord } from '../claims.ts';
import { SUBJECTS } from '../registration.ts';
import type { Wish } from './credentials.ts';
import { LIFE_SECONDS } from './keeping.ts';
import type { Coming } from './plan.ts';
import type { ClientPlace } from './store.ts';

const WISHES = {
  name: rule('必须是 1 到 80 个字', 'must be 1 to 80 characters; name it'),
  past: rule('必须晚于现在', 'must lie ahead; choose a later day'),
  long: rule('最长一年；请选更早的日期', 'must be at most a year ahead; choose an earlier day'),
  method: (method: string): Rule =>
    rule(
      `不是本客户端的认证方式（${method}）；请先更改认证方式`,
      `is not what the client authenticates with (${method}); change that first`,
    ),
  elsewhere: rule('的密钥在 jwks_uri 处；请在那里更换', 'has its keys at jwks_uri; change them there'),
  subject: rule(
    '必须是一个证书主体成员，例如 {"tls_client_auth_san_dns": "..."}',
    'must be one certificate subject, such as {"tls_client_auth_san_dns": "..."}',
  ),
} as const;

const KIND_OF_METHOD: Readonly<Record<string, Wish['kind']>> = {
  client_secret_basic: 'secret',
  client_secret_post: 'secret',
  private_key_jwt: 'key',
  tls_client_auth: 'certificate',
};

/** What would be written, and what is wrong with it. `made`: the secret that was made for it. */
export function comingOf(
  wish: Wish,
  { method, jwksUri }: ClientPlace,
  made: string | undefined,
  now: Date,
): { readonly coming: Coming; readonly complaints: readonly Complaint[] } {
  const { kind, name, expiresAt } = wish;
  const complaints: Complaint[] = [];
  const complain = (member: string, broken: Rule): void => {
    complaints.push(complaintOf(member, undefined, broken));
  };
  if (name.trim() === '' || name.length > 80) complain('name', WISHES.name);
  if (expiresAt && !(expiresAt > now)) complain('expires', WISHES.past);
  if (expiresAt && expiresAt > addSeconds(now, LIFE_SECONDS)) complain('expires', WISHES.long);
  if (KIND_OF_METHOD[method] !== kind) complain('kind', WISHES.method(method));
  else if (kind === 'key' && jwksUri !== null) complain('kind', WISHES.elsewhere);
  if (kind === 'key') for (const fault of faultsOfKey(wish.public)) complain('key', fault);
  if (kind === 'certificate' && !isSubject(wish.public)) complain('subject', WISHES.subject);
  const known = kind !== 'secret' && isRecord(wish.public) ? wish.public : undefined;
  return { coming: { kind, name: name.trim(), secret: made, public: known }, complaints };
}

function faultsOfKey(jwk: unknown): readonly Rule[] {
  const { keys, faults } = explainKeySet({ keys: [jwk] });
  const [key] = keys;
  if (!key) return faults;
  if (key.faults.length > 0) return key.faults;
  return ['ES256', 'PS256', 'EdDSA'].some((alg) => key.fits.includes(alg)) ? [] : [KEY_RULES.none(undefined)];
}

const isSubject = (value: unknown): boolean => {
  if (!isRecord(value)) return false;
  const [[name, text] = [], ...more] = Object.entries(value);
  return (
    more.length === 0 &&
    SUBJECTS.some((subject) => subject === name) &&
    typeof text === 'string' &&
    text.length > 0 &&
    text.length <= 500
  );
};
