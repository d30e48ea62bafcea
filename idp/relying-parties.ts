// Relying parties and the people who manage them, built once for app.ts.
import { accountClient } from './account/account.tsx';
import { consoleClient } from './admin/admin.tsx';
import type { Ground } from './app.ts';
import type { Audit } from './audit/audit.ts';
import type { Oidc } from './oidc/oidc.ts';
import { seconds } from './platform/base/duration.ts';
import {
  createAccess,
  createChecks,
  createOperators,
  createRegistry,
  createUnits,
} from './registry/registry.ts';

export interface PartiesParts extends Ground {
  readonly audit: Audit;
  /** Whether the protocol engine could work with a client. */
  readonly checkClient: Oidc['checkClient'];
}

export async function openRelyingParties(parts: PartiesParts) {
  const { settings, issuer, checkClient } = parts;
  const access = createAccess(parts);
  const registry = await createRegistry({
    ...parts,
    cacheSeconds: seconds(settings.registry.cache),
    allowLoopback: settings.registry.allowLoopback,
    builtIn: [accountClient(issuer), consoleClient(issuer)],
    validate: checkClient,
  });
  return {
    access,
    registry,
    checks: createChecks({ validate: checkClient }),
    units: createUnits(parts),
    operators: createOperators({ ...parts, access }),
  };
}

export type RelyingParties = Awaited<ReturnType<typeof openRelyingParties>>;
