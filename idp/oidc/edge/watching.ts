// What the requests of each service did, told to the registry for the funnel and the developer's list of requests. It
// costs a few counters in memory, so it stands on every request of every service.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Endpoint, FunnelStage, Watch } from '../../registry/registry.ts';

/** Listens to one engine instance; the sign-in pages tell themselves how far a citizen came in between. */
export function watchEngine(provider: Provider, watch: Watch): void {
  provider.on('interaction.started', (ctx, prompt) => {
    const clientId = clientOf(ctx);
    if (clientId === undefined || ctx.oidc.route !== 'authorization') return;
    watch.counted(clientId, 'authorize');
    // A session stands already, and only the consent is missing.
    if (prompt.name === 'consent') watch.counted(clientId, 'login');
  });
  provider.on('authorization.success', (ctx) => {
    const straight: readonly FunnelStage[] = ['authorize', 'login', 'consent'];
    passed(ctx, watch, 'authorize', ctx.oidc.route === 'resume' ? ['code'] : [...straight, 'code']);
  });
  provider.on('authorization.error', (ctx, error) => {
    // What a citizen or a page of ours decided was counted where it happened.
    const decided = ctx.oidc.route === 'resume';
    failed(ctx, watch, 'authorize', decided ? undefined : 'authorize', error);
  });
  provider.on('grant.success', (ctx) => {
    const first = ctx.oidc.params?.['grant_type'] === 'authorization_code';
    passed(ctx, watch, 'token', first ? ['token'] : []);
  });
  provider.on('grant.error', (ctx, error) => failed(ctx, watch, 'token', 'token', error));
  provider.on('userinfo.error', (ctx, error) => failed(ctx, watch, 'userinfo', 'userinfo', error));
  // What went wrong on our side: the code alone, what lies behind it is for our own log.
  provider.on('server_error', (ctx) => {
    const route = ctx.oidc?.route ?? '';
    const endpoint = Object.hasOwn(FAILED_AT, route) ? FAILED_AT[route as keyof typeof FAILED_AT] : undefined;
    if (endpoint) failed(ctx, watch, endpoint, endpoint, new Error('server_error'));
  });
  // The engine tells of no success here.
  provider.use(async (context, next) => {
    await next();
    const ctx = context as unknown as KoaContextWithOIDC;
    if (ctx.oidc?.route === 'userinfo' && ctx.status === 200) passed(ctx, watch, 'userinfo', ['userinfo']);
  });
}

const FAILED_AT = {
  authorization: 'authorize',
  resume: 'authorize',
  token: 'token',
  userinfo: 'userinfo',
} as const;

/** Undefined for a name that is no client: strangers make no figures. */
const clientOf = (ctx: KoaContextWithOIDC): string | undefined => ctx.oidc.client?.clientId;

/** As they came: the engine writes its own defaults over what it has read. */
function paramsOf(ctx: KoaContextWithOIDC): Readonly<Record<string, unknown>> {
  return { ...ctx.oidc.params };
}

function passed(
  ctx: KoaContextWithOIDC,
  watch: Watch,
  endpoint: Endpoint,
  stages: readonly FunnelStage[],
): void {
  const clientId = clientOf(ctx);
  if (clientId === undefined) return;
  for (const stage of stages) watch.counted(clientId, stage);
  watch.told(clientId, { endpoint, params: paramsOf(ctx) });
}

function failed(
  ctx: KoaContextWithOIDC,
  watch: Watch,
  endpoint: Endpoint,
  stage: FunnelStage | undefined,
  error: Error,
): void {
  const clientId = clientOf(ctx);
  if (clientId === undefined) return;
  const code = textOf(error, 'error') ?? 'server_error';
  if (stage) watch.counted(clientId, stage, code);
  // The detail is for developers and says more than the answer may (RFC 6749 5.2).
  const reason = [textOf(error, 'error_description'), textOf(error, 'error_detail')];
  watch.told(clientId, {
    endpoint,
    error: code,
    reason: reason.filter((words) => words !== undefined).join('; '),
    params: paramsOf(ctx),
  });
}

function textOf(error: Error, name: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(error, name)?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
