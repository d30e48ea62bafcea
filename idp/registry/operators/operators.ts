// The people behind relying parties and approvals: citizens who hold posts. Not here: how they sign in (admin/), what a
// role allows (roles.ts).
import { createHash } from 'node:crypto';
import type { Audit, AuditedTx } from '../../audit/audit.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import { randomToken, uuidv7 } from '../../platform/base/ids.ts';
import { secret, type Secret } from '../../platform/base/secret.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Bilingual, UnitId } from '../registry.ts';
import * as units from '../units/store.ts';
import type { Access } from './access.ts';
import { mayGrant, type Actor, type OperatorId, type Post, type Role } from './roles.ts';
import * as store from './store.ts';

/** A post as lists show it. */
export interface HeldPost extends Post {
  readonly id: string;
  readonly operatorId: OperatorId;
  /** Undefined: the account is closed. */
  readonly citizenId: string | undefined;
  readonly unitName: Bilingual;
  readonly grantedBy: string;
  readonly grantedAt: Date;
  readonly leavesAt: Date | undefined;
  readonly certifiedAt: Date;
  /** Nobody confirmed it for a quarter. */
  readonly certificationDue: boolean;
}

export interface Operator {
  readonly id: OperatorId;
  /** The posts that count now. */
  readonly posts: readonly HeldPost[];
}

export interface Invitation {
  readonly id: string;
  readonly unitId: UnitId;
  readonly unitName: Bilingual;
  readonly role: Role;
  readonly leavesAt: Date | undefined;
  readonly expiresAt: Date;
}

export interface Invite {
  readonly unitId: string;
  readonly role: Role;
  /** When the post ends by itself. */
  readonly leavesAt?: Date | undefined;
}

export interface Operators {
  /** One read; undefined for an account that was never an operator. Posts that ran out are left out. */
  ofCitizen(citizenId: string): Promise<Operator | undefined>;
  /**
   * A link for one person, good for seven days and once; the value stands in the answer only. Faults: `not_found` (no
   * such unit in reach), `forbidden` (a role that this actor cannot give), `passkey_needed`, `bad_request`.
   */
  invite(actor: Actor, invite: Invite): Promise<{ readonly id: string; readonly token: Secret }>;
  /** What a link offers; undefined when it was used, withdrawn, has run out or never was. */
  invitation(token: string): Promise<Invitation | undefined>;
  /**
   * Takes the post up. Of any number of parallel calls with one link one gets it; the others get Fault `conflict`, and
   * so does who holds the post already. Fault `not_found` for a link that opens nothing.
   */
  accept(token: string, citizenId: string, reference: string): Promise<Operator>;
  /** Faults: `not_found`, `forbidden`, `passkey_needed`, `conflict` when it was closed already. */
  withdraw(actor: Actor, invitationId: string): Promise<void>;
  /** Takes a post away; live sessions know within a request. Faults as of `withdraw`. */
  end(actor: Actor, postId: string): Promise<void>;
  /** Confirms that a post is still needed; not one's own (`forbidden`). */
  certify(actor: Actor, postId: string): Promise<void>;
  /**
   * When a post ends by itself; undefined: no date. Faults as of `withdraw`, and `bad_request` for an instant that does
   * not lie ahead.
   */
  leaves(actor: Actor, postId: string, at: Date | undefined): Promise<void>;
  /** A place to try things for somebody who was not invited: a unit outside the tree, where nothing goes live. */
  trial(citizenId: string, reference: string): Promise<Operator>;
}

export interface OperatorsParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly access: Access;
  readonly clock: Clock;
}

const INVITATION_SECONDS = 7 * 86_400;
/** A quarter, and the month in which it can still be confirmed: after that a post counts no more. */
export const CERTIFY_SECONDS = 92 * 86_400;
export const LAPSE_SECONDS = 122 * 86_400;

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();
const TOKEN = /^[\w-]{43}$/;

