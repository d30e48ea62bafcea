// Evidence as it is looked at when a method is found weak: across citizens, in batches, by the index on method and time.
import type { AuditedTx } from '../../audit/audit.ts';
import type { Ial } from '../../assurance/assurance.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import { sql, type Queryable } from '../../platform/store/postgres.ts';

/** Which evidence was found weak. */
export interface Weak {
  readonly method: string;
  readonly since: Date;
  /** Evidence from this instant on is sound again; undefined: all until now. */
  readonly until: Date | undefined;
  /** What it is worth from now on. */
  readonly to: Ial;
}

/** Citizens after `after`, in the order of their identifiers, who have such evidence graded above. */
export async function citizensWith(
  db: Queryable,
  { method, since, until, to }: Weak,
  after: CitizenId,
  limit: number,
): Promise<readonly CitizenId[]> {
  const rows = await db.rows<{ id: CitizenId }>(sql`
    select distinct citizen_id as id from proofing.evidence
    where method = ${method} and at >= ${since} and (${until ?? null}::timestamptz is null or at < ${until ?? null})
      and ial > ${to} and citizen_id > ${after}
    order by citizen_id limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** Grades it down; what it was worth before stays on record. */
export async function gradeDown(
  tx: AuditedTx,
  citizenId: CitizenId,
  { method, since, until, to }: Weak,
  at: Date,
): Promise<number> {
  return tx.run(sql`
    update proofing.evidence set regraded_from = coalesce(regraded_from, ial), regraded_at = ${at}, ial = ${to}
    where citizen_id = ${citizenId} and method = ${method} and at >= ${since}
      and (${until ?? null}::timestamptz is null or at < ${until ?? null}) and ial > ${to}`);
}

/** The best that is left: the highest grade that has not ended, and of equal ones the one that holds longest. */
export async function bestLeft(
  db: Queryable,
  citizenId: CitizenId,
  at: Date,
): Promise<{ readonly ial: Ial; readonly expiresAt: Date | null } | undefined> {
  return await db.row(sql`
    select ial, expires_at as "expiresAt" from proofing.evidence
    where citizen_id = ${citizenId} and ial > 0 and (expires_at is null or expires_at > ${at})
    order by ial desc, expires_at desc nulls first limit 1`);
}

/** Every method that evidence names: few, found one after the other by the index instead of by reading everything. */
export async function methodsKept(db: Queryable): Promise<readonly string[]> {
  const rows = await db.rows<{ method: string }>(sql`
    with recursive known as (
      (select method from proofing.evidence order by method limit 1)
      union all
      select (select method from proofing.evidence where method > known.method order by method limit 1)
      from known where known.method is not null)
    select method from known where method is not null`);
  return rows.map(({ method }) => method);
}
