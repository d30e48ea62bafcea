// Applies migrations/NNNN_*.sql, forward only. Safe to start on many nodes at once: they wait for one another.
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

/** The migrations folder, from source and from dist/ alike. */
const FOLDER = fileURLToPath(
  new URL(
    import.meta.url.includes('/dist/') ? '../../../../migrations' : '../../../migrations',
    import.meta.url,
  ),
);

/** Brings the database to the newest schema. Returns the names of the migrations that ran now. */
export async function migrate(url: string): Promise<readonly string[]> {
  const ran = await runner({
    databaseUrl: url,
    dir: FOLDER,
    direction: 'up',
    migrationsTable: 'applied_migration',
    migrationsSchema: 'platform',
    createMigrationsSchema: true,
    advisoryLockMode: 'wait',
    log: () => undefined,
  });
  return ran.map((migration) => migration.name);
}
