// What the engine tells of itself, written to the audit trail and the log.
import type { Provider, KoaContextWithOIDC } from 'oidc-provider';
import type { Audit } from '../../audit/audit.ts';
import type { Log } from '../../platform/telemetry/log.ts';
import type { Sessions } from '../retention/sessions.ts';

export interface EventParts {
  readonly audit: Audit;
  readonly log: Log;
  readonly sessions: Pick<Sessions, 'note'>;
  /** The reference number of the request in progress. */
  readonly referenceOf: (ctx: KoaContextWithOIDC) => string;
  /** Counts an OAuth error by its code. */
  readonly countError: (error: string) => void;
}

/** Listens to one engine instance. The instance is replaced when keys change; its listeners go with it. */
export function listenToEngine(provider: Provider, parts: EventParts): void {
  provider.on('authorization.success', (ctx) => entered(ctx, parts));
  provider.on('authorization.success', (ctx) => noteSession(ctx, parts));
  provider.on('authorization.error', (ctx) => noteSession(ctx, parts));
  provider.on('end_session.success', (ctx) => signedOut(ctx, parts));
  provider.on('server_error', (ctx, error) =>
    parts.log.error('the engine failed', error, {
      reference: parts.referenceOf(ctx),
      route: ctx.oidc?.route,
    }),
  );
  const refused = (ctx: KoaContextWithOIDC, error: Error): void => {
    const code = 'error' in error && typeof error.error === 'string' ? error.error : 'error';
    parts.countError(code);
    parts.log.info('refused', {
      reference: parts.referenceOf(ctx),
      route: ctx.oidc.route,
      code,
      clientId: ctx.oidc.client?.clientId,
    });
  };
  provider.on('authorization.error', refused);
  provider.on('grant.error', refused);
  provider.on('userinfo.error', refused);
  provider.on('registration_create.error', refused);
}

function entered(ctx: KoaContextWithOIDC, { audit, referenceOf }: EventParts): void {
  const { session, client, result } = ctx.oidc;
  if (!session?.accountId || !client) return;
  audit.note({
    type: 'service.entered',
    data: { acr: session.acr ?? '', interactive: result !== undefined },
    citizenId: session.accountId,
    clientId: client.clientId,
    actor: `citizen:${session.accountId}`,
    reference: referenceOf(ctx),
  });
}

/**
 * A session begins, or is prolonged, with a sign-in, also one that brings an error to the service. Not awaited: nobody
 * waits at a door for bookkeeping; without the note that session still ends by the account's status.
 */
function noteSession(ctx: KoaContextWithOIDC, { sessions, log }: EventParts): void {
  const { session, result } = ctx.oidc;
  if (!session?.accountId || !result?.login) return;
  sessions
    .note(session.accountId, session.uid)
    .catch((error: unknown) => log.error('a session was not noted', error));
}

function signedOut(ctx: KoaContextWithOIDC, { audit, referenceOf }: EventParts): void {
  const { session } = ctx.oidc;
  if (!session?.accountId) return;
  audit.note({
    type: 'signout.completed',
    data: { services: Object.keys(session.authorizations ?? {}).length },
    citizenId: session.accountId,
    actor: `citizen:${session.accountId}`,
    reference: referenceOf(ctx),
  });
}
