// Who calls the API. Only programs of units, by an access token for this very API; a citizen's token is refused whatever
// its scopes, and so is one whose program was ended a moment ago.
import type { Act, Actor, Programs } from '../../registry/registry.ts';
import { ACTS } from '../../registry/registry.ts';
import { apiResource, type ApiScope, type Oidc } from '../../oidc/oidc.ts';
import type { Limits } from '../../platform/limits/limits.ts';
import { refuse, type Context } from './answers.ts';
import { M } from './messages.ts';
import type { Operation } from './operation.ts';

export interface CallerParts {
  readonly issuer: URL;
  readonly oidc: Pick<Oidc, 'programOf'>;
  readonly programs: Pick<Programs, 'actorOf'>;
  readonly limits: Limits;
}

/** What a token must carry for this operation. */
export const scopeOf = ({ method }: Pick<Operation, 'method'>): ApiScope =>
  method === 'get' ? 'registry.read' : 'registry.write';

/** True when no program may ever do it. */
export const takesPerson = (act: Act | undefined): boolean =>
  act !== undefined && ACTS[act].sensitive === true;

/** Who acts, or undefined when the refusal has been answered (RFC 6750 3). Fault `too_many`. */
export function callers({ issuer, oidc, programs, limits }: CallerParts) {
  const perProgram = limits.declare({
    name: 'api.program',
    per: 'program of a unit',
    burst: 120,
    periodSeconds: 60,
    why: 'one automation that runs wild must not slow the console of everybody',
  });
  const resource = apiResource(issuer);
  return async (ctx: Context, operation: Pick<Operation, 'method'>): Promise<Actor | undefined> => {
    const caller = await oidc.programOf(ctx);
    if (caller.is === 'refused') return challenge(ctx, resource, caller.error, caller.why);
    const actor = await programs.actorOf(caller.clientId);
    if (!actor) return challenge(ctx, resource, 'invalid_token', 'its program was ended or has run out');
    const scope = scopeOf(operation);
    if (!caller.scopes.has(scope)) return lacksScope(ctx, resource, scope);
    await limits.spend(perProgram, caller.clientId);
    return { ...actor, reference: ctx.state.reference };
  };
}

function challenge(
  ctx: Context,
  resource: string,
  error: 'invalid_token' | 'invalid_request' | undefined,
  why: string,
): undefined {
  const { locale } = ctx.state;
  const said = error === undefined ? '' : `, error="${error}", error_description="${why}"`;
  ctx.set('WWW-Authenticate', `Bearer realm="${resource}"${said}`);
  const address = new URL('/oidc/token', resource).href;
  const message =
    error === 'invalid_token'
      ? M.text(locale, 'invalid_token', { why })
      : error === undefined
        ? M.text(locale, 'no_token', { address, resource })
        : M.text(locale, 'invalid_request');
  refuse(ctx, error === 'invalid_request' ? 400 : 401, { error: error ?? 'invalid_token', message });
}

function lacksScope(ctx: Context, resource: string, scope: string): undefined {
  ctx.set('WWW-Authenticate', `Bearer realm="${resource}", error="insufficient_scope", scope="${scope}"`);
  const message = M.text(ctx.state.locale, 'insufficient_scope', { scope });
  refuse(ctx, 403, { error: 'insufficient_scope', message });
}
