// The life of a case: opened with a claim, examined by one authority after another, decided. Authorities are asked
// outside any transaction; what they found, the raised level and the audit event are written in one.
import type { Audit, AuditedTx } from '../audit/audit.ts';
import type { Ial } from '../assurance/assurance.ts';
import type { CitizenId, Citizens, DocumentNumber, Phone } from '../citizens/citizens.ts';
import { addSeconds, type Clock } from '../platform/base/clock.ts';
import { uuidv7 } from '../platform/base/ids.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import { adjudicate, type Examined } from './adjudicate.ts';
import { keepEvidence } from './evidence.ts';
import { ageOn, parseResidentId, shanghaiDate } from './documents/resident-id.ts';
import * as store from './store.ts';
import type { Authority } from './authority.ts';
import type { CaseId, Decision } from './proofing.ts';

export type { CaseRow } from './store.ts';

/** What a citizen types, parsed. */
export interface Claim {
  readonly name: string;
  readonly number: DocumentNumber;
}

export interface Cases {
  /** Opens a case, ending an earlier live one; the live case instead when that one is being examined right now. */
  open(citizenId: CitizenId, claim: Claim, wanted: Ial): Promise<store.CaseRow>;
  /** Asks whoever is to be asked next, until the case is decided or must wait. A decided case is returned as it is. */
  examine(row: store.CaseRow): Promise<store.CaseRow>;
  find(citizenId: CitizenId, id: CaseId): Promise<store.CaseRow | undefined>;
  live(citizenId: CitizenId): Promise<store.CaseRow | undefined>;
  due(limit: number): Promise<readonly store.CaseRow[]>;
  /** Gives up on a case that no authority answered for too long. */
  lapse(row: store.CaseRow): Promise<void>;
}

export interface CasesParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly citizens: Citizens;
  readonly sealer: Sealer;
  /** In the order in which they are asked. */
  readonly authorities: readonly Authority[];
  readonly clock: Clock;
  /** Seconds for which a proven identity holds. */
  readonly validitySeconds: number;
}

/** Longer than all authorities together may take: an open case younger than this is being examined. */
const EXAMINING_SECONDS = 15;
const FIRST_RETRY_SECONDS = 30;
const LONGEST_RETRY_SECONDS = 3600;

/** When an undecided case is tried again: twice as long after each attempt, an hour at most. */
const retryAt = (row: store.CaseRow, at: Date): Date =>
  addSeconds(at, Math.min(FIRST_RETRY_SECONDS * 2 ** Math.min(row.attempts, 10), LONGEST_RETRY_SECONDS));

/** Someone else moved the case on; whatever we were about to write is rolled back. */
class MovedOn extends Error {}

/** True while an examination may still be running. */
export function inFlight(row: store.CaseRow, now: Date): boolean {
  return row.state === 'open' && addSeconds(row.updatedAt, EXAMINING_SECONDS) > now;
}

export function createCases(parts: CasesParts): Cases {
  const { postgres, audit, clock } = parts;
  return {
    open: (citizenId, claim, wanted) => open(parts, citizenId, claim, wanted),
    examine: (row) => examine(parts, row),
    find: (citizenId, id) => store.find(postgres, citizenId, id),
    live: (citizenId) => store.live(postgres, citizenId),
    due: (limit) => store.due(postgres, clock.now(), limit),
    lapse: (row) =>
      audit.change(async (tx) => {
        const at = clock.now();
        const verdict = { is: 'lapsed' } as const;
        const ended = {
          state: 'refused',
          findings: row.findings,
          verdict,
          nextTryAt: undefined,
          at,
        } as const;
        if (await store.settle(tx, row, ended)) record(tx, row, undefined, verdict.is);
      }),
  };
}

