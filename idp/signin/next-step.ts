// Which step comes next: one pure function. Every step returns to the dispatcher, which asks here again.
import { missing, type Demand, type Ial } from '../assurance/assurance.ts';

/** What is known so far in this sign-in. */
export interface Situation {
  /** The session of this browser, when the request lets it count. */
  readonly session: { readonly citizenId: string; readonly amr: readonly string[] } | undefined;
  /** What was shown on the pages of this sign-in. */
  readonly shown:
    | {
        readonly citizenId: string | undefined;
        readonly phoneConfirmed: boolean;
        readonly amr: readonly string[];
        readonly needsSecond: boolean;
      }
    | undefined;
  /** The account in question, as it is now; undefined before anyone is identified or when it is gone. */
  readonly citizen: { readonly active: boolean; readonly ial: Ial } | undefined;
  readonly demand: Demand;
  /** The citizen chose to go on without what the service merely wished for. */
  readonly declined: boolean;
  /** The request insists on another citizen than this one. */
  readonly wrongCitizen: boolean;
  readonly consentAnswered: boolean;
  /** The name was proven in this sign-in, and the page that says so has not been left yet. */
  readonly provenUntold: boolean;
}

export type NextStep =
  | { readonly is: 'identify' }
  | { readonly is: 'enrol' }
  | { readonly is: 'refused'; readonly why: 'account_blocked' | 'wrong_citizen' }
  | { readonly is: 'authenticate' }
  | { readonly is: 'prove' }
  | { readonly is: 'consent' }
  | { readonly is: 'done' };

/** The methods that count: those of the session and those shown now, when both are the same citizen's. */
export function amrOf(situation: Situation): readonly string[] {
  const { session, shown } = situation;
  const carried = session && (!shown || shown.citizenId === session.citizenId) ? session.amr : [];
  return [...new Set([...carried, ...(shown?.amr ?? [])])];
}

/** Whose sign-in this is, once someone has been identified. */
export function citizenOf(situation: Pick<Situation, 'session' | 'shown'>): string | undefined {
  return situation.shown ? situation.shown.citizenId : situation.session?.citizenId;
}

export function nextStep(situation: Situation): NextStep {
  const { shown, citizen, demand } = situation;
  if (shown && shown.citizenId === undefined) return { is: shown.phoneConfirmed ? 'enrol' : 'identify' };
  if (citizenOf(situation) === undefined) return { is: 'identify' };
  if (!citizen?.active) return { is: 'refused', why: 'account_blocked' };
  if (situation.wrongCitizen) return { is: 'refused', why: 'wrong_citizen' };
  if (shown?.needsSecond === true) return { is: 'authenticate' };
  const short = missing(demand.level, { ial: citizen.ial, amr: amrOf(situation) });
  if (short !== 'nothing' && !situation.declined)
    return { is: short === 'identity' ? 'prove' : 'authenticate' };
  if (short === 'nothing' && situation.provenUntold) return { is: 'prove' };
  return { is: situation.consentAnswered ? 'done' : 'consent' };
}
