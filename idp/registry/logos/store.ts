// SQL of pictures.
import type { AuditedTx } from '../../audit/audit.ts';
import { sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Logo } from './redraw.ts';

/** The same picture of two services is one row. */
export async function saveLogo(tx: AuditedTx, { digest, png }: Logo, at: Date): Promise<void> {
  await tx.run(sql`
    insert into registry.logo (digest, png, created_at) values (${digest}, ${png}, ${at})
    on conflict (digest) do nothing`);
}

export async function findLogo(db: Queryable, digest: string): Promise<Buffer | undefined> {
  const row = await db.row<{ png: Buffer }>(sql`select png from registry.logo where digest = ${digest}`);
  return row?.png;
}