export function createOperators(parts: OperatorsParts): Operators {
  return {
    ofCitizen: (citizenId) => find(parts, citizenId),
    invite: (actor, wish) => invite(parts, actor, wish),
    async invitation(token) {
      const row = await offered(parts, token);
      return row && { ...row, unitId: row.unitId as UnitId, leavesAt: row.leavesAt ?? undefined };
    },
    async accept(token, citizenId, reference) {
      await accept(parts, token, citizenId, reference);
      return await sure(parts, citizenId);
    },
    withdraw: (actor, invitationId) => withdraw(parts, actor, invitationId),
    async end(actor, postId) {
      const post = await standing(parts, actor, postId);
      await parts.audit.change(async (tx) => {
        if ((await store.endPost(tx, postId, actor.name, parts.clock.now())) === 0)
          throw new Fault('conflict');
        tx.record({
          type: 'operator.left',
          data: { operator: post.operatorId, post: postId },
          ...by(actor),
        });
      });
    },
    async certify(actor, postId) {
      const post = await standing(parts, actor, postId);
      if (post.operatorId === actor.operatorId) throw new Fault('forbidden', { note: 'one’s own post' });
      await parts.audit.change(async (tx) => {
        if ((await store.certifyPost(tx, postId, actor.name, parts.clock.now())) === 0)
          throw new Fault('conflict');
        tx.record({
          type: 'operator.certified',
          data: { operator: post.operatorId, post: postId },
          ...by(actor),
        });
      });
    },
    leaves: (actor, postId, at) => leaves(parts, actor, postId, at),
    async trial(citizenId, reference) {
      const standingNow = await find(parts, citizenId);
      if (standingNow?.posts.some(({ path }) => path.startsWith('trial/'))) return standingNow;
      await beginTrial(parts, citizenId, reference);
      return await sure(parts, citizenId);
    },
  };
}

async function find({ postgres, clock }: OperatorsParts, citizenId: string): Promise<Operator | undefined> {
  const now = clock.now();
  const [id, rows] = await Promise.all([
    store.operatorOf(postgres, citizenId),
    store.postsOf(postgres, citizenId, now),
  ]);
  const counts = ({ certifiedAt }: store.PostRow): boolean => certifiedAt > addSeconds(now, -LAPSE_SECONDS);
  return id && { id, posts: rows.filter(counts).map((row) => heldPost(row, now)) };
}

async function sure(parts: OperatorsParts, citizenId: string): Promise<Operator> {
  const operator = await find(parts, citizenId);
  if (!operator) throw new Error('the operator that was just written is not there');
  return operator;
}

/** A post that stands and that this actor may decide about. */
async function standing({ postgres, access }: OperatorsParts, actor: Actor, postId: string) {
  const post = isId(postId) ? await store.findPost(postgres, postId) : undefined;
  if (!post) throw new Fault('not_found');
  access.demand(actor, 'operator.write', post.path, postId);
  if (!mayGrant(actor, post.role, post.path)) throw new Fault('forbidden', { note: 'a role above' });
  return post;
}

async function leaves(
  parts: OperatorsParts,
  actor: Actor,
  postId: string,
  at: Date | undefined,
): Promise<void> {
  const post = await standing(parts, actor, postId);
  if (at && at <= parts.clock.now()) throw new Fault('bad_request', { note: 'leaves_at must lie ahead' });
  await parts.audit.change(async (tx) => {
    if ((await store.setLeaving(tx, postId, at)) === 0) throw new Fault('conflict');
    tx.record({
      type: 'operator.leaving_set',
      data: { operator: post.operatorId, post: postId, leavesAt: at?.toISOString() ?? '' },
      ...by(actor),
    });
  });
}

async function withdraw(
  { postgres, audit, access, clock }: OperatorsParts,
  actor: Actor,
  id: string,
): Promise<void> {
  const row = isId(id) ? await store.findInvitation(postgres, id) : undefined;
  if (!row) throw new Fault('not_found');
  access.demand(actor, 'operator.write', row.path, id);
  await audit.change(async (tx) => {
    if ((await store.closeInvitation(tx, id, 'withdrawn', undefined, clock.now())) === 0)
      throw new Fault('conflict');
    tx.record({ type: 'operator.invitation_withdrawn', data: { invitation: id }, ...by(actor) });
  });
}

const isId = (text: string): boolean => /^[0-9a-f-]{36}$/.test(text);

/** Who did it, as every event of the console says. */
export const by = ({ name, reference }: Actor): { actor: string; reference?: string } => ({
  actor: name,
  ...(reference === undefined ? {} : { reference }),
});

function heldPost(row: store.PostRow, now: Date): HeldPost {
  return {
    ...row,
    unitId: row.unitId as UnitId,
    citizenId: row.citizenId ?? undefined,
    leavesAt: row.leavesAt ?? undefined,
    certificationDue: row.certifiedAt <= addSeconds(now, -CERTIFY_SECONDS),
  };
}

