// The least OpenID provider that a relying party can talk to, over real HTTP: discovery, keys, token, userinfo. Every
// authorization is granted at once. The real provider is tried in test/journeys/.
import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';

export interface SmallProvider {
  readonly issuer: string;
  /** Plays the browser's part at the provider: the address to come back to, with a code. */
  authorize(url: URL, acr?: string): string;
  /** Signs any claims with the published key; `typ` as given. */
  sign(claims: JWTPayload, typ?: string): Promise<string>;
  close(): Promise<void>;
}

export const SUB = 'pairwise-subject';
export const SID = 'provider-session';

export async function startSmallProvider(clientId: string, secret: string, port = 0): Promise<SmallProvider> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] };
  const codes = new Map<string, { nonce: string; challenge: string; redirectUri: string; acr: string }>();
  const sign: SmallProvider['sign'] = (claims, typ = 'JWT') =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1', typ }).sign(privateKey);
  let issuer = '';

  const token = async (form: URLSearchParams, authorization: string | undefined): Promise<object> => {
    const granted = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    // RFC 6749 2.3.1: both parts are form-encoded before they are joined.
    const basic = Buffer.from(authorization?.replace('Basic ', '') ?? '', 'base64').toString('utf8');
    if (decodeURIComponent(basic) !== `${clientId}:${secret}`) return { error: 'invalid_client' };
    if (granted?.challenge !== challenge || granted.redirectUri !== form.get('redirect_uri'))
      return { error: 'invalid_grant' };
    const now = Math.floor(Date.now() / 1000);
    const common = { iss: issuer, aud: clientId, sub: SUB, iat: now, exp: now + 300 };
    const session = { sid: SID, nonce: granted.nonce, acr: granted.acr, amr: ['pwd'], auth_time: now };
    return { access_token: 'at', token_type: 'Bearer', id_token: await sign({ ...common, ...session }) };
  };

  const answer = async (request: http.IncomingMessage): Promise<object> => {
    if (request.url === '/keys') return keys;
    if (request.url === '/userinfo') return { sub: SUB, name: '<b>𠮷田</b>', phone_number_verified: true };
    if (request.url === '/token') {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      return token(new URLSearchParams(text), request.headers.authorization);
    }
    return discovery(issuer);
  };
  const server = await listen(answer, port);
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    sign,
    authorize(url, acr = 'urn:tongxing:acr:l2') {
      const of = (name: string): string => url.searchParams.get(name) ?? '';
      const code = randomUUID();
      const redirectUri = of('redirect_uri');
      codes.set(code, { nonce: of('nonce'), challenge: of('code_challenge'), redirectUri, acr });
      return `${redirectUri}?${new URLSearchParams({ code, state: of('state'), iss: issuer }).toString()}`;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const discovery = (issuer: string): object => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  end_session_endpoint: `${issuer}/logout`,
  jwks_uri: `${issuer}/keys`,
  id_token_signing_alg_values_supported: ['ES256'],
  response_types_supported: ['code'],
});

async function listen(
  answer: (request: http.IncomingMessage) => Promise<object>,
  port: number,
): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    void answer(request).then((body) => {
      response.writeHead('error' in body ? 400 : 200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
