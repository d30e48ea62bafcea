// The identity provider as discovered. Asked for on first use, so that a service starts whether or not the provider
// is up; a failed attempt is forgotten and the next request tries again.
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import * as client from 'openid-client';
import type { Settings } from './settings.ts';

export interface Provider {
  /** Throws ProviderUnreachable. */
  configuration(): Promise<client.Configuration>;
  /** The provider's signing keys, fetched when an unknown `kid` comes. Throws ProviderUnreachable. */
  keys(): Promise<JWTVerifyGetKey>;
}

/** Discovery failed: the provider is down or not what it says it is. */
export class ProviderUnreachable extends Error {}

export function createProvider(settings: Settings): Provider {
  let found: Promise<client.Configuration> | undefined;
  let keys: JWTVerifyGetKey | undefined;

  const configuration = async (): Promise<client.Configuration> => {
    found ??= discover(settings);
    try {
      return await found;
    } catch (cause) {
      found = undefined;
      throw new ProviderUnreachable('the identity provider does not answer', { cause });
    }
  };
  return {
    configuration,
    async keys() {
      if (keys) return keys;
      const { jwks_uri: address } = (await configuration()).serverMetadata();
      if (address === undefined) throw new ProviderUnreachable('the identity provider publishes no keys');
      keys = createRemoteJWKSet(new URL(address), { timeoutDuration: 5_000 });
      return keys;
    },
  };
}

function discover({ issuer, clientId, clientSecret }: Settings): Promise<client.Configuration> {
  // Plain http is for a provider on this machine only; everywhere else openid-client insists on https.
  const local = issuer.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(issuer.hostname);
  return client.discovery(issuer, clientId, undefined, client.ClientSecretBasic(clientSecret), {
    execute: local ? [client.allowInsecureRequests] : [],
    timeout: 10,
  });
}
