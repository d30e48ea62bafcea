// Encrypted userinfo in a registration: which algorithms, with which key, and who must have it. Pure.
import { among, ENCRYPTION_RULES, type Complain } from './checks/rules.ts';
import { isRecord, type Claims } from './claims.ts';
import { ruleOf } from './claim-table.ts';

type Members = Readonly<Record<string, unknown>>;

/** Public-key wrapping only: a shared secret that signs a service in must not also open its citizens' data. */
export const USERINFO_ALGS = ['ECDH-ES', 'ECDH-ES+A256KW', 'RSA-OAEP-256'] as const;
export const USERINFO_ENCS = ['A256GCM', 'A128GCM'] as const;

const ALG = 'userinfo_encrypted_response_alg';
const ENC = 'userinfo_encrypted_response_enc';

/** What an encrypted answer needs beside its algorithm: it is signed first, then encrypted. */
export function encryptionDefaults(metadata: Members): Members {
  if (metadata[ALG] === undefined) return {};
  const signed = metadata['id_token_signed_response_alg'] ?? 'ES256';
  return { [ENC]: 'A256GCM', userinfo_signed_response_alg: signed };
}

/** Checks algorithms and keys, and that who may ask for guarded claims can receive them. */
export function checkEncryption(metadata: Members, claims: Claims, complain: Complain): void {
  const { [ALG]: alg, [ENC]: enc } = metadata;
  const named = typeof alg === 'string' ? alg : '';
  if (alg === undefined) {
    if (enc !== undefined) complain(ENC, enc, ENCRYPTION_RULES.noEffect(ALG));
  } else if (!USERINFO_ALGS.some((known) => known === alg)) complain(ALG, alg, among(USERINFO_ALGS));
  else if (metadata['jwks_uri'] === undefined && !hasKeyFor(named, metadata['jwks']))
    complain('jwks', undefined, ENCRYPTION_RULES.noKey(named));
  if (enc !== undefined && !USERINFO_ENCS.some((known) => known === enc))
    complain(ENC, enc, among(USERINFO_ENCS));
  for (const claim of Object.keys(claims).filter((name) => ruleOf(name)?.guarded === true)) {
    if (alg === undefined)
      complain(`tongxing_claims.${claim}`, undefined, ENCRYPTION_RULES.encryptedOnly(ALG));
    // The key is part of what was checked at registration: it must not change behind an address.
    else if (metadata['jwks'] === undefined) complain('jwks', undefined, ENCRYPTION_RULES.fixedKey(claim));
  }
}

function hasKeyFor(alg: string, jwks: unknown): boolean {
  if (!isRecord(jwks) || !Array.isArray(jwks['keys'])) return false;
  const types = alg.startsWith('RSA') ? ['RSA'] : ['EC', 'OKP'];
  return jwks['keys'].some(
    (key: unknown) =>
      isRecord(key) &&
      types.includes(String(key['kty'])) &&
      key['crv'] !== 'Ed25519' &&
      (key['use'] === undefined || key['use'] === 'enc') &&
      (key['alg'] === undefined || key['alg'] === alg),
  );
}
