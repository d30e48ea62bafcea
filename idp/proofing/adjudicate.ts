// The one place that decides what findings are worth. Pure: the same findings give the same decision, in any order.
import { unreachable } from '../platform/base/errors.ts';
import type { Ial } from '../assurance/assurance.ts';
import type { Finding } from './authority.ts';
import type { Continuity } from './continuity.ts';
import type { Decision } from './decision.ts';

/** One finding, and who reported it. */
export interface Examined {
  readonly authority: string;
  readonly finding: Finding;
}

/** The authority that leads the way that the citizen chose. */
export interface Lead {
  readonly id: string;
  readonly reaches: Ial;
  /** True: the others are asked only after its match, because a citizen or an officer has to act first. */
  readonly first: boolean;
  /** True: an officer vouches, who sees document and person. */
  readonly officer: boolean;
  /** True: its match says that the account's phone is the person's. */
  readonly bindsPhone: boolean;
}

export interface Question {
  readonly lead: Lead;
  /** Those asked beside it. */
  readonly beside: readonly string[];
  readonly findings: readonly Examined[];
  /** Whole years, by the calendar of Asia/Shanghai; undefined when nothing tells. */
  readonly age: number | undefined;
  /** True when the name holds characters that must be mapped by hand. */
  readonly nameNeedsMapping: boolean;
  /** True when many accounts failed with this number lately. */
  readonly guarded: boolean;
  /** True when this very document matched for this account before. */
  readonly matchedBefore: boolean;
  readonly continuity: Continuity;
  /** Who holds this document or pseudonym: another account, or perhaps the same person's under another document. */
  readonly holder: 'nobody_else' | 'another' | 'alike';
}

// Personal Information Protection Law article 31: below 14 a guardian consents, which takes a counter.
const OWN_CONSENT_FROM_AGE = 14;
/** A match that shows the person, not only what may be known of them. */
const REAL_PERSON: Ial = 3;
/** Seconds a citizen is asked to wait before the same question may be put again. */
export const RETRY_AFTER_SECONDS = 30;

const WAITING: Decision = { is: 'waiting', retryAfterSeconds: RETRY_AFTER_SECONDS };
const NO_MATCH: Decision = { is: 'refused', why: 'no_match' };

// Of several findings by one authority the one furthest from a pass counts; an outage says nothing about the person.
const WEIGHT: Readonly<Record<Finding['is'], number>> = {
  unavailable: 0,
  pending: 1,
  match: 2,
  expired: 3,
  cancelled: 4,
  not_live: 5,
  too_many: 6,
  unsupported: 7,
  unusable: 8,
  no_record: 9,
  mismatch: 10,
  document_expired: 11,
  document_lost: 12,
  deceased: 13,
};

/**
 * Only matches raise a level; whatever is missing, unavailable or contradictory never does. The lead is looked at before
 * what the others found: somebody whom the lead did not match learns nothing of a third person's record.
 */
export function adjudicate(question: Question): Decision {
  const { lead, findings } = question;
  return (
    beforeAsking(question) ??
    missing(question) ??
    outage(question) ??
    withoutLead(question, heaviest(findings, lead.id)) ??
    withOthers(question) ??
    minor(question) ??
    asHolder(question)
  );
}

/** What needs no authority to know. */
function beforeAsking(question: Question): Decision | undefined {
  const { lead } = question;
  if (lead.officer) return undefined;
  if (question.continuity === 'unlinked' && !lead.first) return { is: 'another_way', why: 'unlinked' };
  if (question.nameNeedsMapping) return { is: 'human', why: 'name_mapping' };
  if (question.guarded && lead.reaches < REAL_PERSON) return { is: 'another_way', why: 'guarded' };
  return minor(question);
}

function minor({ age, lead, findings }: Question): Decision | undefined {
  if (age === undefined || age >= OWN_CONSENT_FROM_AGE) return undefined;
  const guarded = findings.some(
    ({ authority, finding }) => authority === lead.id && finding.is === 'match' && finding.guardian === true,
  );
  return guarded ? undefined : { is: 'refused', why: 'minor' };
}

