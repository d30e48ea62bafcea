// Sandbox clients: made, changed and removed by their team alone, live at once, test persons only. Not here: production
// (changes/).
import type { Audit } from '../../audit/audit.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Secret } from '../../platform/base/secret.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Checks, Complaint } from '../checks/checks.ts';
import { saidOf } from '../checks/rules.ts';
import { isRecord } from '../claims.ts';
import type { Access } from '../operators/access.ts';
import { by } from '../operators/operators.ts';
import type { Actor } from '../operators/roles.ts';
import type { Read } from '../registration.ts';
import type { ClientId, UnitId } from '../registry.ts';
import * as units from '../units/store.ts';
import { differences, membersOf } from './diff.ts';
import { keepLogo } from '../logos/logos.ts';
import { keepProofs } from './first-secret.ts';
import { secretsIn } from './given.ts';
import * as store from './store.ts';
import { demandOwned } from './versions.ts';

export interface Written {
  readonly clientId: ClientId;
  readonly version: number;
  /** Present once, when a secret was made now. */
  readonly secret: Secret | undefined;
}

export interface Sandboxes {
  /**
   * Live at once. `given`: client metadata; without `client_id` one is made. Faults: `not_found`, `forbidden`,
   * `bad_request` with complaints, `conflict` when the unit has as many as it may.
   */
  createSandbox(actor: Actor, unitId: string, given: unknown): Promise<Written>;
  /** Replaces the registration. Faults as above; `forbidden` for a production client; `conflict` at another version. */
  updateSandbox(actor: Actor, clientId: string, given: unknown, version: number): Promise<Written>;
  /** It signs nobody in from now on and never comes back. Faults as of `updateSandbox`. */
  removeSandbox(actor: Actor, clientId: string, version: number): Promise<void>;
}

export interface ClientParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly access: Access;
  readonly checks: Pick<Checks, 'check'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Host names that the unit has shown to be its own. */
  readonly domainsOf: (unitId: UnitId) => Promise<readonly string[]>;
  /** Identifiers of clients that the code itself brings. */
  readonly reserved: ReadonlySet<string>;
}

/** One team is helped by a few dozen; without a bound one account could fill the table. */
const SANDBOXES = 50;
const TRIAL_SANDBOXES = 5;

export function createSandboxes(parts: ClientParts): Sandboxes {
  return {
    createSandbox: (actor, unitId, given) => create(parts, actor, unitId, given),
    updateSandbox: (actor, clientId, given, version) => update(parts, actor, clientId, given, version),
    async removeSandbox(actor, clientId, version) {
      await sandboxOf(parts, actor, clientId);
      await parts.audit.change(async (tx) => {
        const move = { from: ['live', 'suspended'], to: 'retired', version } as const;
        const next = await store.setState(tx, clientId, move, parts.clock.now());
        if (next === undefined) throw changedMeanwhile(clientId);
        await store.keepVersion(tx, clientId, { act: 'retired', by: actor.name });
        tx.record({ type: 'client.retired', data: { version: next }, clientId, ...by(actor) });
      });
    },
  };
}

async function create(parts: ClientParts, actor: Actor, unitId: string, given: unknown): Promise<Written> {
  const { postgres, access, audit, clock } = parts;
  const unit = await units.findUnit(postgres, unitId);
  if (!unit) throw new Fault('not_found', { note: 'a unit' });
  access.demand(actor, 'sandbox.write', unit.path, unitId);
  const { clientId, registration, logo } = await checked(parts, given, { unitId, environment: 'sandbox' });
  const most = unit.level === 'trial' ? TRIAL_SANDBOXES : SANDBOXES;
  return await audit.change(async (tx) => {
    await store.lockUnit(tx, unitId);
    if ((await store.countOf(tx, unitId, 'sandbox')) >= most)
      throw new Fault('conflict', { note: `unit ${unitId}: has ${most} sandbox clients; remove one first` });
    const at = clock.now();
    await keepLogo(tx, logo, at);
    const client = { clientId, unitId, environment: 'sandbox', state: 'live', registration, at } as const;
    if ((await store.insertOwned(tx, client)) === 0) throw refusal([taken(clientId)]);
    const saving = { clientId, before: undefined, after: registration, by: actor.name, at };
    const made = await keepProofs(parts, tx, saving);
    await store.keepVersion(tx, clientId, { act: 'created', by: actor.name });
    tx.record({ type: 'client.created', data: { version: 1, unitId }, clientId, ...by(actor) });
    return { clientId: clientId as ClientId, version: 1, secret: made };
  });
}

