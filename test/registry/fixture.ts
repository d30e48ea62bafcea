// Registries over one database, as two nodes have them.
import type { Sealer } from '../../idp/platform/crypto/seal.ts';
import { createRegistry, type Registry, type RegistryParts } from '../../idp/registry/registry.ts';
import { auditFixture, type AuditFixture } from '../audit/fixture.ts';
import { keyringSealer } from '../support/sealer.ts';

export interface RegistryFixture extends AuditFixture {
  readonly sealer: Sealer;
  readonly registry: Registry;
  /** Another node; closed with the fixture. */
  node(parts?: Partial<RegistryParts>): Promise<Registry>;
}

export async function registryFixture(): Promise<RegistryFixture> {
  const audited = await auditFixture();
  const sealer = keyringSealer(audited.keyring);
  const open: Registry[] = [];
  const node = async (parts: Partial<RegistryParts> = {}): Promise<Registry> => {
    const registry = await createRegistry({
      postgres: audited.database.postgres,
      audit: audited.audit,
      sealer,
      clock: audited.clock,
      validate: () => undefined,
      cacheSeconds: 60,
      allowLoopback: true,
      builtIn: [],
      ...parts,
    });
    open.push(registry);
    return registry;
  };
  return {
    ...audited,
    sealer,
    node,
    registry: await node(),
    async close() {
      for (const registry of open) await registry.close();
      await audited.close();
    },
  };
}

export const plain = {
  client_id: 'portal',
  redirect_uris: ['https://portal.example.gov.cn/callback'],
};
