// A stored registration as a service would bring it: what a draft begins with, what an export shows. Pure, no secret.
import type { Claims } from '../claims.ts';
import type { Registration } from '../registration.ts';

/** Client metadata in the form of OpenID Connect Registration 1.0 section 2 with our `tongxing_*` members. */
export type Given = Readonly<Record<string, unknown>>;

/** Reading it again gives the same registration. */
export function givenOf({ metadata, name, domain, minimumLevel, claims, ...others }: Registration): Given {
  const standard = Object.entries(metadata).filter(
    ([member]) => member !== 'client_secret' && !member.startsWith('client_name'),
  );
  const ours = Object.entries(others).map(([member, value]) => [`tongxing_${snake(member)}`, value]);
  return {
    ...Object.fromEntries(standard),
    client_name: name['zh-CN'],
    'client_name#en': name.en,
    tongxing_domain: domain,
    tongxing_minimum_level: minimumLevel,
    ...Object.fromEntries(ours),
    tongxing_claims: claimsGiven(claims),
  };
}

const snake = (member: string): string => member.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function claimsGiven(claims: Claims): Readonly<Record<string, Given>> {
  return Object.fromEntries(Object.entries(claims).map(([claim, grant]) => [claim, claimGiven(grant)]));
}

/** `purpose: { zh-CN, en }` becomes `purpose` and `purpose#en`; what is no text in two languages stays. */
function claimGiven(grant: object): Given {
  return Object.fromEntries(
    Object.entries(grant).flatMap(([part, value]: [string, unknown]) =>
      isBilingual(value)
        ? [
            [snake(part), value['zh-CN']],
            [`${snake(part)}#en`, value.en],
          ]
        : [[snake(part), value]],
    ),
  );
}

const isBilingual = (value: unknown): value is { readonly 'zh-CN': string; readonly en: string } =>
  typeof value === 'object' && value !== null && 'zh-CN' in value && 'en' in value;

/** Members of a key that only its owner may know (RFC 7518 6). */
const PRIVATE = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];

/** Names of members whose value is a secret: a draft is kept in clear, so these are turned away at once. */
export function secretsIn(given: Given): readonly string[] {
  const { jwks } = given;
  const keys: unknown = typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? jwks.keys : undefined;
  const kept = (Array.isArray(keys) ? keys : []).some(
    (key: unknown) => typeof key === 'object' && key !== null && PRIVATE.some((part) => part in key),
  );
  return [
    ...['client_secret', 'registration_access_token'].filter((member) => member in given),
    ...(kept ? ['jwks'] : []),
  ];
}
