// What can come of a case: one closed vocabulary for pages, services and auditors.
import type { Ial } from '../assurance/assurance.ts';

/** Final for this claim. Each has a page with the way out. */
export type RefusedWhy =
  /** Not so, not known, or not for us to say: one page, or these pages would tell of third persons. */
  | 'no_match'
  | 'deceased'
  /** Below 14 without a guardian: Personal Information Protection Law article 31. */
  | 'minor'
  | 'held_by_another'
  | 'document_expired'
  | 'document_lost';

/** This way does not lead there; another one may. Says nothing of any person's record. */
export type AnotherWayWhy =
  | 'unsupported'
  | 'not_completed'
  | 'not_live'
  | 'too_many'
  /** Nothing shows that the holder of this account and of what was presented are one: a pseudonym says no name. */
  | 'unlinked'
  /** Many accounts tried this number lately: it takes a way that shows the person. */
  | 'guarded';

/** A person has to look: the case stays, the citizen gets a ticket. */
export type HumanWhy =
  /** The name holds characters that only the register's code table knows. */
  | 'name_mapping'
  | 'source_unusable'
  /** What matched before does not any more. */
  | 'register_changed'
  /** The same person under another number of the same kind of document. */
  | 'number_changed'
  /** The account belongs to the holder of another document. */
  | 'another_person'
  /** The real person, whose other account was proven before. */
  | 'same_person'
  /** Somebody with this name and birth date is known under another kind of document. */
  | 'alike';

export type Decision =
  | { readonly is: 'reached'; readonly ial: Ial }
  /** At a counter: the person has another account, which this one is merged into. */
  | { readonly is: 'merge'; readonly ial: Ial }
  /** The phone is registered to the asker, who is not the holder of this account: it is taken off the account. */
  | { readonly is: 'phone_released' }
  | { readonly is: 'refused'; readonly why: RefusedWhy }
  | { readonly is: 'another_way'; readonly why: AnotherWayWhy }
  | { readonly is: 'human'; readonly why: HumanWhy }
  | { readonly is: 'ask'; readonly authorities: readonly string[] }
  /** The citizen, an officer or the source is not done yet. */
  | { readonly is: 'pending' }
  /** No valid answer: asked again later, never a pass. */
  | { readonly is: 'waiting'; readonly retryAfterSeconds: number };

/** `refused:no_match`, `reached`: as it stands in the audit trail. */
export const decisionName = (decision: Decision): string =>
  'why' in decision ? `${decision.is}:${decision.why}` : decision.is;