async function offered({ postgres, clock }: OperatorsParts, token: string) {
  return TOKEN.test(token) ? await store.invitationOf(postgres, digestOf(token), clock.now()) : undefined;
}

async function invite(
  { postgres, audit, access, clock }: OperatorsParts,
  actor: Actor,
  { unitId, role, leavesAt }: Invite,
): Promise<{ id: string; token: Secret }> {
  const unit = await units.findUnit(postgres, unitId);
  if (!unit || unit.level === 'trial') throw new Fault('not_found', { note: `unit ${unitId}` });
  access.demand(actor, 'operator.write', unit.path, unitId);
  if (!mayGrant(actor, role, unit.path)) throw new Fault('forbidden', { note: `cannot give ${role} there` });
  const now = clock.now();
  if (leavesAt && leavesAt <= now) throw new Fault('bad_request', { note: 'leaves_at must lie ahead' });
  const [id, token] = [uuidv7(now), randomToken(32)];
  await audit.change(async (tx) => {
    const expiresAt = addSeconds(now, INVITATION_SECONDS);
    const row = {
      id,
      unitId,
      role,
      leavesAt: leavesAt ?? null,
      invitedBy: actor.name,
      createdAt: now,
      expiresAt,
    };
    await store.insertInvitation(tx, row, digestOf(token));
    tx.record({ type: 'operator.invited', data: { invitation: id, unitId, role }, ...by(actor) });
  });
  return { id, token: secret(token) };
}

async function accept(parts: OperatorsParts, token: string, citizenId: string, reference: string) {
  const { audit, clock } = parts;
  const row = await offered(parts, token);
  if (!row) throw new Fault('not_found', { note: 'an invitation that opens nothing' });
  const at = clock.now();
  await audit.change(async (tx) => {
    const operatorId = await store.saveOperator(tx, uuidv7(at), citizenId, at);
    const taken = await store.closeInvitation(tx, row.id, 'accepted', operatorId, at);
    const { unitId, role, invitedBy } = row;
    await stillOffered(tx, row, operatorId, at);
    const leavesAt = row.leavesAt ?? undefined;
    const post = { id: uuidv7(at), operatorId, unitId, role, by: invitedBy, at, leavesAt };
    if (taken === 0 || (await store.insertPost(tx, post)) === 0) throw new Fault('conflict');
    tx.record({
      type: 'operator.joined',
      data: { operator: operatorId, unitId, role },
      actor: `operator:${operatorId}`,
      citizenId,
      reference,
    });
  });
}

/**
 * An invitation is worth what its sender could still give, and nobody takes their own: else a post that was taken away
 * would be back by a link made before, and one person would be two. Fault `not_found`.
 */
async function stillOffered(
  tx: AuditedTx,
  row: store.InvitationRow,
  taker: OperatorId,
  at: Date,
): Promise<void> {
  const sender = /^operator:([0-9a-f-]{36})$/.exec(row.invitedBy)?.[1];
  if (sender === undefined) return;
  const posts = (await store.postsOfOperator(tx, sender, at)).map((post) => heldPost(post, at));
  if (sender === taker || !mayGrant({ kind: 'person', posts }, row.role, row.path))
    throw new Fault('not_found', { note: 'an invitation that is worth nothing' });
}

async function beginTrial({ audit, clock }: OperatorsParts, citizenId: string, reference: string) {
  const at = clock.now();
  await audit.change(async (tx) => {
    const operatorId = await store.saveOperator(tx, uuidv7(at), citizenId, at);
    // One for each operator: parallel calls meet at its identifier.
    const id = `trial-${operatorId}`;
    const name = { 'zh-CN': '试用', en: 'Trial' };
    await units.insertUnit(tx, { id, name, level: 'trial', parentId: null, path: `trial/${id}/`, at });
    const post = { operatorId, unitId: id, role: 'owner' as const, by: 'system', at, leavesAt: undefined };
    if ((await store.insertPost(tx, { ...post, id: uuidv7(at) })) === 0) return tx.unchanged();
    tx.record({
      type: 'operator.joined',
      data: { operator: operatorId, unitId: id, role: 'owner' },
      actor: `operator:${operatorId}`,
      citizenId,
      reference,
    });
  });
}
