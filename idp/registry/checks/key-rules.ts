// What is said about keys of services, in both languages.
import { rule, type Rule } from './rules.ts';

export const KEY_RULES = {
  can: (kind: string, fits: readonly string[]): Rule =>
    rule(
      `${kind} 密钥，可用于 ${fits.join('、')}，强度足够`,
      `${kind} key, strong enough, fits ${fits.join(', ')}`,
    ),
  cannot: (kind: string): Rule => rule(`${kind} 密钥，不能使用`, `${kind} key, cannot be used`),
  many: (most: number): Rule =>
    rule(`最多 ${most} 个密钥；请删去旧的`, `must hold at most ${most} keys; remove the old ones`),
  symmetric: rule(
    '是对称密钥，不是公钥；请更换，它已不再保密',
    'is a symmetric key, not a public one; replace it, it is no longer secret',
  ),
  unreadable: rule(
    '读不出公钥：成员缺失、编码有误或点不在曲线上；请重新导出',
    'cannot be read: a member is missing, miscoded, or the point is not on the curve; export it again',
  ),
  weak: (bits: number, least: number): Rule =>
    rule(
      `RSA 只有 ${bits} 位；请换成至少 ${least} 位`,
      `is RSA of ${bits} bits; make one of at least ${least}`,
    ),
  kind: (kind: string): Rule =>
    rule(`是 ${kind}；请用 EC P-256、OKP Ed25519 或 RSA`, `is ${kind}; use EC P-256, OKP Ed25519 or RSA`),
  use: rule('use 只能是 sig 或 enc', 'has a use that is neither sig nor enc; write one of these'),
  alg: (alg: string, kind: string, can: readonly string[]): Rule =>
    rule(
      `alg 是 ${alg}，而 ${kind} 在此只能用于 ${can.join('、')}；请改写或删去 alg`,
      `says alg ${alg}, and ${kind} serves here for ${can.join(', ')}; change alg or leave it out`,
    ),
  kid: rule('kid 必须是文字', 'has a kid that is not a text; write it in double quotes'),
  twice: (kid: string): Rule =>
    rule(`kid "${kid}" 出现不止一次；请改名`, `shares kid "${kid}" with another key; rename one`),
  noKid: rule(
    '没有 kid；有多个密钥时请给每个密钥命名',
    'has no kid; name every key when there is more than one',
  ),
  none: (alg: string | undefined): Rule =>
    rule(
      `没有一个密钥可用于 ${alg ?? '签名'}；请加入 EC P-256、OKP Ed25519 或 RSA 2048 位以上的公钥`,
      `holds no key that ${alg === undefined ? 'can sign' : `fits ${alg}`}; add a public key: EC P-256, OKP Ed25519, or RSA of 2048 bits or more`,
    ),
  key: (name: string, fault: Rule): Rule =>
    rule(`的密钥 ${name}：${fault['zh-CN']}`, `key ${name} ${fault.en}`),
} as const;

/** Why a key set could not be fetched. */
export const FETCH_RULES = {
  https: rule('必须以 https 开头；其他方式不会被访问', 'must begin with https; nothing else is fetched'),
  inside: rule(
    '指向非公网地址，不会被访问；请放到公网，或改用 jwks',
    'leads to an address that is not public and is not fetched; publish it, or give the keys as jwks',
  ),
  slow: rule(
    '没有及时回答；请检查该地址，或改用 jwks',
    'did not answer in time; check that address, or give the keys as jwks',
  ),
  unreachable: rule(
    '无法访问；请检查域名、证书和防火墙',
    'could not be reached; check its name, certificate and firewall',
  ),
  large: rule('回答过大；密钥集不该超过 256 kB', 'answered with more than 256 kB; a key set is smaller'),
  redirect: (status: number, to: string): Rule =>
    rule(
      `以 ${status} 转向 ${to}；不会跟随转向，请填写最终地址`,
      `answers ${status} and leads to ${to}; redirects are not followed, write the final address`,
    ),
  status: (status: number): Rule =>
    rule(`回答了 ${status}，应为 200`, `answered ${status}; it must answer 200`),
  notJson: rule('回答的不是 JSON', 'answered with something that is not JSON; it must be a key set'),
} as const;
