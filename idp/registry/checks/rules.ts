// The rules of a registration in the words of those who broke them: rule first, then the fix. The English stands in
// the answers of the command line and the API, both stand on pages.
import type { Bilingual } from '../registry.ts';

/** One rule and its fix, without the member that broke it. */
export type Rule = Bilingual;

/** One thing that is wrong: the member (`redirect_uris`), and value, rule and fix in a sentence. */
export interface Complaint {
  readonly member: string;
  readonly text: Bilingual;
}

/** Says that a member broke a rule; `value` undefined where it must not be repeated or does not matter. */
export type Complain = (member: string, value: unknown, rule: Rule) => void;

export const rule = (chinese: string, english: string): Rule => ({ 'zh-CN': chinese, en: english });

const quote = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
};

/** The sentence in both languages, with the value shortened. */
export function complaintOf(member: string, value: unknown, broken: Rule): Complaint {
  const head = `${member}${value === undefined ? '' : ` ${quote(value)}`}`;
  return { member, text: { 'zh-CN': `${head} ${broken['zh-CN']}`, en: `${head} ${broken.en}` } };
}

/** The same for a command or a file with many clients: the client is named first. */
export const lineOf = (clientId: string, { text }: Complaint): string =>
  `client ${quote(clientId)}: ${text.en}`;

export const among = (names: readonly string[]): Rule =>
  rule(`只能是 ${names.join('、')} 之一；请从中选用`, `must be of ${names.join(', ')}; use one of these`);

export const RULES = {
  object: rule('必须是客户端元数据对象；写成 {...}', 'must be an object of client metadata; write {...}'),
  clientId: rule(
    '必须是 1 到 128 个字母、数字、点、连字符或下划线；请改名',
    'must be 1 to 128 letters, digits, dots, hyphens and underscores; rename it',
  ),
  twice: rule('重复列出；请删去一个', 'must not be listed twice; remove one'),
  noGrants: rule('不能为空；写成 ["authorization_code"]', 'must not be empty; write ["authorization_code"]'),
  refreshAlone: rule(
    'refresh_token 来自 authorization_code；请加上它',
    'refresh_token comes from authorization_code; add it',
  ),
  responseTypes: rule(
    '当且仅当 grant_types 含 authorization_code 时必须是 ["code"]',
    'must be ["code"] exactly when grant_types has authorization_code',
  ),
  noRedirect: rule(
    '至少要有一个地址；请填写用户返回服务的地址',
    'must hold at least one address; add where the service takes its citizens back',
  ),
  noneWithCredentials: rule(
    '不能与 client_credentials 同用；请选用密钥类的认证方式',
    'cannot go with client_credentials; choose a method with a secret or key',
  ),
  pairwise: rule(
    '必须是 pairwise：各单位看到的用户标识不同；请删去此项',
    'must be pairwise: units see different subjects; remove it',
  ),
  jwksBeside: rule(
    '不能与 jwks 并存（RFC 7591 第 2 节）；请只留一个',
    'must not stand beside jwks (RFC 7591 2); keep one of them',
  ),
  jwksNeeded: rule(
    '是 private_key_jwt 所必需的；请以 jwks 或 jwks_uri 提供公钥',
    'is needed for private_key_jwt; add the public key as jwks, or jwks_uri',
  ),
  keySet: rule(
    '必须是密钥集（RFC 7517 第 5 节）；写成 {"keys": [...]}',
    'must be a key set (RFC 7517 5); write {"keys": [...]}',
  ),
  publicOnly: rule(
    '只能包含公钥；请更换这个私钥，它已不再保密',
    'must hold public keys only; replace the private key, it is no longer secret',
  ),
  secretUnused: (method: string): Rule =>
    rule(`在 ${method} 方式下用不到；请删去`, `is not used with ${method}; remove it`),
  secretShort: (length: number): Rule =>
    rule(
      `至少 ${length} 个字符；不填则由系统生成`,
      `must be at least ${length} characters; leave it out to have one made`,
    ),
  secretLetters: rule(
    '最多 512 个可见 ASCII 字符；不填则由系统生成',
    'must be at most 512 visible ASCII characters; leave it out to have one made',
  ),
  domain: rule(
    '必须是小写的主机名，例如 gjj.example.gov.cn',
    'must be a host name in lower case, such as gjj.example.gov.cn',
  ),
  unitObject: rule(
    '必须是对象；写成 {"id": "...", "name": "...", "name#en": "..."}',
    'must be an object; write {"id": "...", "name": "...", "name#en": "..."}',
  ),
  unitId: rule(
    '必须是 1 到 63 个小写字母、数字或连字符；请改名',
    'must be 1 to 63 lower-case letters, digits and hyphens; rename it',
  ),
  unitName: rule('必须是文字；请写单位名称', 'must be a text; write the name of the organisation'),
  unitOfDivision: rule(
    '不能给行政区划另起名称；请去掉 name',
    'must not stand with the id of a division; leave the name out',
  ),
  unitMember: rule('不是已知成员；请用 id、name 和 name#en', 'is not known; use id, name and name#en'),
  subjects: rule(
    '只能有一个证书主体成员；请删去其余的',
    'must be the only certificate subject; remove the others',
  ),
  noSubject: rule(
    '缺少证书主体；请填 tls_client_auth_subject_dn 或一个 tls_client_auth_san_ 成员',
    'needs a certificate subject; add tls_client_auth_subject_dn or one tls_client_auth_san_ member',
  ),
  subjectUnused: rule('只用于 tls_client_auth；请删去', 'is only for tls_client_auth; remove it'),
} as const;

