// What a unit wrote down about a client, brought into force: the same file again changes nothing. A sandbox client runs
// at once; of a production client a request is made or brought up to date, and others decide it.
import { Fault } from '../../platform/base/errors.ts';
import type { Secret } from '../../platform/base/secret.ts';
import type { Changes } from '../changes/changes.ts';
import type { Complaint } from '../checks/checks.ts';
import { differences, type Difference } from '../clients/diff.ts';
import { givenOf, type Given } from '../clients/given.ts';
import { examine, refusal, type ClientParts, type Sandboxes } from '../clients/sandbox.ts';
import { findOwned, type OwnedRow } from '../clients/store.ts';
import { demandOwned, type ClientState } from '../clients/versions.ts';
import type { Actor } from '../operators/roles.ts';
import type { Bilingual, Environment } from '../registry.ts';
import { findUnit } from '../units/store.ts';

/** What stands in `client.yaml`. */
export interface Wish {
  readonly unitId: string;
  readonly environment: Environment;
  /** Client metadata; `client_id` must stand in it: it says which client is meant the next time. */
  readonly metadata: Given;
}

/** What would happen, and what did. `waiting`: the request that is open asks for exactly this already. */
export type Outcome = 'created' | 'updated' | 'requested' | 'waiting' | 'unchanged';

export interface Plan {
  readonly clientId: string;
  readonly outcome: Outcome;
  /** Against what runs; of a new client everything. */
  readonly differences: readonly Difference[];
  /** What is wrong: as long as there is any, nothing can be applied. */
  readonly complaints: readonly Complaint[];
}

export interface Applied extends Omit<Plan, 'complaints'> {
  /** The number of the request that waits for others. */
  readonly request: string | undefined;
  /** Present once, when a secret was made now. */
  readonly secret: Secret | undefined;
}

/** One client as it can be read, changed and applied again. No secret. */
export interface ClientDetail {
  readonly clientId: string;
  readonly unitId: string;
  readonly unitName: Bilingual;
  readonly environment: Environment;
  readonly state: ClientState;
  readonly version: number;
  readonly metadata: Given;
}

export interface Applying {
  /** Faults: `not_found`. */
  read(actor: Actor, clientId: string): Promise<ClientDetail>;
  /** Writes nothing. Faults: `not_found`, `forbidden`, `bad_request` without a `client_id`. */
  plan(actor: Actor, wish: Wish): Promise<Plan>;
  /** Faults: those of `plan`; `bad_request` with complaints; `conflict` when others look at a request about it. */
  apply(actor: Actor, wish: Wish): Promise<Applied>;
}

export interface ApplyingParts extends ClientParts {
  readonly sandboxes: Sandboxes;
  readonly changes: Changes;
}

export function createApplying(parts: ApplyingParts): Applying {
  return {
    async read(actor, clientId) {
      const row = await demandOwned(parts, actor, 'registry.read', clientId);
      const { unitId, unitName, environment, state, version, registration } = row;
      return { clientId, unitId, unitName, environment, state, version, metadata: givenOf(registration) };
    },
    async plan(actor, wish) {
      const { standing: _, open: __, ...plan } = await prepare(parts, actor, wish);
      return plan;
    },
    apply: (actor, wish) => apply(parts, actor, wish),
  };
}

interface Prepared extends Plan {
  readonly standing: OwnedRow | undefined;
  readonly open: string | undefined;
}

