// A service that asks for claims through openid-client, and the citizen who answers its consent page.
import * as client from 'openid-client';
import { signIn, type TestApp } from '../../support/app.ts';
import { createBrowser, type Page } from '../../support/browser.ts';

export const CALLBACK = 'http://127.0.0.1:4999/callback';
const SECRET = 'a-secret-that-is-long-enough';

/** A registration that may ask these claims; those named `optional` may be left out. */
export function registration(
  id: string,
  claims: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    client_id: id,
    client_name: id,
    client_secret: SECRET,
    redirect_uris: [CALLBACK],
    scope: 'openid profile id_number',
    tongxing_claims: Object.fromEntries(
      claims.map((claim) => [claim, { purpose: '办理业务', required: true }]),
    ),
    ...more,
  };
}

export interface Asked {
  readonly clientId: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scope?: string;
  readonly persona?: string;
  /** Boxes to tick on the consent page. */
  readonly tick?: readonly string[];
  /** Goes through PAR (RFC 9126) instead of the address bar. */
  readonly pushed?: boolean;
}

export interface Answered {
  readonly idToken: Readonly<Record<string, unknown>>;
  readonly accessToken: string;
  readonly subject: string;
  readonly config: client.Configuration;
  /** The consent page, when there was one. */
  readonly consent: Page | undefined;
  userinfo(): Promise<Readonly<Record<string, unknown>>>;
}

export async function configured(app: TestApp, clientId: string): Promise<client.Configuration> {
  const config = await client.discovery(new URL(app.issuer), clientId, SECRET, undefined, {
    // A test speaks plain http to itself.
    execute: [client.allowInsecureRequests],
  });
  return config;
}

/** Up to where the browser stands at the service: the whole sign-in with the persona's password. */
export async function arrive(app: TestApp, asked: Asked, config: client.Configuration, verifier: string) {
  const parameters = {
    redirect_uri: CALLBACK,
    scope: asked.scope ?? 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    claims: JSON.stringify(asked.claims),
  };
  const address = asked.pushed
    ? await client.buildAuthorizationUrlWithPAR(config, parameters)
    : client.buildAuthorizationUrl(config, parameters);
  const browser = createBrowser({ stopAt: /^http:\/\/127\.0\.0\.1:4999/ });
  const first = await browser.get(address.href);
  if (first.status === 0) return { end: first, consent: undefined };
  const page = await signIn(browser, first, await app.persona(asked.persona ?? 'verified'));
  if (page.status === 0) return { end: page, consent: undefined };
  const ticked = Object.fromEntries((asked.tick ?? []).map((claim) => [`share_${claim}`, 'yes']));
  return { end: await browser.submit(page, { decision: 'allow', ...ticked }), consent: page };
}

export async function ask(app: TestApp, asked: Asked): Promise<Answered> {
  const config = await configured(app, asked.clientId);
  const verifier = client.randomPKCECodeVerifier();
  const { end, consent } = await arrive(app, asked, config, verifier);
  const tokens = await client.authorizationCodeGrant(config, new URL(end.url), {
    pkceCodeVerifier: verifier,
  });
  const idToken = tokens.claims();
  if (!idToken) throw new Error('no ID token');
  return {
    idToken,
    accessToken: tokens.access_token,
    subject: idToken.sub,
    config,
    consent,
    userinfo: () => client.fetchUserInfo(config, tokens.access_token, idToken.sub),
  };
}