export const CLAIM_RULES = {
  object: rule(
    '必须是以信息项为名的对象；写成 {"name": {"purpose": "..."}}',
    'must be an object by claim name; write {"name": {"purpose": "..."}}',
  ),
  unknown: (known: Iterable<string>): Rule =>
    rule(
      `只能是这些信息项：${[...known].join('、')}；请删去`,
      `must be a claim of ${[...known].join(', ')}; remove it`,
    ),
  one: rule('必须是对象；写成 {"purpose": "..."}', 'must be an object; write {"purpose": "..."}'),
  purpose: rule(
    '必须是 1 到 200 字的文字；请说明服务用它做什么',
    'must be a text of 1 to 200 characters; say what the service needs it for',
  ),
  english: rule(
    '必须是 1 到 200 字的文字；请用英文说明',
    'must be a text of 1 to 200 characters; say it in English',
  ),
  required: rule(
    '必须是 true 或 false；false 表示用户可以不提供',
    'must be true or false; false lets the citizen leave it out',
  ),
  basis: rule(
    '必须是 1 到 200 字的文字；请写明法律依据及条款',
    'must be a text of 1 to 200 characters; name the law and its article',
  ),
  retention: rule(
    '必须是 1 到 36500 的天数，或 1 到 200 字的说明',
    'must be 1 to 36500 days, or a text of 1 to 200 characters',
  ),
  member: rule(
    '不是已知成员；请用 purpose、purpose#en、required、legal_basis 和 retention',
    'is not known; use purpose, purpose#en, required, legal_basis and retention',
  ),
  scopes: (known: readonly string[], unknown: string): Rule =>
    rule(
      `只能是 ${known.join('、')}，以一个空格分隔；请删去 "${unknown}"`,
      `must be of ${known.join(', ')}, separated by one space; remove "${unknown}"`,
    ),
  openid: rule('必须包含 openid；请加上', 'must contain openid; add it'),
} as const;

