// Real-name proofing: cases, the authorities that examine, the adjudication that decides. Not here: the account
// (citizens/), the pages around (signin/).
import type { Audit, AuditedTx, Records } from '../audit/audit.ts';
import type { CitizenId, Citizens, Moves } from '../citizens/citizens.ts';
import type { Ial } from '../assurance/assurance.ts';
import type { Clock } from '../platform/base/clock.ts';
import { seconds } from '../platform/base/duration.ts';
import type { Brand } from '../platform/base/ids.ts';
import type { BlindIndex } from '../platform/crypto/blind-index.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Feature } from '../platform/http/feature.ts';
import type { Step } from '../platform/http/step.ts';
import type { Limits } from '../platform/limits/limits.ts';
import type { Notify } from '../platform/notify/notify.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import type { Log } from '../platform/telemetry/log.ts';
import type { Authority } from './authority.ts';
import { createCases, type CaseRow, type Tickets } from './cases.ts';
import { decided } from './cases/counter.ts';
import { keepEvidence, type Evidence, type NewEvidence } from './cases/evidence.ts';
import { createTell } from './cases/tell.ts';
import { createProveStep } from './prove.ts';
import { reasonOf, type ProofingReason } from './reason.ts';
import { createRetryJob } from './cases/retry.ts';
import { proofingRecords } from './retention/records.ts';
import type { ProofingSettings } from './settings.ts';
import { regradeCommand } from './regrading/command.ts';
import { evidenceOf } from './store.ts';
import { ceilingOf } from './ways.ts';

export { PROOFING_REASONS, type ProofingReason } from './reason.ts';

export type { CheckId, Evidence } from './cases/evidence.ts';
export type { Decision } from './decision.ts';
export type { Tickets } from './cases.ts';
export type {
  Authority,
  Begun,
  Claimed,
  ClaimedDocument,
  Collect,
  Details,
  Finding,
  MoreField,
  Wording,
} from './authority.ts';

export {
  createMobileOperator,
  mobileOperatorSettings,
} from './authorities/mobile-operator/mobile-operator.ts';
export {
  createPopulationRegister,
  populationRegisterSettings,
} from './authorities/population-register/population-register.ts';
export { proofingSettings, type ProofingSettings } from './settings.ts';
export { sealedTables } from './store.ts';

export {
  checkCharacter,
  normaliseResidentId,
  parseResidentId,
  type ResidentId,
} from './documents/resident-id.ts';
export {
  documentNumbers,
  looksLike,
  parseDocument,
  type DocumentProblem,
  type ParsedDocument,
} from './documents/documents.ts';
export { foldName, parseName, parseNameFor, type ParsedName } from './documents/name.ts';
export { parseOrganisationCode, type OrganisationCode } from './documents/organisation-code.ts';

export type CaseId = Brand<string, 'CaseId'>;

/** How a citizen's proof stands. */
export type Standing =
  | { readonly is: 'none' }
  /** Something is under way; `by`: who has to act next. */
  | {
      readonly is: 'waiting';
      readonly caseId: CaseId;
      readonly since: Date;
      readonly reaches: Ial;
      readonly by: 'system' | 'citizen' | 'human';
    }
  | { readonly is: 'proven'; readonly ial: Ial };

export interface ProveState {
  readonly citizenId: CitizenId;
  readonly wanted: Ial;
  /**
   * Asks for a proof that is younger than this, of the very document that the account holds: who is here, not what the
   * account once reached. Only ways that show the person can be `wanted` then.
   */
  readonly since?: Date | undefined;
}

/** 'start_over': the citizen who was identified is not the one who is here; somebody has to sign in anew. */
export type Proved = { readonly is: 'reached'; readonly ial: Ial } | { readonly is: 'start_over' };

