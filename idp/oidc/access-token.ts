// What an access token says of the sign-in behind it. An API that finds it too weak or too old asks for more with a
// challenge (RFC 9470); it can only judge by what stands here.
import type { KoaContextWithOIDC } from 'oidc-provider';

interface Issued {
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly authTime?: number | undefined;
}

/**
 * `acr`, `amr` and `auth_time` of a citizen's access token, in JWTs and in introspection answers alike (RFC 9470 6.1,
 * 6.2; RFC 9068 2.2.1); undefined for a token of a program that acts for itself. They are those of the sign-in at which
 * the code was given: a refresh makes no sign-in newer.
 */
export function signinClaims({ oidc }: KoaContextWithOIDC): Readonly<Record<string, unknown>> | undefined {
  const { RefreshToken, AuthorizationCode } = oidc.entities;
  const issued: Issued | undefined = RefreshToken ?? AuthorizationCode;
  if (!issued) return undefined;
  const { acr, amr, authTime } = issued;
  return {
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr: [...amr] }),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
  };
}
