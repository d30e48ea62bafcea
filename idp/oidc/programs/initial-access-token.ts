// Permissions to register clients, as the engine keeps initial access tokens (OpenID Connect Registration 1.0 section 3).
import type { AdapterPayload } from 'oidc-provider';
import { epochSeconds } from '../../platform/base/clock.ts';
import type { Registering } from '../../registry/registry.ts';

/** What the engine runs for each registration with such a token: see registration.ts. */
export const POLICY = 'registry';

/** An initial access token as the engine keeps them; undefined for one that permits nothing. */
export async function initialAccessToken(
  registering: Registering,
  token: string,
): Promise<AdapterPayload | undefined> {
  const permission = await registering.permission(token);
  return (
    permission && {
      kind: 'InitialAccessToken',
      jti: token,
      iat: epochSeconds(permission.madeAt),
      exp: epochSeconds(permission.expiresAt),
      policies: [POLICY],
    }
  );
}
