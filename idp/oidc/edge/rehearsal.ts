// Errors on request: a sandbox client asks for one with `rehearse=...` and sees how its own program takes it. What is
// made here is wrong on purpose, so it stands behind two looks at the registry: a production client never gets it.
import { createPrivateKey, sign } from 'node:crypto';
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import { epochSeconds, type Clock } from '../../platform/base/clock.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import { keyOf, type Ephemeral } from '../../platform/store/ephemeral.ts';
import { isRehearsal, REHEARSALS, type ClientSource, type Rehearsal } from '../../registry/registry.ts';

export const REHEARSE_PARAM = 'rehearse';

export interface RehearsalParts {
  readonly registry: ClientSource;
  readonly ephemeral: Ephemeral;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** Longer than any code lives. */
const KEPT_SECONDS = 120;

/**
 * The engine's hook for the parameter. For anyone but a sandbox client it is an unknown parameter, which is ignored
 * (RFC 6749 3.1): nobody can make a production client fail with a link.
 */
export function createRehearsalParam({ registry }: Pick<RehearsalParts, 'registry'>) {
  return async (ctx: KoaContextWithOIDC, value: unknown): Promise<void> => {
    if (value === undefined || !ctx.oidc.params) return;
    if (!isRehearsal(value) || !(await isSandbox(registry, ctx))) {
      ctx.oidc.params[REHEARSE_PARAM] = undefined;
      return;
    }
    // A pushed request is answered where the browser is.
    if (REHEARSALS[value] === 'answer' && ctx.oidc.route === 'authorization')
      throw new errors.CustomOIDCProviderError(value, `rehearsed: this client asked for ${value}`);
  };
}

async function isSandbox(registry: ClientSource, ctx: KoaContextWithOIDC): Promise<boolean> {
  const client = await registry.find(ctx.oidc.client?.clientId ?? '');
  return client?.environment === 'sandbox';
}

/** Remembers the fault with the code, and puts it into the ID token that the code is redeemed for. */
export function rehearseFaults(provider: Provider, parts: RehearsalParts): void {
  provider.use(async (context, next) => {
    await next();
    const ctx = context as unknown as KoaContextWithOIDC;
    const code = ctx.oidc?.entities?.AuthorizationCode?.jti;
    if (code === undefined) return;
    const asked = ctx.oidc.params?.[REHEARSE_PARAM];
    if (ctx.oidc.route === 'token') await spoil(parts, ctx, code);
    else if (isRehearsal(asked) && (await isSandbox(parts.registry, ctx)))
      // Before the browser leaves with the code: the service may be faster than a store.
      await parts.ephemeral.put(keyOf('Rehearsal', code), asked, KEPT_SECONDS);
  });
}

async function spoil(parts: RehearsalParts, ctx: KoaContextWithOIDC, code: string): Promise<void> {
  const body = ctx.body as { id_token?: unknown } | undefined;
  if (ctx.status !== 200 || typeof body?.id_token !== 'string' || !(await isSandbox(parts.registry, ctx)))
    return;
  const kept = await parts.ephemeral.get(keyOf('Rehearsal', code));
  if (isRehearsal(kept?.value)) ctx.body = { ...body, id_token: faulty(parts, body.id_token, kept.value) };
}

type Claims = Readonly<Record<string, unknown>>;

const HOUR_SECONDS = 3_600;

/**
 * What each fault writes into the token; `bad_signature` writes nothing. No service accepts any of these values: names
 * that end in `.invalid` are nobody's (RFC 2606 2).
 */
const CHANGES: Readonly<Partial<Record<Rehearsal, (now: number) => Claims>>> = {
  invalid_iss: () => ({ iss: 'https://another-issuer.invalid' }),
  wrong_audience: () => ({ aud: 'another-client.invalid' }),
  wrong_nonce: () => ({ nonce: 'not-the-nonce-of-the-request' }),
  expired: (now) => ({ iat: now - 2 * HOUR_SECONDS, exp: now - HOUR_SECONDS }),
};

function faulty({ keyring, clock }: RehearsalParts, token: string, rehearsal: Rehearsal): string {
  const [head = '', body = '', signature = ''] = token.split('.');
  const changes = CHANGES[rehearsal]?.(epochSeconds(clock.now()));
  if (!changes) {
    const first = signature.startsWith('A') ? 'B' : 'A';
    return [head, body, `${first}${signature.slice(1)}`].join('.');
  }
  const claims = { ...(decoded(body) as Claims), ...changes };
  return signed(keyring, decoded(head) as Claims, claims);
}

const decoded = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Truly signed: the service must find the fault, not fall over the signature. */
function signed(keyring: Keyring, head: Claims, claims: Claims): string {
  const jwk = JSON.parse(
    keyring.active(head['alg'] === 'RS256' ? 'signing-rsa' : 'signing').material.toString('utf8'),
  ) as Record<string, unknown>;
  const input = `${encoded({ ...head, kid: jwk['kid'] })}.${encoded(claims)}`;
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}