export interface Proofing {
  /**
   * The proving pages as one step: form with consent, choice of document and way, hand-over, result. Done when the
   * account has reached `wanted` (or the highest level these authorities give).
   */
  readonly step: Step<ProveState, Proved>;
  /** The highest identity level that any authority that is on can give. */
  readonly ceiling: Ial;
  /** The methods of all authorities that are on. */
  readonly methods: readonly string[];
  standing(citizenId: CitizenId): Promise<Standing>;
  /**
   * How the proof of this level stands, for the service that asked. Without `wanted`: of the level that was tried for
   * last.
   */
  reason(citizenId: CitizenId, wanted?: Ial): Promise<ProofingReason>;
  /** An officer has decided about a ticket: the case goes on. */
  decided(citizenId: CitizenId, caseId: CaseId): Promise<void>;
  /** What the account's levels rest on, newest first. One read of one partition. */
  evidence(citizenId: CitizenId): Promise<readonly Evidence[]>;
  /** Writes a fact that came about outside a case, in the transaction that raises the level. */
  keepEvidence(tx: AuditedTx, citizenId: CitizenId, fact: NewEvidence): Promise<void>;
}

export interface ProofingParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly citizens: Citizens;
  readonly sealer: Sealer;
  readonly index: BlindIndex;
  readonly limits: Limits;
  readonly notify: Pick<Notify, 'text'>;
  /** In the order in which citizens are offered them. */
  readonly authorities: readonly Authority[];
  /** Numbers for the counter, where there is one. */
  readonly tickets?: Tickets | undefined;
  readonly moves?: Moves | undefined;
  readonly settings: ProofingSettings;
  readonly log: Log;
  readonly clock: Clock;
}

/** Builds proofing over the `proofing` schema. `feature` brings the job that asks again about waiting cases. */
export function createProofing(
  parts: ProofingParts,
): Proofing & { readonly feature: Feature; readonly records: Records } {
  const { citizens, limits, authorities, settings, log, clock } = parts;
  const ids = new Set(authorities.map(({ id }) => id));
  for (const { id, leads, reaches } of authorities)
    if (leads && reaches < 2) throw new Error(`${id}: name and number are no way: anyone may know them`);
  for (const { id, beside } of authorities)
    for (const other of beside)
      if (!ids.has(other)) throw new Error(`${id}: ${other} is to be asked beside it, and is not on`);
  const cases = createCases({ ...parts, validitySeconds: seconds(settings.validity) });
  const keepWaitingSeconds = seconds(settings.keepWaiting);
  const tell = createTell(parts);
  const methods = authorities.map(({ method }) => method);
  return {
    step: createProveStep({
      cases,
      citizens,
      limits,
      clock,
      authorities,
      triesPerDay: settings.triesPerDay,
      movesAfterSeconds: parts.moves?.waitSeconds,
    }),
    ceiling: ceilingOf(authorities),
    methods,
    evidence: (citizenId) => evidenceOf(parts.postgres, citizenId),
    keepEvidence,
    async standing(citizenId) {
      const [citizen, row] = await Promise.all([citizens.find(citizenId), cases.live(citizenId)]);
      if (row && row.wanted > (citizen?.ial ?? 0)) return waiting(row);
      return citizen && citizen.ial > 0 ? { is: 'proven', ial: citizen.ial } : { is: 'none' };
    },
    async reason(citizenId, wanted) {
      const [citizen, row] = await Promise.all([citizens.find(citizenId), cases.latest(citizenId)]);
      return reasonOf(row, citizen?.ial ?? 0, wanted);
    },
    decided: (citizenId, caseId) => decided(cases, tell, citizenId, caseId),
    records: proofingRecords(parts),
    feature: {
      name: 'proofing',
      jobs: [createRetryJob({ cases, clock, log, tell, keepWaitingSeconds })],
      commands: [regradeCommand(parts)],
    },
  };
}

function waiting({ id, createdAt, wanted, state }: CaseRow): Standing {
  const by = state === 'review' ? 'human' : state === 'handed' ? 'citizen' : 'system';
  return { is: 'waiting', caseId: id, since: createdAt, reaches: wanted, by };
}
