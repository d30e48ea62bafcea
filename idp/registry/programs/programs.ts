// The programs of a unit: what its own automation calls the console's API as. Not here: how they prove themselves
// (oidc/), what they may do (operators/roles.ts), the clients that sign citizens in.
import { randomBytes } from 'node:crypto';
import type { Audit } from '../../audit/audit.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import { randomToken } from '../../platform/base/ids.ts';
import { secret, type Secret } from '../../platform/base/secret.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Access } from '../operators/access.ts';
import { by } from '../operators/operators.ts';
import { mayGrant, scopesOf, type Actor, type Role } from '../operators/roles.ts';
import { CHANNEL } from '../store.ts';
import type { Bilingual, Client, ClientId, UnitId } from '../registry.ts';
import { findUnit } from '../units/store.ts';
import { faultOfKeys } from './keys.ts';
import * as store from './store.ts';

/** A tilde stands in no client_id of a registration: no client can be taken for a program. */
const PREFIX = 'program~';
export const isProgramId = (clientId: string): boolean => /^program~[0-9a-f]{16}$/.test(clientId);

/** Who decides about people or gives roles is a person with a passkey; the rest of a team's work a program may do. */
export const PROGRAM_ROLES = ['developer', 'owner', 'auditor'] as const satisfies readonly Role[];

export interface Program {
  readonly clientId: string;
  readonly unitId: UnitId;
  readonly unitName: Bilingual;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly method: 'private_key_jwt' | 'client_secret_basic';
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  /** It can ask for tokens now. */
  readonly works: boolean;
}