/** Those asked at once do not wait for each other: how long an answer takes must not tell who said no. */
function missing({ lead, beside, findings }: Question): Decision | undefined {
  const found = heaviest(findings, lead.id);
  if (lead.first && found !== 'match') return found ? undefined : { is: 'ask', authorities: [lead.id] };
  const unasked = [lead.id, ...beside].filter((id) => heaviest(findings, id) === undefined);
  return unasked.length > 0 ? { is: 'ask', authorities: unasked } : undefined;
}

/** Of those asked at once one did not answer: nothing is said before it does. A way that cannot work needs no wait. */
function outage({ lead, beside, findings }: Question): Decision | undefined {
  if (heaviest(findings, lead.id) === 'unsupported') return undefined;
  return [lead.id, ...beside].some((id) => heaviest(findings, id) === 'unavailable') ? WAITING : undefined;
}

/** Undefined when the lead matched. */
function withoutLead(question: Question, found: Finding['is'] | undefined): Decision | undefined {
  switch (found) {
    case 'match':
      return undefined;
    case undefined:
    case 'unavailable':
      return WAITING;
    case 'pending':
      return { is: 'pending' };
    case 'expired':
    case 'cancelled':
      return { is: 'another_way', why: 'not_completed' };
    case 'not_live':
    case 'too_many':
    case 'unsupported':
      return { is: 'another_way', why: found };
    case 'unusable':
      return { is: 'human', why: 'source_unusable' };
    case 'no_record':
    case 'mismatch':
      return notSo(question);
    case 'document_expired':
    case 'document_lost':
    case 'deceased':
      return { is: 'refused', why: found };
    default:
      return unreachable(found);
  }
}

/** The lead matched: what the others know may speak against it. */
function withOthers(question: Question): Decision | undefined {
  const others = question.beside
    .map((id) => heaviest(question.findings, id))
    .filter((found) => found !== undefined)
    .sort((one, other) => WEIGHT[other] - WEIGHT[one]);
  for (const found of others) {
    // It cannot be asked about this document: it has nothing to say.
    if (found === 'match' || found === 'unsupported') continue;
    // A source that takes no more questions today is one without an answer.
    if (found === 'unavailable' || found === 'pending' || found === 'too_many') return WAITING;
    return withoutLead(question, found);
  }
  return undefined;
}

/** What matched for this account before has changed in the register: that is no stranger's guess. */
const notSo = ({ matchedBefore }: Question): Decision =>
  matchedBefore ? { is: 'human', why: 'register_changed' } : NO_MATCH;

/** Everybody agrees that the asker is the holder. Is it this account's holder, and nobody else's document? */
function asHolder({ lead, continuity, holder }: Question): Decision {
  const reached: Decision = { is: 'reached', ial: lead.reaches };
  if (holder === 'another') {
    if (lead.officer) return { is: 'merge', ial: lead.reaches };
    return lead.reaches >= REAL_PERSON
      ? { is: 'human', why: 'same_person' }
      : { is: 'refused', why: 'held_by_another' };
  }
  if (continuity === 'another_person')
    return lead.bindsPhone ? { is: 'phone_released' } : { is: 'human', why: 'another_person' };
  if (lead.officer) return reached;
  if (continuity === 'unlinked') return { is: 'another_way', why: 'unlinked' };
  if (continuity === 'renumbered') return { is: 'human', why: 'number_changed' };
  if (holder === 'alike' && continuity === 'first') return { is: 'human', why: 'alike' };
  return reached;
}

function heaviest(findings: readonly Examined[], authority: string): Finding['is'] | undefined {
  return findings
    .filter((examined) => examined.authority === authority)
    .map(({ finding }) => finding.is)
    .sort((one, other) => WEIGHT[other] - WEIGHT[one])[0];
}