async function open(
  parts: CasesParts,
  citizenId: CitizenId,
  claim: Claim,
  wanted: Ial,
): Promise<store.CaseRow> {
  const { postgres, audit, authorities, sealer } = parts;
  const at = parts.clock.now();
  const before = await store.live(postgres, citizenId);
  if (before && inFlight(before, at)) return before;
  const id = uuidv7(at) as CaseId;
  await audit.change(async (tx) => {
    const ended = before ? await store.supersede(tx, citizenId, at) : 0;
    if (before && ended > 0) record(tx, before, undefined, 'superseded');
    const inserted = await store.insert(tx, {
      id,
      citizenId,
      wanted,
      nameSealed: sealer.seal(claim.name, 'proofing.case.name', id),
      numberSealed: sealer.seal(claim.number, 'proofing.case.number', id),
      requestIds: Object.fromEntries(authorities.map((authority) => [authority.id, uuidv7(at)])),
      nextTryAt: addSeconds(at, FIRST_RETRY_SECONDS),
      at,
    });
    const authority = authorities[0]?.id ?? 'none';
    if (!inserted && ended === 0) tx.unchanged();
    if (inserted)
      tx.record({
        type: 'case.opened',
        data: { caseId: id, authority },
        citizenId,
        actor: `citizen:${citizenId}`,
      });
  });
  // Two forms sent at once: the one that came second goes on with the case of the first.
  const opened = (await store.find(postgres, citizenId, id)) ?? (await store.live(postgres, citizenId));
  if (!opened) throw new Error('a case was neither opened nor found');
  return opened;
}

async function examine(parts: CasesParts, row: store.CaseRow): Promise<store.CaseRow> {
  const at = parts.clock.now();
  let current = await store.begin(parts.postgres, row, retryAt(row, at), at);
  try {
    while (current) {
      const subject = await subjectOf(parts, current);
      // An outage is forgotten with the next attempt; what was found stands.
      const known = current.findings.filter(({ finding }) => finding.is !== 'unavailable');
      const decision = adjudicate({ ...subject.question, findings: known, wanted: current.wanted });
      const more =
        decision.is === 'ask_next' ? await ask(parts, subject, current, decision.authority) : undefined;
      current = await settle(parts, current, subject, more ? [...known, more] : known, more);
      if (current.state !== 'open') return current;
    }
  } catch (error) {
    if (!(error instanceof MovedOn)) throw error;
  }
  return (await store.find(parts.postgres, row.citizenId, row.id)) ?? row;
}

/** Who is examined, opened from the seal for as long as the examination takes. */
interface Subject {
  readonly claim: Claim;
  readonly birthdate: string;
  readonly gender: 'male' | 'female';
  readonly phone: Phone | undefined;
  readonly ial: Ial;
  readonly question: {
    readonly authorities: readonly Authority[];
    readonly age: number;
    readonly phoneConfirmed: boolean;
    readonly held: boolean;
  };
}

async function subjectOf(parts: CasesParts, row: store.CaseRow): Promise<Subject> {
  const { citizens, sealer, authorities, clock } = parts;
  if (!row.nameSealed || !row.numberSealed) throw new Error('a decided case has no claim left');
  const name = sealer.open(row.nameSealed, 'proofing.case.name', row.id);
  const parsed = parseResidentId(sealer.open(row.numberSealed, 'proofing.case.number', row.id), clock.now());
  if (parsed.is === 'bad') throw new Error(`a case holds a number that is not well formed: ${parsed.why}`);
  const [attributes, citizen] = await Promise.all([
    citizens.attributes(row.citizenId),
    citizens.find(row.citizenId),
  ]);
  const phone =
    attributes.phoneVerifiedAt && attributes.phone ? (attributes.phone.reveal() as Phone) : undefined;
  return {
    claim: { name, number: parsed.number },
    birthdate: parsed.birthdate,
    gender: parsed.gender,
    phone,
    ial: citizen?.ial ?? 0,
    question: {
      authorities,
      age: ageOn(parsed.birthdate, shanghaiDate(clock.now())),
      phoneConfirmed: phone !== undefined,
      held: false,
    },
  };
}

async function ask(parts: CasesParts, subject: Subject, row: store.CaseRow, id: string): Promise<Examined> {
  const authority = parts.authorities.find((candidate) => candidate.id === id);
  const requestId = row.requestIds[id];
  if (!authority || requestId === undefined) throw new Error(`authority ${id} is not on for this case`);
  const { claim, birthdate, phone } = subject;
  const document = { kind: 'CN_RIC', ...claim, birthdate } as const;
  const finding = await authority.examine({ document, phone, more: {}, reference: undefined }, requestId);
  return { authority: id, finding };
}

