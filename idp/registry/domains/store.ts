// SQL of the host names that units claim and hold.
import type { AuditedTx } from '../../audit/audit.ts';
import { part, sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Bilingual } from '../registry.ts';
import type { Findings, Method } from './challenge.ts';
import type { DomainState } from './domains.ts';

export interface DomainRow {
  readonly id: string;
  readonly unitId: string;
  readonly unitName: Bilingual;
  readonly path: string;
  readonly host: string;
  readonly value: string;
  readonly state: DomainState;
  readonly method: Method | null;
  readonly findings: Partial<Findings>;
  readonly failures: number;
  readonly addedAt: Date;
  readonly checkedAt: Date | null;
  readonly verifiedAt: Date | null;
}

const DOMAINS = part(sql`
  select domain.id, domain.unit_id as "unitId", unit.name as "unitName", unit.path, domain.host, domain.value,
    domain.state, domain.method, domain.findings, domain.failures, domain.added_at as "addedAt",
    domain.checked_at as "checkedAt", domain.verified_at as "verifiedAt"
  from registry.domain join registry.unit on unit.id = domain.unit_id`);

export async function findDomain(db: Queryable, id: string): Promise<DomainRow | undefined> {
  return await db.row<DomainRow>(sql`${DOMAINS} where domain.id = ${id}`);
}

export async function domainsAt(db: Queryable, unitIds: readonly string[]): Promise<readonly DomainRow[]> {
  return await db.rows<DomainRow>(sql`
    ${DOMAINS} where domain.unit_id = any(${unitIds}) order by unit.path, domain.host`);
}

/** Below one of the paths, those that were lost. */
export async function lostBelow(
  db: Queryable,
  scopes: readonly string[],
  limit: number,
): Promise<readonly DomainRow[]> {
  return await db.rows<DomainRow>(sql`
    ${DOMAINS} where domain.state = 'lost' and exists (
      select from unnest(${scopes}::text[]) as given (scope)
      where unit.path >= scope and unit.path < scope || '~')
    order by domain.checked_at, domain.id limit ${limit}`);
}

/** Held, and not looked at since. */
export async function dueDomains(db: Queryable, since: Date, limit: number): Promise<readonly DomainRow[]> {
  return await db.rows<DomainRow>(sql`
    ${DOMAINS} where domain.state = 'verified' and domain.checked_at < ${since}
    order by domain.checked_at limit ${limit}`);
}

export interface NewDomain {
  readonly id: string;
  readonly unitId: string;
  readonly host: string;
  readonly value: string;
  readonly by: string;
  readonly at: Date;
}

/** 0 when the unit claims that host already, or as many as it can. */
export async function insertDomain(tx: AuditedTx, domain: NewDomain, most: number): Promise<number> {
  const { id, unitId, host, value, by, at } = domain;
  return await tx.run(sql`
    insert into registry.domain (id, unit_id, host, value, added_by, added_at)
    select ${id}, ${unitId}, ${host}, ${value}, ${by}, ${at}
    where (select count(*) from registry.domain where unit_id = ${unitId}) < ${most}
    on conflict do nothing`);
}

/** 0 when another unit holds the host. Of two at once one waits for the other and then sees it. */
export async function holdDomain(
  tx: AuditedTx,
  { id, host }: Pick<DomainRow, 'id' | 'host'>,
  method: Method,
  findings: Findings,
  at: Date,
): Promise<number> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`domain:${host}`}, 0))`);
  return await tx.run(sql`
    update registry.domain set state = 'verified', method = ${method}, findings = ${JSON.stringify(findings)}::jsonb,
      failures = 0, checked_at = ${at}, verified_at = ${at}
    where id = ${id} and not exists (
      select from registry.domain as other
      where other.host = ${host} and other.state = 'verified' and other.id <> ${id})`);
}

/** What a look found that changes nothing about who holds the host. */
export async function noteLook(
  db: Queryable,
  id: string,
  findings: Findings,
  failures: number,
  at: Date,
): Promise<number> {
  return await db.run(sql`
    update registry.domain set findings = ${JSON.stringify(findings)}::jsonb, failures = ${failures},
      checked_at = ${at} where id = ${id}`);
}

/** 0 when it is not held any more. */
export async function loseDomain(
  tx: AuditedTx,
  id: string,
  findings: Findings,
  failures: number,
  at: Date,
): Promise<number> {
  return await tx.run(sql`
    update registry.domain set state = 'lost', findings = ${JSON.stringify(findings)}::jsonb, failures = ${failures},
      checked_at = ${at} where id = ${id} and state = 'verified'`);
}

export async function deleteDomain(tx: AuditedTx, id: string): Promise<number> {
  return await tx.run(sql`delete from registry.domain where id = ${id}`);
}
