// OpenID Connect Back-Channel Logout 1.0, sections 2.4 and 2.6: what a logout token has to be before a session ends.
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const TOLERANCE_SECONDS = 30;
const MAX_AGE_SECONDS = 300;

export interface LogoutNotice {
  readonly sid: string | undefined;
  readonly sub: string | undefined;
}

/** The token is refused. The message says why, and is fit to be sent back. */
export class BadLogoutToken extends Error {}

export interface LogoutTokens {
  /** Throws BadLogoutToken; anything else thrown means that the keys could not be fetched. */
  verify(token: string, keys: JWTVerifyGetKey): Promise<LogoutNotice>;
}

export function createLogoutTokens(parts: {
  readonly issuer: string;
  readonly clientId: string;
  readonly clock: { now(): Date };
}): LogoutTokens {
  /** jti -> when it may be forgotten, in milliseconds. */
  const seen = new Map<string, number>();

  const burn = (jti: string, exp: number): void => {
    const now = parts.clock.now().getTime();
    for (const [id, until] of seen) if (until < now) seen.delete(id);
    if (seen.has(jti)) throw new BadLogoutToken('jti was used before');
    seen.set(jti, (exp + TOLERANCE_SECONDS) * 1000);
  };

  return {
    async verify(token, keys) {
      const payload = await verified(token, keys, parts);
      const notice = noticeIn(payload);
      burn(payload.jti ?? '', payload.exp ?? 0);
      return notice;
    },
  };
}

async function verified(
  token: string,
  keys: JWTVerifyGetKey,
  parts: { readonly issuer: string; readonly clientId: string; readonly clock: { now(): Date } },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: parts.issuer,
      audience: parts.clientId,
      // An ID token or access token of the same keys must not pass for a logout token (RFC 8725 3.11).
      typ: 'logout+jwt',
      algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'],
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: MAX_AGE_SECONDS,
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: parts.clock.now(),
    });
    return payload;
  } catch (error) {
    if (isAboutKeys(error)) throw error;
    throw new BadLogoutToken(error instanceof Error ? error.message : 'cannot be read', { cause: error });
  }
}

/** No answer from the key set is the provider's trouble, not the token's: it is asked to try again. */
function isAboutKeys(error: unknown): boolean {
  return !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout;
}

function noticeIn(payload: JWTPayload): LogoutNotice {
  const { events, sid, sub, nonce, jti } = payload;
  const event = typeof events === 'object' && events !== null ? Reflect.get(events, EVENT) : undefined;
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    throw new BadLogoutToken('events does not hold the back-channel logout event');
  if (nonce !== undefined) throw new BadLogoutToken('nonce must not be there');
  if (typeof jti !== 'string' || jti === '') throw new BadLogoutToken('jti is missing');
  const bad = (value: unknown): boolean => value !== undefined && (typeof value !== 'string' || value === '');
  if (bad(sid) || bad(sub)) throw new BadLogoutToken('sid and sub must be texts');
  if (sid === undefined && sub === undefined) throw new BadLogoutToken('neither sid nor sub is there');
  return { sid: sid as string | undefined, sub };
}
