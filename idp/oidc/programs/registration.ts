// Dynamic registration (OpenID Connect Registration 1.0, RFC 7591) with an initial access token of a unit. The engine
// does the protocol; what is registered goes through the registry's own checks and is written by the registry, because
// the engine would drop the members it does not know and forget whose client it is.
import { errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { Fault } from '../../platform/base/errors.ts';
import type { Registering, Registry } from '../../registry/registry.ts';
import { engineMetadata, outage } from '../adapter.ts';
import { POLICY } from './initial-access-token.ts';

type Metadata = Readonly<Record<string, unknown>>;

export interface RegistrationParts {
  readonly issuer: URL;
  readonly registering: Registering;
  readonly registry: Registry;
}

/** What each request in progress has registered. */
const answers = new WeakMap<object, Metadata>();

/** Metadata as the registry wrote it, all of it (RFC 7591 3.2.1). */
export const registeredIn = (ctx: KoaContextWithOIDC): Metadata | undefined => answers.get(ctx);

export function registrationFeature(
  parts: RegistrationParts,
): NonNullable<NonNullable<Configuration['features']>['registration']> {
  return {
    enabled: true,
    initialAccessToken: true,
    issueRegistrationAccessToken: false,
    policies: {
      async [POLICY](context, properties: Record<string, unknown>) {
        const registered = await register(parts, context);
        // From here on the engine works with what was checked, not with what was sent.
        for (const name of Object.keys(properties)) delete properties[name];
        Object.assign(properties, registered);
      },
    },
  };
}

/** Registers what the request brings; the client as the engine reads it. */
async function register(
  { registering, registry, issuer }: RegistrationParts,
  ctx: KoaContextWithOIDC,
): Promise<Metadata> {
  const token = ctx.oidc.entities.InitialAccessToken?.jti ?? '';
  const reference = String(ctx.res.getHeader('x-reference') ?? '');
  const registered = await registering.register(token, ctx.oidc.body, reference).catch((error: unknown) => {
    throw error instanceof Fault && error.code === 'unavailable' ? outage(error) : error;
  });
  if (registered.is === 'gone') throw new errors.InvalidToken('used up');
  if (registered.is === 'refused') throw new errors.InvalidClientMetadata(registered.lines.join('; '));
  const client = await registry.find(registered.clientId);
  if (!client) throw new Error('the client that was just registered is not there');
  answers.set(ctx, registered.metadata);
  return engineMetadata(client, issuer);
}
