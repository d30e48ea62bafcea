// SQL of the lists. Each begins at the scopes: a row outside them cannot come out, whatever the filters say.
import { part, sql, type Queryable, type Statement } from '../../platform/store/postgres.ts';
import type { ClientState } from '../clients/versions.ts';
import type { ClientOrder, ClientsWanted, ListedClient } from './clients.ts';
import type { ListedPost, OpenInvitation, PostCounts, PostsWanted } from './posts.ts';

type Scopes = readonly string[];

/** Below one of the scopes. A range for each, so that the planner knows how much of the tree it is. */
const below = (scopes: Scopes): Statement =>
  part(
    scopes
      .map((scope) => part(sql`unit.path >= ${scope} and unit.path < ${`${scope}~`}`))
      .reduce((one, other) => part(sql`${one} or ${other}`)),
  );

const all = (conditions: readonly (Statement | undefined)[]): Statement =>
  conditions
    .filter((condition) => condition !== undefined)
    .reduce((one, other) => part(sql`${one} and ${other}`));

const when = <T>(value: T | undefined, condition: (value: T) => Statement): Statement | undefined =>
  value === undefined ? undefined : part(condition(value));

const CLIENT_COLUMNS = part(sql`
  client.client_id as "clientId", client.metadata -> 'name' as name, client.metadata ->> 'domain' as domain,
  unit.id as "unitId", unit.name as "unitName", unit.path, client.environment, client.state,
  client.metadata ->> 'minimumLevel' as "minimumLevel", client.created_at as "createdAt",
  client.updated_at as "updatedAt"`);

const FROM = part(sql`from registry.client join registry.unit on unit.id = client.unit_id`);

interface Order {
  readonly by: Statement;
  /** After the row that the cursor names; itself looked up inside the scopes, so that it tells nothing of others. */
  after(clientId: string, scopes: Scopes): Statement;
}

const ORDERS: Readonly<Record<ClientOrder, Order>> = {
  name: {
    by: part(sql`client.shown_name, client.client_id`),
    after: (id, scopes) => sql`(client.shown_name, client.client_id) > (
      select client.shown_name, client.client_id ${FROM} where client.client_id = ${id} and (${below(scopes)}))`,
  },
  unit: {
    by: part(sql`unit.path, client.client_id`),
    after: (id, scopes) => sql`(unit.path, client.client_id) > (
      select unit.path, client.client_id ${FROM} where client.client_id = ${id} and (${below(scopes)}))`,
  },
  created: {
    by: part(sql`client.created_at desc, client.client_id desc`),
    after: (id, scopes) => sql`(client.created_at, client.client_id) < (
      select client.created_at, client.client_id ${FROM} where client.client_id = ${id} and (${below(scopes)}))`,
  },
  updated: {
    by: part(sql`client.updated_at desc, client.client_id desc`),
    after: (id, scopes) => sql`(client.updated_at, client.client_id) < (
      select client.updated_at, client.client_id ${FROM} where client.client_id = ${id} and (${below(scopes)}))`,
  },
};

export interface ClientFilter extends ClientsWanted {
  readonly scopes: Scopes;
  /** The claims that count as sensitive. */
  readonly claims: readonly string[];
  readonly limit: number;
}

const sensitive = (claims: readonly string[]): Statement =>
  part(sql`client.metadata -> 'claims' ?| ${claims}::text[]`);

/** The text stands in the narrow column of the client, or in the name of its unit. Not a pattern: % means itself. */
const found = (q: string): Statement => sql`(strpos(client.finding, ${q}) > 0 or client.unit_id in (
  select id from registry.unit
  where strpos(lower((name ->> 'zh-CN') || ' ' || (name ->> 'en') || ' ' || id), ${q}) > 0))`;

/** Which rows, in which order, how many: exported so that a test can ask the server for its plan. */
export function clientsStatement(filter: ClientFilter): Statement {
  const { scopes, order = 'name', limit } = filter;
  const conditions = all([
    part(sql`(${below(scopes)})`),
    when(filter.q, found),
    when(filter.environment, (environment) => sql`client.environment = ${environment}`),
    when(filter.state, (state) => sql`client.state = ${state}`),
    when(filter.level, (level) => sql`client.metadata ->> 'minimumLevel' >= ${level}`),
    filter.sensitive === true ? sensitive(filter.claims) : undefined,
    when(filter.after, (id) => ORDERS[order].after(id, scopes)),
  ]);
  return sql`select ${CLIENT_COLUMNS}, ${sensitive(filter.claims)} as sensitive ${FROM} where ${conditions}
    order by ${ORDERS[order].by} limit ${limit}`;
}

export async function listClients(db: Queryable, filter: ClientFilter): Promise<readonly ListedClient[]> {
  return await db.rows<ListedClient>(clientsStatement(filter));
}

export async function clientsByIds(
  db: Queryable,
  { clientIds, scopes, claims }: { clientIds: readonly string[]; scopes: Scopes; claims: readonly string[] },
): Promise<readonly ListedClient[]> {
  return await db.rows<ListedClient>(sql`
    select ${CLIENT_COLUMNS}, ${sensitive(claims)} as sensitive ${FROM}
    where client.client_id = any(${clientIds}::text[]) and (${below(scopes)})
    order by client.shown_name, client.client_id`);
}

