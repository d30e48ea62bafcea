// Writes registrations: all of a file or none of it, in one transaction with its audit events.
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../platform/base/clock.ts';
import { Fault } from '../platform/base/errors.ts';
import { secret } from '../platform/base/secret.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Audit, AuditedTx } from '../audit/audit.ts';
import { reasonOf } from './checks/checks.ts';
import { engineMetadata, type ClientRow } from './client.ts';
import { keepVersion } from './clients/store.ts';
import { carryOut, readCredentials } from './credentials/keeping.ts';
import { planOf, type Plan } from './credentials/plan.ts';
import { keepLogo } from './logos/logos.ts';
import { readRegistration, type Read } from './registration.ts';
import type { ClientId, Imported } from './registry.ts';
import * as store from './store.ts';

export interface ImportingParts {
  readonly audit: Audit;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** The protocol engine's own check; throws an Error whose message says what is wrong. */
  readonly validate: (metadata: Readonly<Record<string, unknown>>) => void | Promise<void>;
  readonly allowLoopback: boolean;
}

const ENDED = { draft: 'reserved by a request', retired: 'retired for good' } as const;

/** See Registry.import. `reserved`: identifiers of built-in clients. */
export async function importAll(
  parts: ImportingParts,
  value: unknown,
  actor: string,
  reserved: ReadonlySet<string>,
): Promise<readonly Imported[]> {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (given.length === 0)
    throw refusal(['the file holds no registration; write one object or an array of objects']);
  const all = given.map((one) => readRegistration(one, parts.allowLoopback));
  const complaints = all.flatMap((read) => read.complaints);
  const seen = new Set<string>();
  for (const { clientId } of all) {
    if (reserved.has(clientId))
      complaints.push(`client "${clientId}": client_id is built in; choose another`);
    if (seen.has(clientId))
      complaints.push(`client "${clientId}": client_id stands twice in the file; remove one`);
    seen.add(clientId);
  }
  if (complaints.length > 0) throw refusal(complaints);
  return await parts.audit.change((tx) => writeAll(parts, tx, all, actor));
}

const refusal = (complaints: readonly string[]): Fault =>
  new Fault('bad_request', { note: complaints.join('\n') });

async function writeAll(
  parts: ImportingParts,
  tx: AuditedTx,
  all: readonly Read[],
  actor: string,
): Promise<readonly Imported[]> {
  const outcomes = new Map<string, Imported>();
  // One order for everybody, so that two imports cannot wait for each other.
  for (const read of [...all].sort((a, b) => (a.clientId < b.clientId ? -1 : 1)))
    outcomes.set(read.clientId, await writeOne(parts, tx, read, actor));
  if ([...outcomes.values()].every((outcome) => outcome.is === 'unchanged')) tx.unchanged();
  return all.map((read) => outcomes.get(read.clientId)!);
}

async function writeOne(parts: ImportingParts, tx: AuditedTx, read: Read, actor: string): Promise<Imported> {
  const { sealer, clock } = parts;
  const clientId = read.clientId as ClientId;
  const row = await store.findClient(tx, clientId);
  if (row?.state === 'draft' || row?.state === 'retired')
    throw refusal([`client "${clientId}": is ${ENDED[row.state]}; choose another client_id`]);
  const at = clock.now();
  const known = await readCredentials(tx, sealer, clientId, at);
  const plan = planOf(known, row?.registration, read.registration, read.secret);
  await validate(parts, read, plan.secret);
  const unitId = await writeUnit(parts, tx, read, row, actor);
  const changed = row ? changesOf(row, read, plan) : ['all'];
  if (changed.length === 0) return { clientId, is: 'unchanged', secret: undefined };
  const saved: store.SavedClient = {
    clientId,
    unitId,
    registration: read.registration,
    at,
  };
  await keepLogo(tx, read.logo, at);
  const written = row
    ? await store.updateClient(tx, saved, row.version)
    : await store.insertClient(tx, saved);
  if (written === 0)
    throw new Fault('conflict', { note: `client "${clientId}": was changed at the same time; import again` });
  await keepVersion(tx, clientId, { act: 'imported', by: actor });
  await carryOut(parts, tx, plan, { clientId, by: actor, at, expiresAt: endOf(read, at) });
  const version = (row?.version ?? 0) + 1;
  tx.record({ type: 'client.imported', data: { version, changed: changed.join(' ') }, clientId, actor });
  return {
    clientId,
    is: row ? 'updated' : 'created',
    secret: plan.made === undefined ? undefined : secret(plan.made),
  };
}

/** `client_secret_expires_at` of the file (RFC 7591 3.2.1), when it lies ahead. */
function endOf({ registration }: Read, now: Date): Date | undefined {
  const end = new Date(Number(registration.metadata['client_secret_expires_at'] ?? 0) * 1000);
  return end > now ? end : undefined;
}

async function validate(parts: ImportingParts, read: Read, secret: string | undefined): Promise<void> {
  try {
    await parts.validate(engineMetadata(read.registration, secret));
  } catch (error) {
    throw new Fault('bad_request', { note: `client "${read.clientId}": ${reasonOf(error)}`, cause: error });
  }
}

/** The unit of the client, written if it is new or renamed. */
async function writeUnit(
  { clock }: ImportingParts,
  tx: AuditedTx,
  { clientId, unit, registration }: Read,
  row: ClientRow | undefined,
  actor: string,
): Promise<string> {
  if (row && unit && unit.id !== row.unitId)
    throw refusal([
      `client "${clientId}": tongxing_unit.id "${unit.id}" must stay "${row.unitId}": the subjects of its citizens would change; register a new client_id`,
    ]);
  if (row && !unit) return row.unitId;
  // A dot stands in no unit id of a file: nobody joins a unit by the choice of a client_id.
  const { id, name } = unit ?? { id: `client.${clientId}`, name: registration.name };
  if (name === undefined) {
    if (await store.unitExists(tx, id)) return id;
    throw refusal([
      `client "${clientId}": tongxing_unit.name is missing and there is no unit "${id}"; add its name`,
    ]);
  }
  if (await store.saveUnit(tx, id, name, clock.now()))
    tx.record({ type: 'unit.saved', data: { unitId: id }, clientId, actor });
  return id;
}

/** Names of what differs, never values. */
function changesOf(row: ClientRow, { registration }: Read, plan: Plan): readonly string[] {
  const { metadata: before, ...ours } = row.registration;
  const { metadata: after, ...ourNew } = registration;
  const differing = (old: object, next: object): string[] => {
    const names = new Set([...Object.keys(old), ...Object.keys(next)]);
    const at = (from: object, name: string): unknown => (from as Record<string, unknown>)[name];
    return [...names].filter((name) => !isDeepStrictEqual(at(old, name), at(next, name)));
  };
  return [
    ...differing(before, after),
    ...differing(ours, ourNew),
    ...(plan.newSecret ? ['secret'] : []),
  ].sort();
}
