// The yardstick: oidc-provider as its documentation sets it up, with an instant login and two plain form pages. No
// accounts in a database, no password hash, no consent kept, no limits, no audit. A process of its own:
// bare.ts PORT [REDIS_URL]; without an address it keeps its state in the engine's own in-memory adapter.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider, errors, type Configuration } from 'oidc-provider';
import { createRedisAdapter } from './bare-redis.ts';
import { API, CLIENTS } from './registrations.ts';

const CLAIMS = { name: '测试', phone_number: '+8613800000000', phone_number_verified: true };

async function configuration(redisUrl: string | undefined): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    ...(redisUrl === undefined ? {} : { adapter: createRedisAdapter(redisUrl) }),
    clients: CLIENTS.map(({ metadata }) => metadata),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
    cookies: { keys: ['a key of the yardstick'] },
    claims: { openid: ['sub'], profile: ['name'], phone: ['phone_number', 'phone_number_verified'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_ctx, uri) {
          if (uri !== API.uri) throw new errors.InvalidTarget();
          return {
            scope: API.scopes,
            audience: uri,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: () => Promise.resolve({ sub: accountId, ...CLAIMS }),
    }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: { AccessToken: 600, IdToken: 600, Session: 43_200, Grant: 43_200, RefreshToken: 43_200 },
  };
}

function page(uid: string, prompt: string): string {
  const field = prompt === 'login' ? '<input name="login">' : '';
  return `<!doctype html><title>${prompt}</title><form method="post" action="/interaction/${uid}"><input type="hidden" name="prompt" value="${prompt}">${field}<button>Continue</button></form>`;
}

async function bodyOf(req: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

async function interaction(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const details = await provider.interactionDetails(req, res);
  const { uid, prompt, session, params } = details;
  if (req.method === 'GET') {
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(page(uid, prompt.name));
    return;
  }
  const form = await bodyOf(req);
  if (prompt.name === 'login') {
    const result = { login: { accountId: form.get('login') ?? '' } };
    await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
    return;
  }
  const accountId = session?.accountId ?? '';
  const grant = details.grantId
    ? await provider.Grant.find(details.grantId)
    : new provider.Grant({ accountId, clientId: String(params['client_id']) });
  if (!grant) throw new Error('the grant is gone');
  grant.addOIDCScope(String(params['scope']));
  grant.addResourceScope(API.uri, API.scopes);
  await provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
}

const [port = '0', redisUrl] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, await configuration(redisUrl));
const protocol = provider.callback();
const server = http.createServer((req, res) => {
  if (!req.url?.startsWith('/interaction/')) {
    void protocol(req, res);
    return;
  }
  interaction(provider, req, res).catch((error: unknown) => {
    res.statusCode = 500;
    res.end(String(error));
  });
});
server.listen(Number(port), '127.0.0.1', () => process.send?.({ is: 'ready' }));
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