async function prepare(parts: ApplyingParts, actor: Actor, wish: Wish): Promise<Prepared> {
  const clientId = wish.metadata['client_id'];
  if (typeof clientId !== 'string') throw refusal([WITHOUT_ID]);
  const unit = await findUnit(parts.postgres, wish.unitId);
  if (!unit) throw new Fault('not_found', { note: `unit "${wish.unitId}": there is none` });
  const act = wish.environment === 'sandbox' ? 'sandbox.write' : 'client.draft';
  parts.access.demand(actor, act, unit.path, wish.unitId);
  const standing = await findOwned(parts.postgres, clientId);
  const target = { unitId: wish.unitId, environment: wish.environment, clientId };
  const { read, complaints } = await examine(parts, wish.metadata, target);
  const elsewhere = standing ? misplaced(standing, wish) : [];
  const running = standing && standing.state !== 'draft' && elsewhere.length === 0 ? standing : undefined;
  const against = differences(running?.registration, read.registration);
  // Of a client of another unit nothing is told, not even whether a request about it is open.
  const open = standing && elsewhere.length === 0 ? await parts.changes.openOf(actor, clientId) : undefined;
  return {
    clientId,
    standing: elsewhere.length === 0 ? standing : undefined,
    open,
    outcome: outcomeOf(wish, standing, running !== undefined && against.length === 0),
    differences: against,
    complaints: [...elsewhere, ...complaints],
  };
}

function outcomeOf({ environment }: Wish, standing: OwnedRow | undefined, same: boolean): Outcome {
  if (same) return 'unchanged';
  if (environment === 'production') return 'requested';
  return standing ? 'updated' : 'created';
}

async function apply(parts: ApplyingParts, actor: Actor, wish: Wish): Promise<Applied> {
  const prepared = await prepare(parts, actor, wish);
  const { clientId, outcome, differences: against, complaints, standing } = prepared;
  if (complaints.length > 0) throw refusal(complaints);
  const done = { clientId, outcome, differences: against, request: undefined, secret: undefined };
  if (outcome === 'unchanged') return done;
  if (outcome === 'requested') return { ...done, ...(await request(parts, actor, wish, prepared)) };
  const { sandboxes } = parts;
  const written = standing
    ? await sandboxes.updateSandbox(actor, clientId, wish.metadata, standing.version)
    : await sandboxes.createSandbox(actor, wish.unitId, wish.metadata);
  return { ...done, secret: written.secret };
}

/** Makes a request, or brings the open one up to date, and submits it. */
async function request(
  { changes }: ApplyingParts,
  actor: Actor,
  { unitId, metadata }: Wish,
  { clientId, standing, open }: Prepared,
): Promise<Pick<Applied, 'outcome' | 'request' | 'secret'>> {
  const id = open ?? (await begun());
  const { draft, state, version } = await changes.find(actor, id);
  const same = open !== undefined && sameGiven(draft, metadata);
  if (state === 'reviewing' && same) return { outcome: 'waiting', request: id, secret: undefined };
  if (state === 'reviewing')
    throw new Fault('conflict', {
      note: `client "${clientId}": request ${id} is looked at; withdraw it first`,
    });
  const kept = same ? version : await changes.save(actor, id, metadata, version);
  const { secret } = await changes.submit(actor, id, kept);
  return { outcome: 'requested', request: id, secret };

  function begun(): Promise<string> {
    return standing
      ? changes.begin(actor, clientId, metadata)
      : changes.launch(actor, { unitId, given: metadata });
  }
}

const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]): [string, unknown] => [name, canonical(inner)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
};

const sameGiven = (a: Given, b: Given): boolean =>
  JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));

const WITHOUT_ID: Complaint = {
  member: 'client_id',
  text: {
    'zh-CN': '必须写明：再次应用时凭它认出同一应用',
    en: 'must be given: by it the same client is known the next time',
  },
};

/** Where a client lives is settled when it is made: its citizens' subjects hang on the unit. */
function misplaced(standing: OwnedRow, { unitId, environment }: Wish): readonly Complaint[] {
  if (standing.unitId !== unitId)
    return [
      {
        member: 'client_id',
        text: {
          'zh-CN': `“${standing.clientId}”已被使用，请换一个`,
          en: `"${standing.clientId}" is taken; choose another`,
        },
      },
    ];
  if (standing.state === 'retired')
    return [
      { member: 'client_id', text: { 'zh-CN': '该应用已下线，请换一个', en: 'is retired; choose another' } },
    ];
  if (standing.environment === environment) return [];
  return [
    {
      member: 'environment',
      text: {
        'zh-CN': `须为 ${standing.environment}；另一环境请用另一 client_id`,
        en: `must stay ${standing.environment}; use another client_id for the other environment`,
      },
    },
  ];
}
