// Relying parties: units, clients, their lifecycle and credentials. Not here: the protocol (oidc/), federation.
import { z } from 'zod';
import type { Brand } from '../platform/base/ids.ts';
import type { Secret } from '../platform/base/secret.ts';
import type { SealedTable } from '../platform/crypto/sealed-table.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import type { Level } from '../assurance/assurance.ts';
import type { HeldCredential } from './credentials/live.ts';
import type { ImportingParts } from './importing.ts';
import { sealedPrograms } from './programs/store.ts';
import * as store from './store.ts';

export { partiesFeature } from './commands/commands.ts';
export { ownClient, type OwnPages } from './running/own-pages.ts';
export { createRegistry } from './running/running.ts';
export { registryFeature } from './feature.ts';

/** Every table of this folder with sealed columns. */
export const sealedTables: readonly SealedTable[] = [sealedPrograms, ...store.sealedTables];

export const registrySettings = z.strictObject({
  cache: z
    .string()
    .regex(/^(?:[1-9]|[1-5]\d|60)s$/, 'must be a duration from 1s to 60s')
    .describe(
      'How long a node uses a client without asking the database again when no change is announced (duration, at most 60s).',
    ),
  allowLoopback: z
    .boolean()
    .describe(
      'Whether services may register addresses on localhost, 127.0.0.1 and [::1] (development only).',
    ),
  openDomains: z
    .array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'must be a host name in lower case'))
    .describe(
      'Host names that every unit may use without showing that they are its own, with what lies below them (development only).',
    ),
  dnsServers: z
    .array(z.string().min(1))
    .describe(
      'Name servers that are asked whether a host belongs to a unit (address or address:port). Empty: those of the machine.',
    ),
});

export {
  createActivity,
  FUNNEL,
  type Activity,
  type Endpoint,
  type Funnel,
  type Seen,
  type TeamClient,
  type FunnelStage,
  type Watch,
} from './activity/activity.ts';
export { createChecks, type Checked, type Checks, type Complaint, type Place } from './checks/checks.ts';
export { createChanges, type Changes, type OwnedClient } from './changes/changes.ts';
export type { Decided, Verdict } from './changes/decisions.ts';
export type { Launch, Submitted } from './changes/drafts.ts';
export type { Effect } from './changes/life.ts';
export {
  COUNTED,
  QUEUE_PAGE,
  QUEUE_SORTS,
  QUEUE_VIEWS,
  type QueueFilter,
  type QueuePage,
  type QueueSort,
  type QueueView,
  type Waiting,
} from './changes/queue/queue.ts';
export type { Request, RequestDetail, Step } from './changes/request.ts';
export {
  isOpen,
  type RequestState,
  isWritable,
  STAGES,
  type Bar,
  type Decision,
  type Look,
  type Stage,
} from './changes/workflow.ts';
export { differences, isSensitive, type Difference } from './clients/diff.ts';
export { givenOf, type Given } from './clients/given.ts';
export { createSandboxes, type Sandboxes, type Written } from './clients/sandbox.ts';
export type { ClientAct, ClientState, VersionNote } from './clients/versions.ts';
export { CLAIMS_OF_SCOPE, isRecord } from './claims.ts';
export {
  clientNamed,
  differenceOf,
  explain,
  markOf,
  type Explained,
  type ExplainParts,
  type Line,
} from './explain/explain.ts';
export { whyOf } from './explain/why.ts';
export { createGoLive, ITEMS, type CheckRow, type GoLive, type Item } from './golive/golive.ts';
export { isRehearsal, REHEARSALS, type Rehearsal } from './explain/rehearsals.ts';
export {
  createCredentials,
  type Added,
  type Credential,
  type Credentials,
  type Expiring,
  type Wish as CredentialWish,
} from './credentials/credentials.ts';
export type { CredentialKind, HeldCredential } from './credentials/live.ts';
export type { ExplainedKey, ExplainedKeys } from './checks/keys.ts';
export { sameSecret } from './credentials/plan.ts';
export { LOGO_BYTES } from './logos/redraw.ts';
export { logosFeature } from './logos/logos.ts';
export { createAccess, type Access } from './operators/access.ts';
export {
  by,
  createOperators,
  type HeldPost,
  type Invitation,
  type Operator,
  type Operators,
} from './operators/operators.ts';
export { operatorRecords } from './operators/records.ts';
export {
  ACTS,
  may,
  mayGrant,
  ROLES,
  scopesOf,
  within,
  type Act,
  type Actor,
  type OperatorId,
  type Post,
  type Role,
} from './operators/roles.ts';
export {
  CLIENT_ORDERS,
  CLIENT_STATES,
  createClientSearch,
  type ClientCounts,
  type ClientOrder,
  type ClientSearch,
  type ClientsWanted,
  type ListedClient,
  type Subtree,
} from './search/clients.ts';
export { createExports, type Exported, type Exports, type Picked } from './search/exports.ts';
export {
  createPostSearch,
  POST_VIEWS,
  type ListedPost,
  type OpenInvitation,
  type PostSearch,
  type PostsWanted,
  type PostView,
} from './search/posts.ts';
export type { Listed } from './search/reach.ts';
export { createDomains, type Domain, type Domains, type DomainState } from './domains/domains.ts';
export {
  dnsName,
  fileAddress,
  valueLine,
  type Finding,
  type Findings,
  type Method,
} from './domains/challenge.ts';
export { covers, readHost, type HostFault } from './domains/hosts.ts';
export { unitsFeature } from './tree/feature.ts';
export type { Contact } from './tree/contacts.ts';
export { createTree, isUnitCode, type Branch, type NewUnit, type ShownUnit, type Tree } from './tree/tree.ts';
export {
  createApplying,
  type Applied,
  type Applying,
  type ApplyingParts,
  type ClientDetail,
  type Outcome,
  type Plan,
  type Wish,
} from './applying/applying.ts';
export { createRegistering, type Registered, type Registering } from './programs/registering.ts';
export {
  createPermissions,
  type NewPermission,
  type Permission,
  type Permissions,
} from './programs/permissions.ts';
export {
  createPrograms,
  isProgramId,
  PROGRAM_ROLES,
  type NewProgram,
  type Page,
  type Program,
  type Programs,
} from './programs/programs.ts';
export { createUnits, type Unit, type UnitLevel, type Units } from './units/units.ts';
export { CLAIM_TABLE, ruleOf, VERIFIED_CLAIMS, type ClaimName } from './claim-table.ts';
export { USERINFO_ALGS, USERINFO_ENCS } from './encryption.ts';