const earnedBy = (decision: Decision): Ial => {
  if (decision.is === 'reached') return decision.ial;
  return decision.is === 'refused' ? 0 : decision.earned;
};

const stateOf = (decision: Decision): store.CaseState => {
  if (decision.is === 'reached') return decision.ial >= HELD_FROM ? 'proven' : 'refused';
  if (decision.is === 'refused') return 'refused';
  return decision.is === 'waiting' ? 'waiting' : 'open';
};

/** The finding, the level it is worth and the events, in one transaction. Throws MovedOn when we are too late. */
async function settle(
  parts: CasesParts,
  row: store.CaseRow,
  subject: Subject,
  findings: readonly Examined[],
  latest: Examined | undefined,
): Promise<store.CaseRow> {
  const at = parts.clock.now();
  const question = { ...subject.question, findings, wanted: row.wanted };
  return parts.audit.change(async (tx) => {
    let decision = adjudicate(question);
    const held = await raise(parts, tx, row, subject, earnedBy(decision), latest, at);
    if (held) decision = adjudicate({ ...question, held });
    else await keep(parts, tx, row, subject, earnedBy(decision), findings);
    const state = stateOf(decision);
    const nextTryAt = state === 'open' || state === 'waiting' ? retryAt(row, at) : undefined;
    const settled = await store.settle(tx, row, { state, findings, verdict: decision, nextTryAt, at });
    if (!settled) throw new MovedOn();
    record(tx, row, latest, decision.is === 'refused' ? `refused:${decision.why}` : decision.is);
    return settled;
  });
}

/**
 * From this level on a match binds the identity to whoever asked: below it, name and number are what anyone may know of
 * another, and nothing is claimed, kept or shown (or a stranger would shut the owner out).
 */
const HELD_FROM: Ial = 2;

/** True when another account holds this document; nothing is written then. */
async function raise(
  parts: CasesParts,
  tx: AuditedTx,
  row: store.CaseRow,
  subject: Subject,
  earned: Ial,
  latest: Examined | undefined,
  at: Date,
): Promise<boolean> {
  if (earned < HELD_FROM || earned <= subject.ial) return false;
  const { claim, birthdate, gender } = subject;
  const identity = { kind: 'CN_RIC', ...claim, birthdate, gender } as const;
  const expiresAt = addSeconds(at, parts.validitySeconds);
  const raised = await parts.citizens.raise(tx, row.citizenId, identity, earned, expiresAt, at);
  if (raised.is === 'held_by_another') return true;
  const method = parts.authorities.find(({ id }) => id === latest?.authority)?.method ?? 'none';
  tx.record({
    type: 'citizen.level_raised',
    data: { from: subject.ial, to: earned, method, caseId: row.id },
    citizenId: row.citizenId,
    actor: 'system',
  });
  return false;
}

/** The matches as evidence, when a level of this account rests on them. */
async function keep(
  parts: CasesParts,
  tx: AuditedTx,
  row: store.CaseRow,
  { claim, ial: standing }: Subject,
  earned: Ial,
  findings: readonly Examined[],
): Promise<void> {
  if (earned < HELD_FROM) return;
  // Nothing was raised: that the document is this account's has not been looked at yet.
  const confirms = earned <= standing;
  if (confirms && (await parts.citizens.findByDocument('CN_RIC', claim.number)) !== row.citizenId) return;
  for (const { authority: id, finding } of findings) {
    const authority = parts.authorities.find((candidate) => candidate.id === id);
    if (finding.is !== 'match' || !authority) continue;
    const { transaction, at } = finding;
    const fact = { method: authority.method, authority: id, transaction, at, ial: authority.reaches };
    await keepEvidence(tx, row.citizenId, { ...fact, document: 'CN_RIC' });
  }
}

function record(tx: AuditedTx, row: store.CaseRow, latest: Examined | undefined, decision: string): void {
  const { authority, finding } = latest ?? {};
  tx.record({
    type: 'case.decided',
    data: { caseId: row.id, authority: authority ?? 'none', finding: finding?.is ?? 'none', decision },
    citizenId: row.citizenId,
    actor: 'system',
  });
}
