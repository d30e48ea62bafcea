// A citizen signs in through a client that somebody made a moment ago, with a relying party's library at the service.
import * as client from 'openid-client';
import type { Persona, TestApp } from '../../support/app.ts';
import { citizenBrowser, landed, walk } from '../../oidc/relying-party.ts';

export interface Made {
  readonly clientId: string;
  readonly secret: string | undefined;
  readonly redirect: string;
}

/** From the service's request to the claims; throws when anything on the way refuses. */
export async function enterThrough(
  { issuer }: TestApp,
  { clientId, secret, redirect }: Made,
  persona: Persona,
): Promise<Readonly<Record<string, unknown>>> {
  const method = secret === undefined ? client.None() : client.ClientSecretBasic(secret);
  const insecure = { execute: [client.allowInsecureRequests] };
  const server = await client.discovery(
    new URL(issuer),
    clientId,
    { id_token_signed_response_alg: 'ES256' },
    method,
    insecure,
  );
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const address = client.buildAuthorizationUrl(server, {
    redirect_uri: redirect,
    scope: 'openid profile',
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const browser = citizenBrowser();
  const page = await walk(browser, persona, await browser.get(address.href));
  landed(page);
  const tokens = await client.authorizationCodeGrant(server, new URL(page.url), {
    pkceCodeVerifier: verifier,
    expectedState: state,
  });
  const subject = tokens.claims()?.sub ?? '';
  return await client.fetchUserInfo(server, tokens.access_token, subject);
}
