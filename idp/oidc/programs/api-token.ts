// Whose program calls the console's API: the access token behind a request (RFC 6750, RFC 8707). Only tokens that a
// program got for itself and for this API are looked for: a citizen's token is none of them, whatever it may do
// elsewhere.
import { errors, type Provider } from 'oidc-provider';
import { isProgramId } from '../../registry/registry.ts';

/** Scopes of the API. What a program may do with them is said by its roles. */
export const API_SCOPES = ['registry.read', 'registry.write'] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** The API as a resource indicator, and the audience of its tokens. */
export const apiResource = (issuer: URL): string => `${issuer.href.replace(/\/$/, '')}/admin/api`;

/** A program that a valid token speaks for; or why there is none, in the words of RFC 6750 3.1. */
export type Caller =
  | { readonly is: 'program'; readonly clientId: string; readonly scopes: ReadonlySet<string> }
  /** `error` is undefined when nothing was tried: RFC 6750 3.1 gives no error code then. */
  | {
      readonly is: 'refused';
      readonly error: 'invalid_token' | 'invalid_request' | undefined;
      readonly why: string;
    };

const refused = (error: 'invalid_token' | 'invalid_request' | undefined, why: string): Caller => ({
  is: 'refused',
  error,
  why,
});

/** `authorization`: the header of the request, empty when there is none. One read of the store. */
export async function callerOf(engine: Provider, issuer: URL, authorization: string): Promise<Caller> {
  if (authorization === '') return refused(undefined, 'no access token');
  // A token that is bound to a key proves nothing without that key's signature, which is not looked at here.
  if (/^dpop /i.test(authorization)) return refused('invalid_token', 'DPoP-bound tokens are not taken here');
  const value = /^bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
  if (value === undefined)
    return refused('invalid_request', 'the header must be: Authorization: Bearer <token>');
  const token = await engine.ClientCredentials.find(value);
  if (!token?.clientId || !isProgramId(token.clientId))
    return refused('invalid_token', 'unknown, expired or revoked, or not of a program of a unit');
  if (token.aud !== apiResource(issuer))
    return refused('invalid_token', `of another audience; ask for it with resource=${apiResource(issuer)}`);
  if (token.jkt !== undefined || token['x5t#S256'] !== undefined)
    return refused('invalid_token', 'bound to a key; ask for it without proof of possession');
  return { is: 'program', clientId: token.clientId, scopes: token.scopes };
}

/** The API as the engine's resource server. OAuth error `invalid_target` for whoever is no program of a unit. */
export function apiServer(issuer: URL, clientId: string) {
  if (!isProgramId(clientId)) throw new errors.InvalidTarget();
  return {
    scope: API_SCOPES.join(' '),
    audience: apiResource(issuer),
    // Opaque: a token that was revoked, or whose program was ended, is refused at once.
    accessTokenFormat: 'opaque' as const,
  };
}
