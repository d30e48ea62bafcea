// Who acts, for tests of the registry; and a client that is a sandbox's.
import { sql } from '../../../idp/platform/store/postgres.ts';
import type { Actor, Role, UnitId } from '../../../idp/registry/registry.ts';
import { register, type Service } from '../../oidc/relying-party.ts';
import type { TestApp } from '../../support/app.ts';

export const machine: Actor = {
  name: 'operator:command-line',
  operatorId: undefined,
  kind: 'machine',
  posts: [],
  fresh: false,
};

export const person = (role: Role, path: string): Actor => ({
  name: `operator:${role}`,
  operatorId: undefined,
  kind: 'person',
  posts: [{ role, path, unitId: path.split('/').at(-2) as UnitId }],
  fresh: false,
});

/** A service whose client is a sandbox's. Nothing may have asked for the client before. */
export async function sandboxService(
  system: TestApp,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<Service> {
  const service = await register(system, metadata);
  await system.database.postgres.run(
    sql`update registry.client set environment = 'sandbox', version = version + 1 where client_id = ${service.id}`,
  );
  await system.database.postgres.rows(sql`select pg_notify('registry_client', ${service.id})`);
  for (;;) {
    if ((await system.app.registry.find(service.id))?.environment === 'sandbox') return service;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
