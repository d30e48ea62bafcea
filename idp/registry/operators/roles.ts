// Who may do what in the console, the portal and the API: the page an auditor reads. Pure.
import type { Brand } from '../../platform/base/ids.ts';
import type { UnitId } from '../registry.ts';

export const ROLES = [
  'developer',
  'owner',
  'reviewer',
  'approver',
  'auditor',
  'support',
  'national_administrator',
] as const;
export type Role = (typeof ROLES)[number];

export type OperatorId = Brand<string, 'OperatorId'>;

/** A role in a unit. It reaches the unit and everything below it, nothing beside or above. */
export interface Post {
  readonly role: Role;
  readonly unitId: UnitId;
  /** `cn/330000/330100/fund/`: identifiers from the root, each ended by a stroke. */
  readonly path: string;
}

/** Who acts: a person at the console, or a program of a unit. */
export interface Actor {
  /** As the audit trail names it: `operator:<id>`, `client:<client_id>`, `operator:command-line`. */
  readonly name: string;
  /** Undefined: a program, or whoever can run commands on the machine. */
  readonly operatorId: OperatorId | undefined;
  readonly kind: 'person' | 'program' | 'machine';
  readonly posts: readonly Post[];
  /** True when this person showed a passkey within the last five minutes. */
  readonly fresh: boolean;
  /** The request's reference number, for the audit trail. */
  readonly reference?: string;
}

interface Rule {
  readonly roles: readonly Role[];
  /** True: takes a passkey of the last five minutes, so never a program. */
  readonly sensitive?: true;
}

const EVERYBODY: readonly Role[] = ROLES;
const TEAM: readonly Role[] = ['developer', 'owner'];

/** Act -> who may do it. What a person decides about others takes a passkey shown just now. */
const TABLE = {
  /** See units, clients, their history, requests and figures. */
  'registry.read': { roles: EVERYBODY },
  /** Sandbox clients: make, change, remove; their credentials. */
  'sandbox.write': { roles: TEAM },
  /** Write the draft of a production client or of a change to one. */
  'client.draft': { roles: TEAM },
  'client.submit': { roles: TEAM },
  /** Credentials of a production client. */
  'credential.write': { roles: TEAM },
  /** The first look, in the city. */
  'request.review': { roles: ['reviewer'], sensitive: true },
  /** The decision of a province or of the nation. */
  'request.approve': { roles: ['approver', 'national_administrator'], sensitive: true },
  'client.suspend': { roles: ['approver', 'national_administrator'], sensitive: true },
  'client.resume': { roles: ['approver', 'national_administrator'], sensitive: true },
  'client.retire': { roles: ['owner', 'approver', 'national_administrator'], sensitive: true },
  'unit.write': { roles: ['owner', 'approver', 'national_administrator'] },
  'domain.write': { roles: ['owner', 'approver', 'national_administrator'] },
  'operator.read': { roles: ['owner', 'approver', 'auditor', 'national_administrator'] },
  /** Invite, end, certify. An owner invites for the own team only (see `mayGrant`). */
  'operator.write': { roles: ['owner', 'approver', 'national_administrator'], sensitive: true },
  /** Programs of a unit that use the API, and initial access tokens. */
  'program.write': { roles: ['owner'], sensitive: true },
  'audit.read': { roles: ['auditor', 'approver', 'national_administrator'] },
  'export.make': { roles: ['auditor', 'approver', 'national_administrator'] },
  'citizen.support': { roles: ['support'], sensitive: true },
  /** Limits, keys, health: of the system, so only of a post at its root. */
  'system.read': { roles: ['auditor', 'national_administrator'] },
} as const satisfies Readonly<Record<string, Rule>>;

export type Act = keyof typeof TABLE;
export const ACTS: Readonly<Record<Act, Rule>> = TABLE;

/** Roles that an owner gives to the own team; whoever decides about requests is made by those above. */
const OF_THE_TEAM: ReadonlySet<Role> = new Set(['developer', 'owner']);
/** Only the nation makes its administrators, and those who look at accounts: citizens have no place in the tree. */
const NATIONAL: ReadonlySet<Role> = new Set(['national_administrator', 'support']);

/** True when `path` is `scope` or lies below it. */
export const within = (path: string, scope: string): boolean => path.startsWith(scope);

/** The paths below which this actor may do that; outermost only, empty when nowhere. */
export function scopesOf(actor: Pick<Actor, 'posts' | 'kind'>, act: Act): readonly string[] {
  if (actor.kind === 'machine') return [''];
  const paths = actor.posts.filter(({ role }) => ACTS[act].roles.includes(role)).map(({ path }) => path);
  return [...new Set(paths)].filter((path) => !paths.some((other) => other !== path && within(path, other)));
}

/** True when a post of the actor allows it there, freshness apart. */
export function may(actor: Pick<Actor, 'posts' | 'kind'>, act: Act, path: string): boolean {
  return scopesOf(actor, act).some((scope) => within(path, scope));
}

/** True when the actor may give that role at that place: never one above what the actor decides about. */
export function mayGrant(actor: Pick<Actor, 'posts' | 'kind'>, role: Role, path: string): boolean {
  if (actor.kind === 'machine') return true;
  return actor.posts.some((post) => {
    if (!ACTS['operator.write'].roles.includes(post.role) || !within(path, post.path)) return false;
    if (post.role === 'owner') return OF_THE_TEAM.has(role);
    if (post.role === 'national_administrator') return true;
    // An approver makes those who look before the own decision: below the own unit, never beside it.
    return !NATIONAL.has(role) && (path !== post.path || OF_THE_TEAM.has(role) || role === 'reviewer');
  });
}