async function update(
  parts: ClientParts,
  actor: Actor,
  clientId: string,
  given: unknown,
  version: number,
): Promise<Written> {
  const client = await sandboxOf(parts, actor, clientId);
  const place = { unitId: client.unitId, environment: 'sandbox', clientId } as const;
  const { registration, logo } = await checked(parts, given, place);
  const changed = membersOf(differences(client.registration, registration)).join(' ');
  if (changed === '' && client.version === version && client.state === 'live')
    return { clientId: clientId as ClientId, version, secret: undefined };
  return await parts.audit.change(async (tx) => {
    const at = parts.clock.now();
    const next = await store.saveOwned(tx, clientId, registration, version, at);
    if (next === undefined) throw changedMeanwhile(clientId);
    await keepLogo(tx, logo, at);
    const saving = { clientId, before: client.registration, after: registration, by: actor.name, at };
    const made = await keepProofs(parts, tx, saving);
    await store.keepVersion(tx, clientId, { act: 'changed', by: actor.name });
    tx.record({ type: 'client.changed', data: { version: next, changed }, clientId, ...by(actor) });
    return { clientId: clientId as ClientId, version: next, secret: made };
  });
}

/** A sandbox client that this actor may write. A production client changes by a request that others approve. */
async function sandboxOf(parts: ClientParts, actor: Actor, clientId: string): Promise<store.OwnedRow> {
  const client = await demandOwned(parts, actor, 'sandbox.write', clientId);
  if (client.environment === 'sandbox') return client;
  parts.audit.note({
    type: 'access.refused',
    data: { act: 'sandbox.write', path: client.path, about: clientId },
    clientId,
    ...by(actor),
  });
  throw new Fault('forbidden', { note: `client "${clientId}": is in production; begin a request` });
}

const changedMeanwhile = (clientId: string): Fault =>
  new Fault('conflict', { note: `client "${clientId}": was changed meanwhile; read it again` });

/** A refusal that says everything that is wrong, at its members. */
export const refusal = (complaints: readonly Complaint[]): Fault =>
  new Fault('bad_request', {
    complaints,
    note: complaints.map((complaint) => saidOf(complaint, 'en')).join('\n'),
  });

export const taken = (clientId: string): Complaint => ({
  member: 'client_id',
  text: {
    'zh-CN': `“${clientId}”已被使用，请换一个`,
    en: `"${clientId}" is taken; choose another`,
  },
});

export interface Target {
  readonly unitId: string;
  readonly environment: 'sandbox' | 'production';
  /** Of a client that exists: the metadata cannot name another. */
  readonly clientId?: string;
}

/** What is given, read and free of complaints; else Fault `bad_request` with all of them. */
export async function checked(parts: ClientParts, given: unknown, target: Target): Promise<Read> {
  const { read, complaints } = await examine(parts, given, target);
  if (complaints.length > 0) throw refusal(complaints);
  return read;
}

/** What is given, read, and everything that is wrong with it. Nothing is written. */
export async function examine(
  { checks, domainsOf, reserved }: ClientParts,
  given: unknown,
  { unitId, environment, clientId }: Target,
): Promise<{ readonly read: Read; readonly complaints: readonly Complaint[] }> {
  const own = isRecord(given) ? given : {};
  const complaints = isRecord(given)
    ? wordsOf(own, { unitId, environment, ...(clientId ? { clientId } : {}) })
    : [];
  const { client_secret: _, tongxing_unit: __, ...rest } = own;
  const named = clientId === undefined ? rest : { ...rest, client_id: clientId };
  const domains = await domainsOf(unitId as UnitId);
  const seen = await checks.check(isRecord(given) ? named : given, { environment, domains });
  if (reserved.has(seen.read.clientId)) complaints.push(taken(seen.read.clientId));
  return { read: seen.read, complaints: [...complaints, ...seen.complaints] };
}

/** What the place says against the metadata, before they are looked at. */
function wordsOf(given: Readonly<Record<string, unknown>>, { unitId, clientId }: Target): Complaint[] {
  const complaints: Complaint[] = secretsIn(given)
    .filter((member) => member !== 'jwks')
    .map((member) => ({
      member,
      text: { 'zh-CN': '密钥由系统生成，请去掉此项', en: 'is made here and shown once; remove it' },
    }));
  const unit = isRecord(given['tongxing_unit']) ? given['tongxing_unit']['id'] : given['tongxing_unit'];
  if (unit !== undefined && unit !== unitId)
    complaints.push({
      member: 'tongxing_unit',
      text: {
        'zh-CN': `应用属于单位“${unitId}”，请去掉此项`,
        en: `the client belongs to unit "${unitId}"; remove it`,
      },
    });
  if (clientId !== undefined && given['client_id'] !== undefined && given['client_id'] !== clientId)
    complaints.push({
      member: 'client_id',
      text: {
        'zh-CN': `必须保持“${clientId}”`,
        en: `must stay "${clientId}": register a new client instead`,
      },
    });
  return complaints;
}