export const ENCRYPTION_RULES = {
  noEffect: (alg: string): Rule =>
    rule(`没有 ${alg} 就不起作用；请加上它或删去此项`, `has no effect without ${alg}; add it or remove this`),
  noKey: (alg: string): Rule =>
    rule(
      `没有可用于 ${alg} 的密钥；请加入 "use": "enc" 的公钥`,
      `holds no key for ${alg}; add the public key with "use": "enc"`,
    ),
  encryptedOnly: (alg: string): Rule =>
    rule(`只以加密方式提供；请加上 ${alg} 和 jwks`, `is only given encrypted; add ${alg} and jwks`),
  fixedKey: (claim: string): Rule =>
    rule(
      `是 ${claim} 所必需的；请以 jwks 而不是 jwks_uri 提供公钥`,
      `is needed for ${claim}; add the public key as jwks, not jwks_uri`,
    ),
} as const;

export const URI_RULES = {
  long: rule('最多 2,000 个字符；请缩短', 'must be at most 2,000 characters; shorten it'),
  wildcard: rule(
    '必须是确切地址，不能有通配符；请逐个列出',
    'must be exact, without a wildcard; list every address',
  ),
  fragment: rule(
    '不能有片段；请删去 "#" 及其后的内容',
    'must not have a fragment; remove "#" and what follows',
  ),
  ascii: rule(
    '只能是不含空格的 ASCII；主机名写成 xn-- 形式，其余请编码',
    'must be ASCII without spaces; write a host in its xn-- form and encode the rest',
  ),
  backslash: rule('不能有反斜杠；请写 "/"', 'must not have a backslash; write "/"'),
  absolute: rule(
    '必须是完整地址；以 https:// 和主机名开头',
    'must be absolute; begin with https:// and a host',
  ),
  user: rule(
    '不能带用户名；请删去 "@" 之前的内容',
    'must not carry a user name; remove what stands before "@"',
  ),
  browsers: (head: string): Rule =>
    rule(`开头必须与浏览器的读法一致；请写 ${head}`, `must begin as browsers read it; write ${head}`),
  loopback: rule(
    '不能指向本机；请用公开的 https 地址（本机地址仅供开发）',
    'must not be on this machine; use the public https address (loopback is for development)',
  ),
  address: rule(
    '必须写主机名，不能是 IP 地址；请用域名',
    'must name a host, not an IP address; use its domain name',
  ),
  https: rule(
    '必须用 https；http 仅限开发时的 localhost、127.0.0.1 和 [::1]',
    'must use https; plain http is only for localhost, 127.0.0.1 and [::1] in development',
  ),
} as const;

export const MEMBER_RULES = {
  text: rule('必须是文字；请加双引号', 'must be a text; write it in double quotes'),
  texts: rule('必须是文字的数组；写成 ["..."]', 'must be an array of texts; write ["..."]'),
  flag: rule('必须是 true 或 false，不加引号', 'must be true or false, without quotes'),
  count: rule('必须是整数秒，不加引号', 'must be a whole number of seconds, without quotes'),
  object: rule('必须是对象；写成 {...}', 'must be an object; write {...}'),
  statement: rule('软件声明不被读取；请删去', 'software statements are not read; remove it'),
  foreign: rule(
    '属于其他认证系统，且是机密；请删去',
    'belongs to another provider and is a secret; remove it',
  ),
  firstParty: rule(
    '只有本系统自身才有第一方客户端；请删去',
    'only the system itself makes first-party clients; remove it',
  ),
  encrypted: rule(
    '只有 userinfo 可以加密，其他回答不可以；请删去',
    'only userinfo is encrypted, no other answer; remove it',
  ),
  unknown: rule('不是客户端注册的成员；请删去', 'is not a member of a client registration; remove it'),
  near: (name: string): Rule =>
    rule(
      `不是客户端注册的成员；您要写的是 "${name}" 吗？`,
      `is not a member of a client registration; did you mean "${name}"?`,
    ),
} as const;

/** Member and text in one line; most texts name their member already. */
export function saidOf({ member, text }: Complaint, locale: keyof Bilingual): string {
  const words = text[locale];
  return member === '' || words.startsWith(member) ? words : `${member}: ${words}`;
}
