// Real-name proofing: cases, the authorities that examine, the adjudication that decides. Not here: the account
// (citizens/), the pages around (signin/).
import type { Audit, AuditedTx } from '../audit/audit.ts';
import type { CitizenId, Citizens } from '../citizens/citizens.ts';
import type { Ial } from '../assurance/assurance.ts';
import type { Clock } from '../platform/base/clock.ts';
import { seconds } from '../platform/base/duration.ts';
import type { Brand } from '../platform/base/ids.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Feature } from '../platform/http/feature.ts';
import type { Step } from '../platform/http/step.ts';
import type { Limits } from '../platform/limits/limits.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import type { Log } from '../platform/telemetry/log.ts';
import type { Authority } from './authority.ts';
import { createCases } from './cases.ts';
import { keepEvidence, type Evidence } from './evidence.ts';
import { createProveStep } from './prove.ts';
import { createRetryJob } from './retry.ts';
import type { ProofingSettings } from './settings.ts';
import { evidenceOf } from './store.ts';

export type { CheckId, Evidence } from './evidence.ts';
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

export {
  checkCharacter,
  normaliseResidentId,
  parseResidentId,
  type ResidentId,
} from './documents/resident-id.ts';
export {
  looksLike,
  parseDocument,
  type DocumentProblem,
  type ParsedDocument,
} from './documents/documents.ts';
export { foldName, parseName, parseNameFor, type ParsedName } from './documents/name.ts';
export { parseOrganisationCode, type OrganisationCode } from './documents/organisation-code.ts';

export type CaseId = Brand<string, 'CaseId'>;

/** adjudicate.ts: the only place that decides. `earned` is the level that matches so far are worth, 0 to `wanted`. */
export type Decision =
  | {
      readonly is: 'reached';
      readonly ial: Ial;
      /** Why a higher level that was wanted stays out of reach; the level reached is kept. */
      readonly short?: 'phone_not_matched' | 'phone_unsupported' | 'phone_unconfirmed';
    }
  | { readonly is: 'refused'; readonly why: 'no_match' | 'deceased' | 'minor' | 'held_by_another' }
  | { readonly is: 'ask_next'; readonly authority: string; readonly earned: Ial }
  | { readonly is: 'waiting'; readonly retryAfterSeconds: number; readonly earned: Ial };

/** How a citizen's proof stands. */
export type Standing =
  | { readonly is: 'none' }
  | { readonly is: 'waiting'; readonly caseId: CaseId; readonly since: Date; readonly reaches: Ial }
  | { readonly is: 'proven'; readonly ial: Ial };

export interface ProveState {
  readonly citizenId: CitizenId;
  readonly wanted: Ial;
}

export interface Proofing {
  /**
   * The proving pages as one step: intro, form, consent to the check, result. Done when the account has reached
   * `wanted` (or the highest level these authorities give).
   */
  readonly step: Step<ProveState, { readonly ial: Ial }>;
  /** The highest identity level that any authority that is on can give. */
  readonly ceiling: Ial;
  /** The methods of all authorities that are on. */
  readonly methods: readonly string[];
  standing(citizenId: CitizenId): Promise<Standing>;
  /** What the account's levels rest on, newest first. One read of one partition. */
  evidence(citizenId: CitizenId): Promise<readonly Evidence[]>;
  /** Writes a fact that came about outside a case, in the transaction that raises the level. */
  keepEvidence(tx: AuditedTx, citizenId: CitizenId, fact: Omit<Evidence, 'checkId'>): Promise<void>;
}

export interface ProofingParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly citizens: Citizens;
  readonly sealer: Sealer;
  readonly limits: Limits;
  /** In the order in which they are asked, each resting on the ones before it. */
  readonly authorities: readonly Authority[];
  readonly settings: ProofingSettings;
  readonly log: Log;
  readonly clock: Clock;
}

/** Builds proofing over the `proofing` schema. `feature` brings the job that asks again about waiting cases. */
export function createProofing(parts: ProofingParts): Proofing & { readonly feature: Feature } {
  const { citizens, limits, authorities, settings, log, clock } = parts;
  const cases = createCases({ ...parts, validitySeconds: seconds(settings.validity) });
  const ceiling = authorities.reduce<Ial>((top, { reaches }) => (reaches > top ? reaches : top), 0);
  const keepWaitingSeconds = seconds(settings.keepWaiting);
  return {
    step: createProveStep({ cases, citizens, limits, clock, ceiling, triesPerDay: settings.triesPerDay }),
    ceiling,
    methods: authorities.map(({ method }) => method),
    evidence: (citizenId) => evidenceOf(parts.postgres, citizenId),
    keepEvidence,
    async standing(citizenId) {
      const [citizen, row] = await Promise.all([citizens.find(citizenId), cases.live(citizenId)]);
      if (row && row.wanted > (citizen?.ial ?? 0))
        return { is: 'waiting', caseId: row.id, since: row.createdAt, reaches: row.wanted };
      return citizen && citizen.ial > 0 ? { is: 'proven', ial: citizen.ial } : { is: 'none' };
    },
    feature: { name: 'proofing', jobs: [createRetryJob({ cases, clock, log, keepWaitingSeconds })] },
  };
}
