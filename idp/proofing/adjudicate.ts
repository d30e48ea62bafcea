// The one place that decides what findings are worth. Pure: the same findings give the same decision, in any order.
import { unreachable } from '../platform/base/errors.ts';
import type { Ial } from '../assurance/assurance.ts';
import type { Finding } from './authority.ts';
import type { Decision } from './proofing.ts';

/** One finding, and who reported it. */
export interface Examined {
  readonly authority: string;
  readonly finding: Finding;
}

export interface Question {
  /** The authorities that are on, in the order in which they are asked, each resting on the ones before it. */
  readonly authorities: readonly { readonly id: string; readonly reaches: Ial }[];
  readonly findings: readonly Examined[];
  /** Whole years, by the calendar of Asia/Shanghai. */
  readonly age: number;
  readonly wanted: Ial;
  /** True when a code was confirmed on the account's phone: without it a match on that phone shows no possession. */
  readonly phoneConfirmed: boolean;
  /** True when another account holds this document. */
  readonly held: boolean;
}

// Personal Information Protection Law article 31: below 14 a guardian consents, which needs a counter.
const OWN_CONSENT_FROM_AGE = 14;

/** Seconds a citizen is asked to wait before the same question may be put again. */
export const RETRY_AFTER_SECONDS = 30;

// Of several findings by one authority the one furthest from a pass counts; an outage says nothing about the person.
const WEIGHT: Readonly<Record<Finding['is'], number>> = {
  unavailable: 0,
  pending: 1,
  match: 2,
  too_many: 3,
  cancelled: 4,
  expired: 5,
  not_live: 6,
  unsupported: 7,
  unusable: 8,
  no_record: 9,
  mismatch: 10,
  document_expired: 11,
  document_lost: 12,
  deceased: 13,
};

/** Only matches raise a level; whatever is missing, unavailable or contradictory never does. */
export function adjudicate(question: Question): Decision {
  const { authorities, findings, wanted } = question;
  if (question.age < OWN_CONSENT_FROM_AGE) return { is: 'refused', why: 'minor' };
  if (findings.some(({ finding }) => finding.is === 'deceased')) return { is: 'refused', why: 'deceased' };
  if (question.held) return { is: 'refused', why: 'held_by_another' };
  let earned: Ial = 0;
  for (const authority of authorities) {
    if (earned >= wanted) break;
    if (earned > 0 && !question.phoneConfirmed)
      return { is: 'reached', ial: earned, short: 'phone_unconfirmed' };
    const finding = heaviest(findings, authority.id);
    if (!finding) return { is: 'ask_next', authority: authority.id, earned };
    if (finding !== 'match') return withoutMatch(finding, earned);
    earned = authority.reaches;
  }
  return { is: 'reached', ial: earned };
}

/** The first authority shows that the person exists: without it there is nothing. A later one only adds. */
function withoutMatch(finding: Exclude<Finding['is'], 'match'>, earned: Ial): Decision {
  switch (finding) {
    case 'unavailable':
      return { is: 'waiting', retryAfterSeconds: RETRY_AFTER_SECONDS, earned };
    case 'unsupported':
      return earned > 0
        ? { is: 'reached', ial: earned, short: 'phone_unsupported' }
        : { is: 'refused', why: 'no_match' };
    case 'pending':
    case 'too_many':
    case 'cancelled':
    case 'expired':
    case 'not_live':
    case 'unusable':
    case 'document_expired':
    case 'document_lost':
    case 'mismatch':
    case 'no_record':
      return earned > 0
        ? { is: 'reached', ial: earned, short: 'phone_not_matched' }
        : { is: 'refused', why: 'no_match' };
    case 'deceased':
      return { is: 'refused', why: 'deceased' };
    default:
      return unreachable(finding);
  }
}

function heaviest(findings: readonly Examined[], authority: string): Finding['is'] | undefined {
  return findings
    .filter((examined) => examined.authority === authority)
    .map(({ finding }) => finding.is)
    .sort((one, other) => WEIGHT[other] - WEIGHT[one])[0];
}
