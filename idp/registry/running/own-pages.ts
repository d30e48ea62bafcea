// Our own pages as clients: they sign in through the same door as every service, with the session as all they want.
import type { Level } from '../../assurance/assurance.ts';
import type { Bilingual, Client, ClientId, UnitId } from '../registry.ts';

export interface OwnPages {
  readonly clientId: string;
  readonly name: Bilingual;
  readonly minimumLevel: Level;
  /** Path on our origin where one comes back from signing in. */
  readonly signedIn: string;
}

/** A client that the code itself brings: never imported, never asked for consent. */
export function ownClient(issuer: URL, { clientId, name, minimumLevel, signedIn }: OwnPages): Client {
  return {
    clientId: clientId as ClientId,
    unitId: 'tongxing' as UnitId,
    unitName: name,
    name,
    domain: issuer.host,
    logo: undefined,
    minimumLevel,
    firstParty: true,
    claims: {},
    enabled: true,
    version: 1,
    environment: 'production',
    // `none` (OAuth 2.0 Multiple Response Types 4): we want the session, neither code nor token.
    metadata: {
      client_id: clientId,
      client_name: name.en,
      redirect_uris: [new URL(signedIn, issuer).href],
      post_logout_redirect_uris: [new URL('/', issuer).href],
      response_types: ['none'],
      grant_types: [],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
      subject_type: 'pairwise',
    },
  };
}
