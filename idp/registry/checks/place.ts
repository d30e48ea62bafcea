// What a client must show before it may serve citizens: addresses inside the unit's own domains, and for every claim
// why, by which law and how long. Pure.
import { isRecord } from '../claims.ts';
import { covers } from '../domains/hosts.ts';
import type { Registration } from '../registration.ts';
import { rule, type Complain, type Rule } from './rules.ts';

type Members = Readonly<Record<string, unknown>>;

/** Members that a citizen's browser, or word of a sign-out, is sent to. */
const ADDRESSES = [
  'redirect_uris',
  'post_logout_redirect_uris',
  'initiate_login_uri',
  'backchannel_logout_uri',
  'frontchannel_logout_uri',
];

const listOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');

/** `domains`: what the owning unit has shown to be its own. `given`: the registration as it was brought. */
export function checkProduction(
  given: Members,
  { metadata, domain, claims }: Registration,
  domains: readonly string[],
  complain: Complain,
): void {
  for (const member of ADDRESSES)
    for (const uri of listOf(metadata[member])) {
      const fault = URL.canParse(uri) ? faultOfDomain(new URL(uri).hostname, domains) : undefined;
      if (fault) complain(member, uri, fault);
    }
  // Citizens read it on every page of a sign-in as the verified domain.
  const shown = faultOfDomain(domain.replace(/:\d+$/, ''), domains);
  if (shown) complain('tongxing_domain', domain, shown);
  if (metadata['policy_uri'] === undefined) complain('policy_uri', undefined, PRODUCTION.policy);
  if (listOf(metadata['contacts']).length === 0) complain('contacts', undefined, PRODUCTION.contacts);
  if (given['tongxing_minimum_level'] === undefined)
    complain('tongxing_minimum_level', undefined, PRODUCTION.level);
  const asked = given['tongxing_claims'];
  const names = Object.keys(claims);
  if (asked === undefined && names.length > 0)
    complain('tongxing_claims', undefined, PRODUCTION.claims(names));
  else if (isRecord(asked)) for (const name of names) checkClaim(name, asked[name], complain);
}

function checkClaim(name: string, value: unknown, complain: Complain): void {
  const asked = isRecord(value) ? value : {};
  const at = `tongxing_claims.${name}`;
  if (!/\p{Script=Han}/u.test(String(asked['purpose'])))
    complain(`${at}.purpose`, asked['purpose'], PRODUCTION.chinese);
  const english = asked['purpose#en'];
  if (typeof english !== 'string' || !/[A-Za-z]/.test(english))
    complain(`${at}.purpose#en`, english, PRODUCTION.english);
  if (asked['legal_basis'] === undefined) complain(`${at}.legal_basis`, undefined, PRODUCTION.basis);
  if (asked['retention'] === undefined) complain(`${at}.retention`, undefined, PRODUCTION.retention);
}

const PRODUCTION = {
  policy: rule('缺少；请填写隐私政策的地址', 'is missing; add the address of the privacy policy'),
  contacts: rule(
    '缺少；请填写出问题时联系的工作邮箱',
    'is missing; add the work mail address to turn to when something fails',
  ),
  level: rule('缺少；请写明办理业务所需的最低等级', 'is missing; say which level the service needs at least'),
  claims: (names: readonly string[]): Rule =>
    rule(
      `缺少；请逐项说明 ${names.join('、')} 的用途、法律依据和保存期限`,
      `is missing; say purpose, legal basis and retention of ${names.join(', ')}`,
    ),
  chinese: rule('必须有中文说明；用户会看到它', 'must be said in Chinese; citizens read it'),
  english: rule('缺少英文说明；用户会看到它', 'must be said in English; citizens read it'),
  basis: rule(
    '缺少；请写明法律依据及条款（个人信息保护法第十三条）',
    'is missing; name the law and article (Personal Information Protection Law 13)',
  ),
  retention: rule(
    '缺少；请写明保存天数或期限（个人信息保护法第十九条）',
    'is missing; say for how many days or until when (Personal Information Protection Law 19)',
  ),
} as const;

/** Why a host lies in none of the domains, with the exact difference; undefined when it lies in one. */
export function faultOfDomain(host: string, domains: readonly string[]): Rule | undefined {
  if (covers(domains, host)) return undefined;
  const names = domains.map((domain) => domain.replace(/^=/, ''));
  const [first] = names;
  if (first === undefined)
    return rule(
      '不在本单位已验证的域名内：还没有已验证的域名；请先验证域名',
      'lies in no verified domain of the unit: there is none yet; verify a domain first',
    );
  const nearest = names.reduce(
    (best, domain) => (shared(host, domain) > shared(host, best) ? domain : best),
    first,
  );
  const { zh, en } = difference(host, nearest);
  return rule(
    `不在本单位已验证的域名内：主机 "${host}"，最接近的是 "${nearest}"（${zh}）；请改地址或验证该域名`,
    `lies in no verified domain of the unit: host "${host}", nearest "${nearest}" (${en}); correct it or verify that domain`,
  );
}

const labels = (host: string): readonly string[] => host.split('.').toReversed();

/** How many labels from the right are the same. */
function shared(host: string, domain: string): number {
  const [ours, theirs] = [labels(host), labels(domain)];
  const at = theirs.findIndex((label, place) => label !== ours[place]);
  return at < 0 ? theirs.length : at;
}

function difference(host: string, domain: string): { readonly zh: string; readonly en: string } {
  const at = shared(host, domain);
  const [got, wanted] = [labels(host)[at], labels(domain)[at] ?? ''];
  return got === undefined
    ? { zh: `少了 "${wanted}."`, en: `"${wanted}." is missing in front` }
    : { zh: `"${got}" 与 "${wanted}" 不同`, en: `"${got}" is not "${wanted}"` };
}
