// Try login: the real flow with one sandbox client, begun and ended on our own pages. What it needs in between is
// sealed, bound to the person and the browser that began it, and taken once.
import { createHash } from 'node:crypto';
import { LADDER } from '../../../assurance/assurance.ts';
import { Fault } from '../../../platform/base/errors.ts';
import { randomToken } from '../../../platform/base/ids.ts';
import { readForm } from '../../../platform/http/body.ts';
import type { Sealer } from '../../../platform/crypto/seal.ts';
import { keyOf, type Ephemeral } from '../../../platform/store/ephemeral.ts';
import { TRY_CALLBACK } from '../../../oidc/oidc.ts';
import { isRehearsal } from '../../../registry/registry.ts';
import { seeOther, type Context, type Visitor } from '../../frame/frame.tsx';
import { clientHere, firstScopes, type PortalParts } from '../own.ts';
import { exchange, type Outcome, type Step } from './exchange.ts';

interface Begun {
  readonly clientId: string;
  readonly verifier: string;
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Tried extends Outcome {
  readonly clientId: string;
  readonly personMs: number;
  readonly wholeMs: number;
}

/** As long as a sign-in may take, and a page may be looked at. */
const LIFE_SECONDS = 900;
const PLACE = 'console.try';

/** Nobody else, and no other browser of the same person, opens what is kept. */
const rowOf = (ctx: Context, { entered }: Visitor, id: string): string =>
  `${entered.citizenId} ${ctx.state.browser} ${id}`;

async function keep(
  { ephemeral, sealer }: { readonly ephemeral: Ephemeral; readonly sealer: Sealer },
  row: string,
  value: unknown,
): Promise<void> {
  const sealed = sealer.seal(JSON.stringify(value), PLACE, row).toString('base64');
  await ephemeral.put(keyOf('ConsoleTry', row), sealed, LIFE_SECONDS);
}

/** POST: leads to the authorization endpoint. Nothing secret stands in the address. */
export async function begin(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<void> {
  const client = await clientHere(parts, ctx, visitor.actor, 'sandbox.write');
  // The callback belongs to sandbox clients alone.
  if (client.environment !== 'sandbox') throw new Fault('forbidden', { note: 'a production client' });
  const { who, acr = '', rehearse } = await readForm(ctx);
  const [state, verifier, nonce] = [randomToken(32), randomToken(32), randomToken(32)];
  const begun: Begun = { clientId: client.clientId, verifier, nonce, at: parts.clock.now().getTime() };
  await keep(parts, rowOf(ctx, visitor, state), begun);
  const address = new URL('/oidc/authorize', parts.issuer);
  address.search = new URLSearchParams({
    client_id: client.clientId,
    response_type: 'code',
    redirect_uri: new URL(TRY_CALLBACK, parts.issuer).href,
    scope: firstScopes(client),
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(LADDER.some((rung) => rung.acr === acr) ? { acr_values: acr } : {}),
    ...(who === 'me' ? {} : { prompt: 'login' }),
    ...(isRehearsal(rehearse) ? { rehearse } : {}),
  }).toString();
  seeOther(ctx, address.href);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Back from signing in: the code is redeemed at once, and gone from the address with the next page. */
export async function callback(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<void> {
  const state = textOf(ctx.query['state']);
  const row = rowOf(ctx, visitor, state);
  const sealed = await parts.ephemeral.take(keyOf('ConsoleTry', row));
  if (typeof sealed !== 'string') return seeOther(ctx, '/developers/try/over');
  const begun = JSON.parse(parts.sealer.open(Buffer.from(sealed, 'base64'), PLACE, row)) as Begun;
  const backAt = parts.clock.now().getTime();
  const outcome = await came(parts, ctx, begun);
  const id = randomToken(16);
  const personMs = backAt - begun.at;
  const wholeMs = parts.clock.now().getTime() - begun.at;
  const steps = [...before(personMs), ...outcome.steps];
  await keep(parts, rowOf(ctx, visitor, id), {
    ...outcome,
    steps,
    clientId: begun.clientId,
    personMs,
    wholeMs,
  });
  seeOther(ctx, `/developers/try/${id}`);
}

const before = (personMs: number): readonly Step[] => [
  { name: 'request', is: 'ok', what: 'what.request', params: {}, ms: undefined },
  { name: 'person', is: 'ok', what: 'what.person_plain', params: {}, ms: personMs },
];

async function came(parts: PortalParts, ctx: Context, begun: Begun): Promise<Outcome> {
  const { code, iss, error, error_description: description } = ctx.query;
  const bad = (what: string, params: Step['params'] = {}): Outcome => ({
    steps: [
      { name: 'back', is: 'bad', what, params, ms: undefined },
      ...(['token', 'check', 'userinfo'] as const).map((name): Step => ({
        name,
        is: 'off',
        what: 'off.before',
        params: {},
        ms: undefined,
      })),
    ],
    idToken: undefined,
    accessStart: undefined,
    userinfo: undefined,
    encrypted: false,
    request: undefined,
  });
  // RFC 9207 2.4: an answer of another server is none.
  if (iss !== parts.issuer.href.replace(/\/$/, '')) return bad('bad.iss');
  if (typeof error === 'string')
    return bad('bad.refused', { error: error.slice(0, 100), description: textOf(description).slice(0, 300) });
  const client = await parts.registry.find(begun.clientId);
  if (!client || typeof code !== 'string')
    return bad('bad.refused', { error: 'invalid_request', description: '' });
  const { verifier, nonce } = begun;
  const back: Step = { name: 'back', is: 'ok', what: 'what.back', params: {}, ms: undefined };
  const address = new URL(TRY_CALLBACK, parts.issuer).href;
  const outcome = await exchange(parts, { client, code, verifier, nonce, callback: address });
  return { ...outcome, steps: [back, ...outcome.steps] };
}

/** What a finished try came to; undefined: over, or another's. */
export async function tried(parts: PortalParts, ctx: Context, visitor: Visitor): Promise<Tried | undefined> {
  const row = rowOf(ctx, visitor, textOf(ctx['params'].try));
  const kept = await parts.ephemeral.get(keyOf('ConsoleTry', row));
  if (typeof kept?.value !== 'string') return undefined;
  const value = JSON.parse(parts.sealer.open(Buffer.from(kept.value, 'base64'), PLACE, row)) as Tried | Begun;
  return 'steps' in value ? value : undefined;
}
