// Relying parties and the people who manage them, built once for app.ts.
import { join } from 'node:path';
import { accountClient } from './account/account.tsx';
import { consoleClient, createAdmin } from './admin/admin.tsx';
import { createApi } from './admin/api/api.ts';
import type { Domain, Ground } from './app.ts';
import type { Audit } from './audit/audit.ts';
import { tellHolder, type CitizenId, type Citizens } from './citizens/citizens.ts';
import type { Notify } from './platform/notify/notify.ts';
import type { Oidc } from './oidc/oidc.ts';
import { seconds } from './platform/base/duration.ts';
import type { Feature, HealthCheck } from './platform/http/feature.ts';
import { createOutbound, USUAL_BOUNDS } from './platform/http/outbound.ts';
import {
  createAccess,
  createApplying,
  createActivity,
  createChanges,
  createChecks,
  createClientSearch,
  createCredentials,
  createDomains,
  createExports,
  createGoLive,
  createOperators,
  createPostSearch,
  createPermissions,
  createPrograms,
  createRegistering,
  createRegistry,
  createSandboxes,
  createTree,
  createUnits,
  logosFeature,
  partiesFeature,
  registryFeature,
  unitsFeature,
  type Actor,
  type ApplyingParts,
  type Operators,
  type Role,
  type Client,
  type Credentials,
} from './registry/registry.ts';
import { PROJECT } from './settings.ts';

const TEAM: ReadonlySet<Role> = new Set(['developer', 'owner']);

/** Who counts for a page that has asked already whether its reader may know. */
const COUNTING: Actor = { name: 'system', operatorId: undefined, kind: 'machine', posts: [], fresh: false };

export interface PartiesParts extends Ground {
  readonly audit: Audit;
  readonly citizens: Citizens;
  readonly notify: Notify;
  /** Whether the protocol engine could work with a client. */
  readonly checkClient: Oidc['checkClient'];
}

export async function openRelyingParties(parts: PartiesParts) {
  const { settings, issuer, checkClient } = parts;
  const access = createAccess(parts);
  const checks = createChecks({ ...parts, validate: checkClient });
  const domains = createDomains({ ...parts, ...settings.registry, access });
  const builtIn = [accountClient(issuer), consoleClient(issuer)];
  const changing = {
    ...parts,
    access,
    checks,
    reserved: new Set<string>(builtIn.map(({ clientId }) => clientId)),
    domainsOf: (unitId: string) => domains.domainsOf(unitId),
    // Whoever is signed in there now came in within the life of a session: no more than the codes given since.
    effectOf: async (clientId: string) => {
      const hours = Math.ceil(seconds(settings.oidc.sessionLife) / 3_600);
      const { stages } = await activity.funnel(COUNTING, clientId, hours);
      return { sessions: stages.find(({ stage }) => stage === 'code')?.passed ?? 0, consents: undefined };
    },
  };
  const registry = await createRegistry({
    ...parts,
    cacheSeconds: seconds(settings.registry.cache),
    allowLoopback: settings.registry.allowLoopback,
    builtIn,
    validate: checkClient,
  });
  const sandboxes = createSandboxes(changing);
  const changes = createChanges(changing);
  const tell = (citizenId: string, text: string): Promise<void> =>
    tellHolder(parts, citizenId as CitizenId, text, 'a credential that runs out');
  const credentials = createCredentials({ ...parts, access, tell });
  const units = createUnits({ ...parts, divisionsFile: join(PROJECT, 'config', 'divisions.csv') });
  const operators = createOperators({ ...parts, access });
  const search = { ...createClientSearch(parts), ...createPostSearch(parts) };
  const activity = createActivity({
    ...parts,
    access,
    onError: (error) => parts.log.error('figures of clients were not written', error),
  });
  return {
    activity,
    golive: createGoLive({ ...parts, access, activity, registry }),
    access,
    registry,
    checks,
    sandboxes,
    changes,
    ...openAutomation({ ...changing, sandboxes, changes, credentials }),
    credentials,
    units,
    search,
    exports: createExports({ ...parts, access, search }),
    operators,
    tree: createTree({ ...parts, access }),
    domains,
    admits: admission(operators, settings.sandbox.enabled),
  };
}

/**
 * In a sandbox everybody is a test person; elsewhere what nobody has approved is for who builds it, not for everybody
 * above them: a county's test page is no place for a province's officers.
 */
function admission(operators: Operators, sandbox: boolean) {
  return async ({ environment, unitId }: Client, citizenId: CitizenId): Promise<boolean> => {
    if (environment === 'production' || sandbox) return true;
    const posts = (await operators.ofCitizen(citizenId))?.posts ?? [];
    return posts.some((post) => post.unitId === unitId && TEAM.has(post.role));
  };
}

/** What programs of units work with. */
function openAutomation(parts: ApplyingParts & { readonly credentials: Credentials }) {
  const [applying, permissions] = [createApplying(parts), createPermissions(parts)];
  return {
    programs: createPrograms(parts),
    permissions,
    applying,
    registering: createRegistering({ ...parts, applying, permissions }),
  };
}

export type RelyingParties = Awaited<ReturnType<typeof openRelyingParties>>;

/** What they bring to the system: console, portal, API, commands, jobs. `health`: the checks of every part. */
export function partiesFeatures(
  domain: Domain,
  oidc: Oidc,
  health: () => readonly HealthCheck[],
): readonly Feature[] {
  const { settings, registry, activity, credentials } = domain;
  return [
    registryFeature(registry),
    unitsFeature(domain),
    partiesFeature(domain),
    activity.feature,
    credentials.feature,
    logosFeature(domain),
    createApi({ ...domain, oidc }),
    createAdmin({
      ...domain,
      health,
      oidc,
      sandbox: settings.sandbox.enabled,
      idleSeconds: seconds(settings.admin.sessionIdle),
      lifeSeconds: seconds(settings.admin.sessionLife),
      ...portal(domain),
    }),
  ];
}

/** What the developer portal needs of the settings. */
function portal({ settings, issuer }: Domain) {
  const { enabled, host, ports } = settings.sandbox;
  return {
    resources: settings.oidc.resourceServers.map(({ uri }) => uri),
    personasAt: enabled ? `http://${host}:${ports.hub}/` : undefined,
    // A login that is tried redeems its code where every service does: at our own address, wherever that is.
    reach: createOutbound({ ...USUAL_BOUNDS, allowHosts: [...settings.outboundAllow, issuer.host] }),
  };
}
