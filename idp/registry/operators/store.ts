// SQL of operators, their posts and the invitations to one.
import type { AuditedTx } from '../../audit/audit.ts';
import { part, sql, type Queryable } from '../../platform/store/postgres.ts';
import type { Bilingual } from '../registry.ts';
import type { OperatorId, Role } from './roles.ts';

export interface PostRow {
  readonly id: string;
  readonly operatorId: OperatorId;
  readonly citizenId: string | null;
  readonly unitId: string;
  readonly unitName: Bilingual;
  readonly path: string;
  readonly role: Role;
  readonly grantedBy: string;
  readonly grantedAt: Date;
  readonly leavesAt: Date | null;
  readonly certifiedAt: Date;
}

const POSTS = part(sql`
  select post.id, post.operator_id as "operatorId", operator.citizen_id as "citizenId", post.unit_id as "unitId",
    unit.name as "unitName", unit.path, post.role, post.granted_by as "grantedBy", post.granted_at as "grantedAt",
    post.leaves_at as "leavesAt", post.certified_at as "certifiedAt"
  from registry.post join registry.operator on operator.id = post.operator_id
    join registry.unit on unit.id = post.unit_id where post.ended_at is null`);

/** The posts of one account that stand and have not run out at `at`. */
export async function postsOf(db: Queryable, citizenId: string, at: Date): Promise<readonly PostRow[]> {
  return await db.rows<PostRow>(sql`
    ${POSTS} and operator.citizen_id = ${citizenId} and (post.leaves_at is null or post.leaves_at > ${at})
    order by unit.path, post.role`);
}

/** The same of an operator. */
export async function postsOfOperator(db: Queryable, id: string, at: Date): Promise<readonly PostRow[]> {
  return await db.rows<PostRow>(sql`
    ${POSTS} and post.operator_id = ${id} and (post.leaves_at is null or post.leaves_at > ${at})`);
}

export async function findPost(db: Queryable, id: string): Promise<PostRow | undefined> {
  return await db.row<PostRow>(sql`${POSTS} and post.id = ${id}`);
}

export async function operatorOf(db: Queryable, citizenId: string): Promise<OperatorId | undefined> {
  const row = await db.row<{ id: OperatorId }>(
    sql`select id from registry.operator where citizen_id = ${citizenId}`,
  );
  return row?.id;
}

/** The operator that an account is; parallel calls make one. */
export async function saveOperator(
  tx: AuditedTx,
  id: string,
  citizenId: string,
  at: Date,
): Promise<OperatorId> {
  const row = await tx.row<{ id: OperatorId }>(sql`
    insert into registry.operator (id, citizen_id, created_at) values (${id}, ${citizenId}, ${at})
    on conflict (citizen_id) do update set citizen_id = excluded.citizen_id returning id`);
  if (!row) throw new Error('an operator was not written');
  return row.id;
}

export interface NewPost {
  readonly id: string;
  readonly operatorId: string;
  readonly unitId: string;
  readonly role: Role;
  readonly by: string;
  readonly at: Date;
  readonly leavesAt: Date | undefined;
}

/** 0 when this operator holds that post already. */
export async function insertPost(tx: AuditedTx, post: NewPost): Promise<number> {
  const { id, operatorId, unitId, role, by, at, leavesAt } = post;
  return await tx.run(sql`
    insert into registry.post (id, operator_id, unit_id, role, granted_by, granted_at, leaves_at, certified_at,
      certified_by)
    values (${id}, ${operatorId}, ${unitId}, ${role}, ${by}, ${at}, ${leavesAt ?? null}, ${at}, ${by})
    on conflict do nothing`);
}

/** 0 when somebody else has ended it. */
export async function endPost(tx: AuditedTx, id: string, by: string, at: Date): Promise<number> {
  return await tx.run(sql`
    update registry.post set ended_at = ${at}, ended_by = ${by} where id = ${id} and ended_at is null`);
}

export async function setLeaving(tx: AuditedTx, id: string, at: Date | undefined): Promise<number> {
  return await tx.run(sql`
    update registry.post set leaves_at = ${at ?? null} where id = ${id} and ended_at is null`);
}

export async function certifyPost(tx: AuditedTx, id: string, by: string, at: Date): Promise<number> {
  return await tx.run(sql`
    update registry.post set certified_at = ${at}, certified_by = ${by} where id = ${id} and ended_at is null`);
}

export interface InvitationRow {
  readonly id: string;
  readonly unitId: string;
  readonly unitName: Bilingual;
  readonly path: string;
  readonly role: Role;
  readonly leavesAt: Date | null;
  readonly invitedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const INVITATIONS = part(sql`
  select invitation.id, invitation.unit_id as "unitId", unit.name as "unitName", unit.path, invitation.role,
    invitation.leaves_at as "leavesAt", invitation.invited_by as "invitedBy",
    invitation.created_at as "createdAt", invitation.expires_at as "expiresAt"
  from registry.invitation join registry.unit on unit.id = invitation.unit_id
  where invitation.closed_at is null`);

/** The invitation that a link opens and that stands at `at`. */
export async function invitationOf(
  db: Queryable,
  digest: Buffer,
  at: Date,
): Promise<InvitationRow | undefined> {
  return await db.row<InvitationRow>(
    sql`${INVITATIONS} and invitation.digest = ${digest} and invitation.expires_at > ${at}`,
  );
}

export async function findInvitation(db: Queryable, id: string): Promise<InvitationRow | undefined> {
  return await db.row<InvitationRow>(sql`${INVITATIONS} and invitation.id = ${id}`);
}

export async function insertInvitation(
  tx: AuditedTx,
  invitation: Omit<InvitationRow, 'unitName' | 'path'>,
  digest: Buffer,
): Promise<void> {
  const { id, unitId, role, leavesAt, invitedBy, createdAt, expiresAt } = invitation;
  await tx.run(sql`
    insert into registry.invitation (id, digest, unit_id, role, leaves_at, invited_by, created_at, expires_at)
    values (${id}, ${digest}, ${unitId}, ${role}, ${leavesAt}, ${invitedBy}, ${createdAt}, ${expiresAt})`);
}

/** 0 when it was closed meanwhile: of two who open one link, one gets the post. */
export async function closeInvitation(
  tx: AuditedTx,
  id: string,
  closedAs: 'accepted' | 'withdrawn',
  operatorId: string | undefined,
  at: Date,
): Promise<number> {
  return await tx.run(sql`
    update registry.invitation set closed_at = ${at}, closed_as = ${closedAs}, accepted_by = ${operatorId ?? null}
    where id = ${id} and closed_at is null`);
}

/** The account is closed: nobody holds its posts, nothing leads from them to a person. */
export async function forgetCitizen(
  tx: AuditedTx,
  citizenId: string,
  at: Date,
): Promise<OperatorId | undefined> {
  const row = await tx.row<{ id: OperatorId }>(sql`
    update registry.operator set citizen_id = null where citizen_id = ${citizenId} returning id`);
  if (row)
    await tx.run(sql`
      update registry.post set ended_at = ${at}, ended_by = 'system'
      where operator_id = ${row.id} and ended_at is null`);
  return row?.id;
}
