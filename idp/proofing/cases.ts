// The life of a case: opened with a claim and a way, examined by the authorities of that way, decided. Authorities are
// asked outside any transaction; what they found, the raised level and the audit event are written in one.
import type { Audit, AuditedTx } from '../audit/audit.ts';
import type { Ial } from '../assurance/assurance.ts';
import type { CitizenId, Citizens, Moves } from '../citizens/citizens.ts';
import type { Clock } from '../platform/base/clock.ts';
import { uuidv7 } from '../platform/base/ids.ts';
import type { BlindIndex } from '../platform/crypto/blind-index.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import type { Authority } from './authority.ts';
import { sealClaim, type Claim } from './cases/claim.ts';
import { examine } from './cases/examine.ts';
import { openHandover, type Handover } from './cases/handover.ts';
import { record } from './cases/settle.ts';
import { firstTryAt, inFlight } from './cases/timing.ts';
import type { CaseId } from './proofing.ts';
import * as store from './store.ts';
import { wayOf } from './ways.ts';

export type { Claim } from './cases/claim.ts';
export type { CaseRow } from './store.ts';
export { inFlight } from './cases/timing.ts';

/** What a case is opened with. */
export interface Opening {
  readonly claim: Claim;
  readonly wanted: Ial;
  /** The authority that leads. */
  readonly way: string;
}

export interface Cases {
  /** Opens a case, ending an earlier live one; the live case instead when that one is being examined right now. */
  open(citizenId: CitizenId, opening: Opening): Promise<store.CaseRow>;
  /**
   * Asks whoever is to be asked next, until the case is decided or must wait. A decided case is returned as it is.
   * `returnTo`: where the citizen's browser comes back from a hand-over; without one nobody is handed over.
   */
  examine(row: store.CaseRow, returnTo: string | undefined): Promise<store.CaseRow>;
  /**
   * Takes a case up again at a counter, in whatever state it is and with nothing claimed: the officer read the
   * document. Ends whatever else is under way. Undefined when it was moved on at the same time.
   */
  reopen(row: store.CaseRow, way: string): Promise<store.CaseRow | undefined>;
  find(citizenId: CitizenId, id: CaseId): Promise<store.CaseRow | undefined>;
  live(citizenId: CitizenId): Promise<store.CaseRow | undefined>;
  /** The newest one, decided or not. */
  latest(citizenId: CitizenId): Promise<store.CaseRow | undefined>;
  due(limit: number): Promise<readonly store.CaseRow[]>;
  /** Gives up on a case that nobody answered for too long. */
  lapse(row: store.CaseRow): Promise<void>;
  /** Where the citizen of a handed-over case goes on. */
  handover(row: store.CaseRow): Handover | undefined;
  /** The number for the counter, `1A2B-3C4D-5E6F`. */
  ticket(row: store.CaseRow): string | undefined;
}

/** Gives out the numbers by which a counter finds a case; the counter's authority brings it. */
export interface Tickets {
  issue(tx: AuditedTx, citizenId: CitizenId, caseId: CaseId): Promise<string>;
}

export interface CasesParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly citizens: Citizens;
  readonly sealer: Sealer;
  readonly index: BlindIndex;
  readonly authorities: readonly Authority[];
  readonly clock: Clock;
  readonly tickets?: Tickets | undefined;
  /** What becomes of a real person who has another account; without it only a counter can help them. */
  readonly moves?: Moves | undefined;
  /** Seconds for which a proven identity holds where the authority does not say otherwise. */
  readonly validitySeconds: number;
}

export function createCases(parts: CasesParts): Cases {
  const { postgres, audit, clock, sealer } = parts;
  return {
    open: (citizenId, opening) => open(parts, citizenId, opening),
    examine: (row, returnTo) => examine(parts, row, returnTo),
    reopen: (row, way) => reopen(parts, row, way),
    find: (citizenId, id) => store.find(postgres, citizenId, id),
    live: (citizenId) => store.live(postgres, citizenId),
    latest: (citizenId) => store.latest(postgres, citizenId),
    due: (limit) => store.due(postgres, clock.now(), limit),
    handover: (row) => openHandover(sealer, row),
    ticket: (row) => row.ticketSealed && sealer.open(row.ticketSealed, 'proofing.case.ticket', row.id),
    lapse: (row) =>
      audit.change(async (tx) => {
        const at = clock.now();
        if (await store.end(tx, row, { is: 'lapsed' }, at)) record(tx, row, [], 'lapsed');
        else tx.unchanged();
      }),
  };
}

const SUPERSEDED = { is: 'superseded' } as const;

async function open(parts: CasesParts, citizenId: CitizenId, opening: Opening): Promise<store.CaseRow> {
  const { postgres, audit, sealer } = parts;
  const at = parts.clock.now();
  const before = await store.live(postgres, citizenId);
  if (before && inFlight(before, at)) return before;
  const id = uuidv7(at) as CaseId;
  const { claim, wanted, way: lead } = opening;
  const way = wayOf(parts.authorities, lead, claim.document?.kind);
  if (!way) throw new Error(`no authority that is on leads the way ${lead}`);
  const asked = [way.lead, ...way.beside].map((authority) => authority.id);
  await audit.change(async (tx) => {
    const ended = before !== undefined && (await store.end(tx, before, SUPERSEDED, at));
    if (before && ended) record(tx, before, [], 'superseded');
    const inserted = await store.insert(tx, {
      ...sealClaim(sealer, id, claim),
      id,
      citizenId,
      wanted,
      way: lead,
      requestIds: Object.fromEntries(asked.map((authority) => [authority, uuidv7(at)])),
      nextTryAt: firstTryAt(at),
      at,
    });
    if (!inserted && !ended) tx.unchanged();
    if (inserted)
      tx.record({
        type: 'case.opened',
        data: { caseId: id, authority: lead },
        citizenId,
        actor: `citizen:${citizenId}`,
      });
  });
  // Two forms sent at once: the one that came second goes on with the case of the first.
  const opened = (await store.find(postgres, citizenId, id)) ?? (await store.live(postgres, citizenId));
  if (!opened) throw new Error('a case was neither opened nor found');
  return opened;
}

async function reopen(
  parts: CasesParts,
  row: store.CaseRow,
  way: string,
): Promise<store.CaseRow | undefined> {
  const at = parts.clock.now();
  const { citizenId, id } = row;
  const claim = sealClaim(parts.sealer, id, { document: undefined, fields: {} });
  const other = await store.live(parts.postgres, citizenId);
  return parts.audit.change(async (tx) => {
    if (other && other.id !== id && (await store.end(tx, other, SUPERSEDED, at)))
      record(tx, other, [], 'superseded');
    const reopened = await store.reopen(tx, row, { ...claim, way, requestIds: { [way]: id }, at });
    if (!reopened) tx.unchanged();
    else tx.record({ type: 'case.opened', data: { caseId: id, authority: way }, citizenId, actor: 'system' });
    return reopened;
  });
}
