// A request as the console and the portal read it, and what its parts are built with.
import { Fault } from '../../platform/base/errors.ts';
import { shanghaiTime } from '../../platform/base/calendar.ts';
import type { Queryable } from '../../platform/store/postgres.ts';
import { differences, type Difference } from '../clients/diff.ts';
import type { Given } from '../clients/given.ts';
import { refusal, type ClientParts } from '../clients/sandbox.ts';
import type { Actor } from '../operators/roles.ts';
import type { Registration } from '../registration.ts';
import * as store from './store.ts';
import { barOf, mayDecide, type Bar } from './workflow.ts';

export type ChangeParts = ClientParts;

/** One line of the queue. */
export type Request = store.RequestLine;

export interface Step {
  readonly act: 'begun' | 'submitted' | 'approved' | 'returned' | 'refused' | 'withdrawn' | 'live';
  readonly stage: store.RequestLine['stage'];
  readonly by: string;
  readonly at: Date;
  readonly reason: string;
  /** By member: what was said to it. */
  readonly comments: Readonly<Record<string, string>>;
}

/** Everything about one request. No secret stands in it. */
export interface RequestDetail extends Request {
  readonly draft: Given;
  readonly authors: readonly string[];
  /** The version that it is compared with; undefined for a new client. */
  readonly baseVersion: number | undefined;
  /** What was submitted; undefined before. */
  readonly proposal: Registration | undefined;
  /** Of what was submitted, else of nothing: a draft is not compared before it can be read. */
  readonly differences: readonly Difference[];
  readonly steps: readonly Step[];
  /** Why this actor may not decide it, though a post would allow it. */
  readonly bar: Bar | undefined;
  /** This actor holds it: the post allows the decision and nothing bars it. */
  readonly yours: boolean;
}

/** A request with its steps. Fault `not_found` for an identifier that is none or lies beyond the actor's reach. */
export async function findFor(
  { postgres, access }: ChangeParts,
  actor: Actor,
  id: string,
): Promise<{ readonly row: store.RequestRow; readonly steps: readonly Step[] }> {
  const row = await store.findRequest(postgres, id);
  if (!row) throw new Fault('not_found', { note: 'a request' });
  access.demand(actor, 'registry.read', row.path, id);
  return { row, steps: await store.stepsOf(postgres, id) };
}

export async function detailOf(parts: ChangeParts, actor: Actor, id: string): Promise<RequestDetail> {
  const { row, steps } = await findFor(parts, actor, id);
  const { proposal, base, leftSeconds: _, baseVersion, ...line } = row;
  const holds = row.stage !== null && row.holderPath !== null;
  const bar = holds ? barOf(actor, { ...row, unitPath: row.path }, steps) : undefined;
  const allowed = holds && mayDecide(actor, { stage: row.stage, path: row.holderPath });
  return {
    ...line,
    baseVersion: baseVersion ?? undefined,
    proposal: proposal ?? undefined,
    differences: proposal ? differences(base ?? undefined, proposal) : [],
    steps,
    bar: allowed ? bar : undefined,
    yours: allowed && bar === undefined,
  };
}

const REASON = { least: 5, most: 2_000 };

/** The reason as it is kept; Fault `bad_request` when it says too little: a year later it is all that explains. */
export function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason.length >= REASON.least && reason.length <= REASON.most) return reason;
  throw refusal([
    {
      member: 'reason',
      text: {
        'zh-CN': `理由须为 ${REASON.least} 至 ${REASON.most} 个字，现有 ${reason.length} 个`,
        en: `must be ${REASON.least} to ${REASON.most} characters; it has ${reason.length}`,
      },
    },
  ]);
}

/** Somebody was faster: says who did what, so that nobody has to guess. `db`: the transaction that lost, if any. */
export async function conflictOf(db: Queryable, id: string): Promise<Fault> {
  const last = (await store.stepsOf(db, id)).findLast(({ act }) => act !== 'live');
  return new Fault('conflict', {
    note: last
      ? `request ${id}: was ${last.act} by ${last.by} at ${shanghaiTime(last.at)}; read it again`
      : `request ${id}: was changed meanwhile; read it again`,
  });
}
