// The service's own API, as a resource server: it trusts access tokens made for it (RFC 9068, RFC 8707) and asks for a
// stronger or fresher sign-in with a challenge (RFC 9470).
import type Router from '@koa/router';
import type { Context } from 'koa';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { MatterTerms, RelyingParty } from '../party.ts';
import type { Settings } from '../settings.ts';
import { acrsFrom } from '../words/levels.ts';

/** Resource indicator of the API, and the address under which it answers. */
export const apiOf = ({ origin }: Pick<Settings, 'origin'>): string => `${origin}/api`;

/** POST /api/matters with a bearer token: 201 `{ number }`, or 401 with what is missing in `WWW-Authenticate`. */
export function apiRoutes(router: Router, party: RelyingParty): void {
  const { matter } = party;
  if (!matter) return;
  router.post('/api/matters', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const token = /^Bearer ([\w.-]+)$/.exec(ctx.get('authorization'))?.[1];
    if (token === undefined) return refuse(ctx, {});
    const payload = await verified(party, token);
    if (!payload) return refuse(ctx, { error: 'invalid_token' });
    const missing = insufficiency(matter, payload, party.clock.now());
    if (missing) return refuse(ctx, missing);
    ctx.status = 201;
    ctx.body = { number: crypto.randomUUID() };
  });
}

/** Undefined for a token that is not ours, not whole, or over. Throws when the keys cannot be had. */
async function verified(party: RelyingParty, token: string): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtVerify(token, await party.provider.keys(), {
      issuer: party.settings.issuer.href.replace(/\/$/, ''),
      audience: apiOf(party.settings),
      // An ID token of the same keys must not pass for an access token (RFC 8725 3.11).
      typ: 'at+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['exp', 'sub'],
      currentDate: party.clock.now(),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return undefined;
    throw error;
  }
}

/** The challenge for a sign-in that is too weak or too long ago; undefined when it will do. */
function insufficiency(
  { level, maxAgeSeconds }: MatterTerms,
  { acr, auth_time: at }: JWTPayload,
  now: Date,
): Readonly<Record<string, string>> | undefined {
  const strong = typeof acr === 'string' && acrsFrom(level).includes(acr);
  const fresh = typeof at === 'number' && now.getTime() / 1000 - at <= maxAgeSeconds;
  if (strong && fresh) return undefined;
  return {
    error: 'insufficient_user_authentication',
    error_description: strong ? 'a more recent authentication is needed' : 'a higher level is needed',
    ...(strong ? {} : { acr_values: acrsFrom(level)[0] ?? '' }),
    ...(fresh ? {} : { max_age: String(maxAgeSeconds) }),
  };
}

function refuse(ctx: Context, parameters: Readonly<Record<string, string>>): void {
  const told = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  ctx.status = 401;
  ctx.set('WWW-Authenticate', ['Bearer', told.join(', ')].join(' ').trim());
  ctx.body = parameters;
}