export async function countClients(
  db: Queryable,
  scopes: Scopes,
): Promise<readonly { readonly state: ClientState; readonly count: number }[]> {
  return await db.rows(sql`
    select client.state, count(*) as count ${FROM} where ${below(scopes)} group by client.state`);
}

/** What the events of a subtree can name; the operators are those who hold or held a post there. */
export async function subtreeOf(
  db: Queryable,
  scopes: Scopes,
): Promise<{
  readonly clientIds: readonly string[];
  readonly unitIds: readonly string[];
  readonly operatorIds: readonly string[];
}> {
  const row = await db.row<{ clientIds: string[]; unitIds: string[]; operatorIds: string[] }>(sql`
    with units as (select id from registry.unit where ${below(scopes)})
    select array(select id from units) as "unitIds",
      array(select client_id from registry.client where unit_id in (select id from units)) as "clientIds",
      array(select distinct operator_id::text from registry.post
            where unit_id in (select id from units)) as "operatorIds"`);
  return row ?? { clientIds: [], unitIds: [], operatorIds: [] };
}

export interface Instants {
  readonly now: Date;
  /** Confirmed at this instant or before: due. */
  readonly due: Date;
  readonly lapsed: Date;
  /** Ends before this instant: leaving. */
  readonly leaving: Date;
}

export type PostRow = Omit<ListedPost, 'certification' | 'citizenId' | 'leavesAt'> & {
  readonly citizenId: string | null;
  readonly leavesAt: Date | null;
};

export interface PostFilter extends PostsWanted {
  readonly id?: string;
  readonly scopes: Scopes;
  readonly at: Instants;
  readonly limit: number;
}

const POSTS = part(sql`from registry.post join registry.operator on operator.id = post.operator_id
  join registry.unit on unit.id = post.unit_id`);

const standing = ({ now }: Instants): Statement =>
  part(sql`post.ended_at is null and (post.leaves_at is null or post.leaves_at > ${now})`);

export function postsStatement(filter: PostFilter): Statement {
  const { scopes, at, view } = filter;
  const conditions = all([
    part(sql`(${below(scopes)})`),
    standing(at),
    when(filter.id, (id) => sql`post.id::text = ${id}`),
    when(filter.role, (role) => sql`post.role = ${role}`),
    when(
      filter.q,
      (q) =>
        sql`strpos(lower((unit.name ->> 'zh-CN') || ' ' || (unit.name ->> 'en') || ' ' || unit.id), ${q}) > 0`,
    ),
    view === 'due' ? part(sql`post.certified_at <= ${at.due}`) : undefined,
    view === 'lapsed' ? part(sql`post.certified_at <= ${at.lapsed}`) : undefined,
    view === 'leaving' ? part(sql`post.leaves_at <= ${at.leaving}`) : undefined,
    when(
      filter.after,
      (id) => sql`(unit.path, post.role, post.id) > (
      select unit.path, post.role, post.id ${POSTS} where post.id::text = ${id} and (${below(scopes)}))`,
    ),
  ]);
  return sql`
    select post.id, post.operator_id as "operatorId", operator.citizen_id as "citizenId", post.unit_id as "unitId",
      unit.name as "unitName", unit.path, post.role, post.granted_by as "grantedBy", post.granted_at as "grantedAt",
      post.leaves_at as "leavesAt", post.certified_at as "certifiedAt"
    ${POSTS} where ${conditions} order by unit.path, post.role, post.id limit ${filter.limit}`;
}

export async function listPosts(db: Queryable, filter: PostFilter): Promise<readonly PostRow[]> {
  return await db.rows<PostRow>(postsStatement(filter));
}

export async function holdersOf(
  db: Queryable,
  operatorIds: readonly string[],
  scopes: Scopes,
): Promise<readonly { readonly operatorId: string; readonly citizenId: string }[]> {
  return await db.rows(sql`
    select distinct operator.id::text as "operatorId", operator.citizen_id as "citizenId" ${POSTS}
    where operator.id::text = any(${operatorIds}::text[]) and operator.citizen_id is not null and (${below(scopes)})`);
}

export async function countPosts(db: Queryable, scopes: Scopes, at: Instants): Promise<PostCounts> {
  const row = await db.row<PostCounts>(sql`
    select count(*) as standing, count(*) filter (where post.certified_at <= ${at.due}) as due,
      count(*) filter (where post.leaves_at <= ${at.leaving}) as leaving,
      count(*) filter (where post.certified_at <= ${at.lapsed}) as lapsed
    ${POSTS} where ${standing(at)} and (${below(scopes)})`);
  return row ?? { standing: 0, due: 0, leaving: 0, lapsed: 0 };
}

export async function openInvitations(
  db: Queryable,
  scopes: Scopes,
  at: Date,
): Promise<readonly (Omit<OpenInvitation, 'leavesAt'> & { readonly leavesAt: Date | null })[]> {
  return await db.rows(sql`
    select invitation.id, unit.id as "unitId", unit.name as "unitName", invitation.role,
      invitation.invited_by as "invitedBy", invitation.leaves_at as "leavesAt", invitation.expires_at as "expiresAt"
    from registry.invitation join registry.unit on unit.id = invitation.unit_id
    where invitation.closed_at is null and invitation.expires_at > ${at} and (${below(scopes)})
    order by invitation.created_at limit 200`);
}