export type UnitId = Brand<string, 'UnitId'>;
export type ClientId = Brand<string, 'ClientId'>;

/** A text in both languages of the pages. */
export interface Bilingual {
  readonly 'zh-CN': string;
  readonly en: string;
}

/** What a service may ask about a citizen, with the purpose that the consent page shows. */
export interface ClaimGrant {
  readonly purpose: Bilingual;
  /** False: the citizen may leave it out. */
  readonly required: boolean;
  /** The law and article that allow it, as the service named it. */
  readonly legalBasis?: string;
  /** How long the service keeps it: days, or in words. */
  readonly retention?: number | string;
}

/** Sandbox: approved by nobody, signs in nobody but test persons and its own team. */
export type Environment = 'sandbox' | 'production';

/** A registered relying party, as the rest of the system sees it. */
export interface Client {
  readonly clientId: ClientId;
  readonly unitId: UnitId;
  readonly unitName: Bilingual;
  readonly name: Bilingual;
  /** The verified domain shown to citizens, e.g. gjj.jianglin.example.gov.cn. */
  readonly domain: string;
  /** A path on our own origin, or undefined: the first character of the name stands in. */
  readonly logo: string | undefined;
  readonly minimumLevel: Level;
  /** Our own pages (the account centre): no consent page. */
  readonly firstParty: boolean;
  /** By claim name (`name`, `phone_number`, ...). Nothing outside this list is ever released. */
  readonly claims: Readonly<Record<string, ClaimGrant>>;
  readonly enabled: boolean;
  readonly version: number;
  readonly environment: Environment;
  /** What it proves itself with, revoked ones left out; undefined for what is built in. */
  readonly credentials?: readonly HeldCredential[];
  /** Raised when they change; `version` is not, so that nothing that waits for approval is void by it. */
  readonly credentialsVersion?: number;
  /** OIDC client metadata (OpenID Connect Registration 1.0 section 2) in the engine's form, secret included. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Where clients come from. The registry is one source; federation will be another. */
export interface ClientSource {
  find(clientId: string): Promise<Client | undefined>;
}

export interface Imported {
  readonly clientId: ClientId;
  readonly is: 'created' | 'updated' | 'unchanged';
  /** Present once, when the secret was generated now. */
  readonly secret: Secret | undefined;
}

export interface Registry extends ClientSource {
  /** Cached in process; a change on any node is seen in <= 1 s, in <= 60 s if the signal is lost. */
  find(clientId: string): Promise<Client | undefined>;
  /** As it is now, with one read: for who cannot wait for the signal. */
  findNow(clientId: string): Promise<Client | undefined>;
  /**
   * Registers or updates from standard OIDC metadata (one object or an array), all or nothing. Throws Fault
   * `bad_request` whose note names client, member, value and rule.
   */
  import(metadata: unknown, actor: string): Promise<readonly Imported[]>;
  /** All clients, built-in ones first. Secrets are left out. */
  list(): Promise<readonly Client[]>;
  /** False when there is no such client or it is disabled already. Live everywhere like any change. */
  disable(clientId: string, actor: string): Promise<boolean>;
  /** False when there is no such client or it is enabled already. An import never enables. */
  enable(clientId: string, actor: string): Promise<boolean>;
  /**
   * Sends a word to itself over the channel of changes. Notifications arrive in the order of their commits: once it is
   * heard, nothing announced before it was missed, and what is cached need not be read again for its age.
   */
  prove(): Promise<void>;
  close(): Promise<void>;
}

export interface RegistryParts extends ImportingParts {
  readonly postgres: Postgres;
  /** Seconds for which a client is used without asking the database, at most 60. */
  readonly cacheSeconds: number;
  /** Clients that the code itself brings (our own pages); they are in no table and cannot be imported. */
  readonly builtIn: readonly Client[];
}
