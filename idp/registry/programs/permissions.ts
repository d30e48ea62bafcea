// Permissions to register clients by program (OpenID Connect Registration 1.0 section 3: initial access tokens). Each is
// of one unit, for a number of clients and a time. Not here: the endpoint (oidc/), what a client must be (checks/).
import { createHash } from 'node:crypto';
import type { Audit, AuditedTx } from '../../audit/audit.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import { randomToken, uuidv7 } from '../../platform/base/ids.ts';
import { secret, type Secret } from '../../platform/base/secret.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Access } from '../operators/access.ts';
import { by } from '../operators/operators.ts';
import { scopesOf, type Actor } from '../operators/roles.ts';
import type { Bilingual, UnitId } from '../registry.ts';
import { findUnit } from '../units/store.ts';
import type { Page } from './programs.ts';
import * as store from './store.ts';

export interface Permission {
  readonly id: string;
  readonly unitId: UnitId;
  readonly unitName: Bilingual;
  readonly path: string;
  readonly name: string;
  readonly usesLeft: number;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly ended: boolean;
}

export interface NewPermission {
  readonly unitId: string;
  readonly name: string;
  /** How many clients, 1 to 1,000. */
  readonly uses: number;
  /** Whole days, 1 to 365. */
  readonly days: number;
}

export interface Permissions {
  /** The token stands in the answer only. Faults: `not_found`, `forbidden`, `passkey_needed`, `bad_request`. */
  make(actor: Actor, wish: NewPermission): Promise<{ readonly id: string; readonly token: Secret }>;
  /** Faults: `not_found`, `forbidden`, `passkey_needed`, `conflict`. */
  end(actor: Actor, id: string): Promise<void>;
  /** Those that the actor may see, 50 a page. */
  list(actor: Actor, after?: string): Promise<Page<Permission>>;
  /** What a token permits now; undefined for one that permits nothing. */
  of(token: string): Promise<Permission | undefined>;
  /** Takes one use with the client that is written. Fault `unsigned`: used up or ended meanwhile. */
  use(tx: AuditedTx, id: string): Promise<void>;
}

export interface PermissionsParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly access: Access;
  readonly clock: Clock;
}

const TOKEN = /^[\w-]{43}$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FIRST = '00000000-0000-0000-0000-000000000000';
const PAGE = 50;
const DAY_SECONDS = 86_400;

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

export function createPermissions(parts: PermissionsParts): Permissions {
  const { postgres, audit, access, clock } = parts;
  return {
    make: (actor, wish) => make(parts, actor, wish),
    async end(actor, id) {
      const row = ID.test(id) ? await store.findPermission(postgres, id) : undefined;
      if (!row) throw new Fault('not_found');
      access.demand(actor, 'program.write', row.path, id);
      await audit.change(async (tx) => {
        if ((await store.endPermission(tx, id, actor.name, clock.now())) === 0) throw new Fault('conflict');
        tx.record({ type: 'registration_token.ended', data: { permission: id }, ...by(actor) });
      });
    },
    async list(actor, after = FIRST) {
      if (!ID.test(after)) throw new Fault('bad_request', { note: 'after: is not the end of a page' });
      const rows = await store.listPermissions(postgres, scopesOf(actor, 'operator.read'), after, PAGE + 1);
      const next = rows.length > PAGE ? rows[PAGE - 1]?.id : undefined;
      return { rows: rows.slice(0, PAGE).map(shown), next };
    },
    async of(token) {
      if (!TOKEN.test(token)) return undefined;
      const row = await store.usablePermission(postgres, digestOf(token), clock.now());
      return row && shown(row);
    },
    async use(tx, id) {
      if ((await store.usePermission(tx, id, clock.now())) === 0)
        throw new Fault('unsigned', { note: 'the permission to register is used up' });
    },
  };
}

const shown = ({ endedAt, unitId, ...row }: store.PermissionRow): Permission => ({
  ...row,
  unitId: unitId as UnitId,
  ended: endedAt !== null,
});

async function make(
  { postgres, audit, access, clock }: PermissionsParts,
  actor: Actor,
  { unitId, name, uses, days }: NewPermission,
): Promise<{ id: string; token: Secret }> {
  const unit = await findUnit(postgres, unitId);
  if (!unit) throw new Fault('not_found', { note: `unit ${unitId}` });
  access.demand(actor, 'program.write', unit.path, unitId);
  if (name.trim() === '' || name.length > 80)
    throw new Fault('bad_request', { note: 'name: must be 1 to 80 characters' });
  if (!whole(uses, 1_000))
    throw new Fault('bad_request', { note: 'uses: must be a whole number from 1 to 1000' });
  if (!whole(days, 365))
    throw new Fault('bad_request', { note: 'days: must be a whole number from 1 to 365' });
  const madeAt = clock.now();
  const [id, token] = [uuidv7(madeAt), randomToken(32)];
  const expiresAt = addSeconds(madeAt, days * DAY_SECONDS);
  await audit.change(async (tx) => {
    const row = { id, unitId, name, usesLeft: uses, madeBy: actor.name, madeAt, expiresAt };
    await store.insertPermission(tx, row, digestOf(token));
    tx.record({ type: 'registration_token.made', data: { permission: id, unitId, uses }, ...by(actor) });
  });
  return { id, token: secret(token) };
}

const whole = (value: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= 1 && value <= most;
