// SQL of the programs of units, and of the permissions to register clients.
import type { AuditedTx } from '../../audit/audit.ts';
import { sealedRow, type SealedRow, type SealedTable } from '../../platform/crypto/sealed-table.ts';
import { part, sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Role } from '../operators/roles.ts';
import type { Bilingual } from '../registry.ts';

export interface ProgramRow {
  readonly clientId: string;
  readonly unitId: string;
  readonly unitName: Bilingual;
  readonly path: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly jwks: { readonly keys: readonly object[] } | null;
  readonly secretSealed: Buffer | null;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

const PROGRAMS = part(sql`
  select program.client_id as "clientId", program.unit_id as "unitId", unit.name as "unitName", unit.path,
    program.name, program.roles, program.jwks, program.secret_sealed as "secretSealed", program.made_by as "madeBy",
    program.made_at as "madeAt", program.expires_at as "expiresAt", program.ended_at as "endedAt"
  from registry.program join registry.unit on unit.id = program.unit_id`);

export async function findProgram(db: Queryable, clientId: string): Promise<ProgramRow | undefined> {
  return await db.row<ProgramRow>(sql`${PROGRAMS} where program.client_id = ${clientId}`);
}

/** Those below any of the scopes, ended ones too, in the order of their identifiers. */
export async function listPrograms(
  db: Queryable,
  scopes: readonly string[],
  after: string,
  limit: number,
): Promise<readonly ProgramRow[]> {
  return await db.rows<ProgramRow>(sql`
    ${PROGRAMS} where program.client_id > ${after}
      and exists (select from unnest(${scopes}::text[]) as scope
                  where unit.path >= scope collate "C" and unit.path < (scope || '~') collate "C")
    order by program.client_id limit ${limit}`);
}

export async function insertProgram(
  tx: AuditedTx,
  program: Omit<ProgramRow, 'unitName' | 'path' | 'endedAt'>,
): Promise<void> {
  const { clientId, unitId, name, roles, jwks, secretSealed, madeBy, madeAt, expiresAt } = program;
  await tx.run(sql`
    insert into registry.program (client_id, unit_id, name, roles, jwks, secret_sealed, made_by, made_at, expires_at)
    values (${clientId}, ${unitId}, ${name}, ${roles}, ${jwks && JSON.stringify(jwks)}::jsonb, ${secretSealed},
      ${madeBy}, ${madeAt}, ${expiresAt})`);
}

/** 0 when somebody else has ended it. */
export async function endProgram(
  tx: AuditedTx,
  clientId: string,
  by: string,
  at: Date,
  channel: string,
): Promise<number> {
  const ended = await tx.run(sql`
    update registry.program set ended_at = ${at}, ended_by = ${by}
    where client_id = ${clientId} and ended_at is null`);
  if (ended > 0) await tx.rows(sql`select pg_notify(${channel}, ${clientId})`);
  return ended;
}

export interface PermissionRow {
  readonly id: string;
  readonly unitId: string;
  readonly unitName: Bilingual;
  readonly path: string;
  readonly name: string;
  readonly usesLeft: number;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

const PERMISSIONS = part(sql`
  select token.id, token.unit_id as "unitId", unit.name as "unitName", unit.path, token.name,
    token.uses_left as "usesLeft", token.made_by as "madeBy", token.made_at as "madeAt",
    token.expires_at as "expiresAt", token.ended_at as "endedAt"
  from registry.registration_token token join registry.unit on unit.id = token.unit_id`);

/** The permission that a token is and that can be used at `at`. */
export async function usablePermission(
  db: Queryable,
  digest: Buffer,
  at: Date,
): Promise<PermissionRow | undefined> {
  return await db.row<PermissionRow>(sql`
    ${PERMISSIONS} where token.digest = ${digest} and token.ended_at is null and token.uses_left > 0
      and token.expires_at > ${at}`);
}

export async function findPermission(db: Queryable, id: string): Promise<PermissionRow | undefined> {
  return await db.row<PermissionRow>(sql`${PERMISSIONS} where token.id = ${id}`);
}

export async function listPermissions(
  db: Queryable,
  scopes: readonly string[],
  after: string,
  limit: number,
): Promise<readonly PermissionRow[]> {
  return await db.rows<PermissionRow>(sql`
    ${PERMISSIONS} where token.id > ${after}
      and exists (select from unnest(${scopes}::text[]) as scope
                  where unit.path >= scope collate "C" and unit.path < (scope || '~') collate "C")
    order by token.id limit ${limit}`);
}

export async function insertPermission(
  tx: AuditedTx,
  permission: Omit<PermissionRow, 'unitName' | 'path' | 'endedAt'>,
  digest: Buffer,
): Promise<void> {
  const { id, unitId, name, usesLeft, madeBy, madeAt, expiresAt } = permission;
  await tx.run(sql`
    insert into registry.registration_token (id, digest, unit_id, name, uses_left, made_by, made_at, expires_at)
    values (${id}, ${digest}, ${unitId}, ${name}, ${usesLeft}, ${madeBy}, ${madeAt}, ${expiresAt})`);
}

/** Takes one use; 0 when there was none left, of any number of parallel callers. */
export async function usePermission(tx: AuditedTx, id: string, at: Date): Promise<number> {
  return await tx.run(sql`
    update registry.registration_token set uses_left = uses_left - 1
    where id = ${id} and uses_left > 0 and ended_at is null and expires_at > ${at}`);
}

/** 0 when somebody else has ended it. */
export async function endPermission(tx: AuditedTx, id: string, by: string, at: Date): Promise<number> {
  return await tx.run(sql`
    update registry.registration_token set ended_at = ${at}, ended_by = ${by} where id = ${id} and ended_at is null`);
}

export const sealedPrograms: SealedTable<'secret'> = {
  name: 'registry.program',
  columns: ['secret'],
  async read(db, [after = ''], limit) {
    const rows = await db.rows<SealedRow<'secret'>['values'] & { readonly key: readonly string[] }>(sql`
      select array[client_id] as key, secret_sealed as secret from registry.program
      where client_id > ${after} order by client_id limit ${limit}`);
    return rows.map(sealedRow);
  },
  swap: (db, { key, values }, { secret }) =>
    db.run(sql`
      update registry.program set secret_sealed = ${secret}
      where client_id = ${key[0]} and secret_sealed is not distinct from ${values.secret}`),
};