export interface NewProgram {
  readonly unitId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Public keys (RFC 7517 5), two of them while one replaces the other; without, a secret is made. */
  readonly jwks?: unknown;
  /** Whole days, at most 365, which is what stands when it is left out. */
  readonly days?: number | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

export interface Programs {
  /**
   * The secret stands in the answer only. Faults: `not_found` (no such unit in reach), `forbidden` (a role that this
   * actor cannot give, or an actor that is itself a program), `passkey_needed`, `bad_request` (its note says what).
   */
  make(actor: Actor, wish: NewProgram): Promise<{ readonly clientId: string; readonly secret?: Secret }>;
  /** Its tokens are refused from the next request on. Faults: `not_found`, `forbidden`, `passkey_needed`, `conflict`. */
  end(actor: Actor, clientId: string): Promise<void>;
  /** Those that the actor may see, 50 a page. */
  list(actor: Actor, after?: string): Promise<Page<Program>>;
  /** Who acts when this program calls, as of now; undefined when it was ended, ran out or never was. One read. */
  actorOf(clientId: string): Promise<Actor | undefined>;
}

export interface ProgramsParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly access: Access;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

const DAY_SECONDS = 86_400;
const DAYS_AT_MOST = 365;
const PAGE = 50;
const PLACE = 'registry.program.secret';

export function createPrograms(parts: ProgramsParts): Programs {
  const { postgres, audit, access, clock } = parts;
  return {
    make: (actor, wish) => make(parts, actor, wish),
    async end(actor, clientId) {
      const row = isProgramId(clientId) ? await store.findProgram(postgres, clientId) : undefined;
      if (!row) throw new Fault('not_found');
      access.demand(actor, 'program.write', row.path, clientId);
      await audit.change(async (tx) => {
        if ((await store.endProgram(tx, clientId, actor.name, clock.now(), CHANNEL)) === 0)
          throw new Fault('conflict');
        tx.record({ type: 'program.ended', data: { program: clientId }, ...by(actor) });
      });
    },
    async list(actor, after = '') {
      const rows = await store.listPrograms(postgres, scopesOf(actor, 'operator.read'), after, PAGE + 1);
      const now = clock.now();
      const next = rows.length > PAGE ? rows[PAGE - 1]?.clientId : undefined;
      return { rows: rows.slice(0, PAGE).map((row) => shown(row, now)), next };
    },
    async actorOf(clientId) {
      const row = isProgramId(clientId) ? await store.findProgram(postgres, clientId) : undefined;
      if (!row || !works(row, clock.now())) return undefined;
      const unitId = row.unitId as UnitId;
      return {
        name: `client:${clientId}`,
        operatorId: undefined,
        kind: 'program',
        posts: row.roles.map((role) => ({ role, unitId, path: row.path })),
        fresh: false,
      };
    },
  };
}

const works = (row: store.ProgramRow, now: Date): boolean => row.endedAt === null && row.expiresAt > now;

function shown(row: store.ProgramRow, now: Date): Program {
  const { clientId, unitId, unitName, name, roles, jwks, madeBy, madeAt, expiresAt } = row;
  return {
    clientId,
    unitId: unitId as UnitId,
    unitName,
    name,
    roles,
    method: jwks ? 'private_key_jwt' : 'client_secret_basic',
    madeBy,
    madeAt,
    expiresAt,
    works: works(row, now),
  };
}

async function make(
  { postgres, audit, access, sealer, clock }: ProgramsParts,
  actor: Actor,
  wish: NewProgram,
): Promise<{ clientId: string; secret?: Secret }> {
  const { unitId, name, roles, jwks, days = DAYS_AT_MOST } = wish;
  const unit = await findUnit(postgres, unitId);
  if (!unit) throw new Fault('not_found', { note: `unit ${unitId}` });
  access.demand(actor, 'program.write', unit.path, unitId);
  const above = roles.find((role) => !mayGrant(actor, role, unit.path));
  if (above !== undefined) throw new Fault('forbidden', { note: `cannot give ${above} there` });
  const clientId = `${PREFIX}${randomBytes(8).toString('hex')}`;
  const complaint = faultOf(wish, days);
  if (complaint !== undefined) throw new Fault('bad_request', { note: complaint });
  const value = jwks === undefined ? randomToken(32) : undefined;
  const madeAt = clock.now();
  await audit.change(async (tx) => {
    await store.insertProgram(tx, {
      clientId,
      unitId,
      name,
      roles,
      jwks: (jwks ?? null) as store.ProgramRow['jwks'],
      secretSealed: value === undefined ? null : sealer.seal(value, PLACE, clientId),
      madeBy: actor.name,
      madeAt,
      expiresAt: addSeconds(madeAt, days * DAY_SECONDS),
    });
    tx.record({
      type: 'program.made',
      data: { program: clientId, unitId, roles: roles.join(' ') },
      ...by(actor),
    });
  });
  return { clientId, ...(value === undefined ? {} : { secret: secret(value) }) };
}

function faultOf({ name, roles, jwks }: NewProgram, days: number): string | undefined {
  if (name.trim() === '' || name.length > 80) return 'name: must be 1 to 80 characters';
  if (roles.length === 0) return 'roles: must not be empty';
  if (!roles.every((role) => (PROGRAM_ROLES as readonly Role[]).includes(role)))
    return `roles: must be of ${PROGRAM_ROLES.join(', ')}; the others take a person`;
  if (!Number.isSafeInteger(days) || days < 1 || days > DAYS_AT_MOST)
    return `days: must be a whole number from 1 to ${DAYS_AT_MOST}`;
  return jwks === undefined ? undefined : faultOfKeys(jwks);
}

/** The program as the protocol engine sees a client: it gets tokens for itself and signs nobody in. */
export async function findProgramClient(
  { postgres, sealer, clock }: Pick<ProgramsParts, 'postgres' | 'sealer' | 'clock'>,
  clientId: string,
  known: Client | undefined,
): Promise<Client | undefined> {
  const row = await store.findProgram(postgres, clientId);
  if (!row) return undefined;
  const enabled = works(row, clock.now());
  if (known?.enabled === enabled) return known;
  const proof = row.jwks
    ? { jwks: row.jwks, token_endpoint_auth_method: 'private_key_jwt' }
    : {
        client_secret: row.secretSealed && sealer.open(row.secretSealed, PLACE, clientId),
        token_endpoint_auth_method: 'client_secret_basic',
      };
  return {
    clientId: clientId as ClientId,
    unitId: row.unitId as UnitId,
    unitName: row.unitName,
    name: { 'zh-CN': row.name, en: row.name },
    domain: '',
    logo: undefined,
    minimumLevel: 'l1',
    firstParty: false,
    claims: {},
    enabled,
    version: 1,
    environment: 'production',
    metadata: {
      client_id: clientId,
      client_name: row.name,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      ...proof,
    },
  };
}
