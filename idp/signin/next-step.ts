// Which step comes next: one pure function. Every step returns to the dispatcher, which asks here again.
import { aalOf, missing, rungOf, type Aal, type Demand, type Ial } from '../assurance/assurance.ts';

/** What is known so far in this sign-in. */
export interface Situation {
  /** The session of this browser, when the request lets it count. */
  readonly session:
    | {
        readonly citizenId: string;
        readonly amr: readonly string[];
        /** False: signed in too long ago for the demanded level, so that what was shown then no longer counts. */
        readonly fresh: boolean;
      }
    | undefined;
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
  readonly citizen: { readonly active: boolean; readonly frozen?: boolean; readonly ial: Ial } | undefined;
  readonly demand: Demand;
  /** The citizen chose to go on without what the service merely wished for. */
  readonly declined: boolean;
  /** The request insists on another citizen than this one. */
  readonly wrongCitizen: boolean;
  /** The service is a test of somebody else’s team. */
  readonly outsider?: boolean;
  readonly consentAnswered: boolean;
  /**
   * What the circumstances of this sign-in ask beyond the service: a factor level, methods that do not count, and factors
   * that are not to be used.
   */
  readonly risk: {
    readonly floor: Aal;
    readonly discounted: readonly string[];
    readonly refuses?: readonly string[];
  };
  /** The factor level that one of our own pages asks for, before it changes how the account is signed in to; else 0. */
  readonly changing: Aal;
  /** The console asks for a passkey in this very sign-in, and the account has one. */
  readonly passkey?: boolean;
  /** The citizen trusts this device: it spares the second half of a sign-in, never what a service asks. */
  readonly trustedDevice: boolean;
  /** A factor is to be offered before the citizen goes on. */
  readonly offerDue: boolean;
  /** The name was proven in this sign-in, and the page that says so has not been left yet. */
  readonly provenUntold: boolean;
}

/**
 * Why a further factor is asked: the service, the circumstances, a change to come, the console, a password too short to
 * stand alone.
 */
export type AuthenticateWhy = 'service' | 'risk' | 'change' | 'console' | 'short_password';

export type NextStep =
  | { readonly is: 'identify' }
  | { readonly is: 'enrol' }
  | { readonly is: 'refused'; readonly why: 'account_blocked' | 'wrong_citizen' | 'outsider' }
  /** The account is frozen: its holder may open it again. */
  | { readonly is: 'frozen' }
  | {
      readonly is: 'authenticate';
      readonly aal: Aal;
      readonly why: AuthenticateWhy;
      /** True: nothing but a passkey will do. */
      readonly passkey?: boolean;
    }
  | { readonly is: 'prove' }
  | { readonly is: 'offer' }
  | { readonly is: 'consent' }
  | { readonly is: 'done' };

/** The methods that count: those of the session and those shown now, when both are the same citizen's. */
export function amrOf({
  session,
  shown,
  risk,
}: Pick<Situation, 'session' | 'shown' | 'risk'>): readonly string[] {
  const same = session?.fresh === true && (!shown || shown.citizenId === session.citizenId);
  const all = new Set([...(same ? session.amr : []), ...(shown?.amr ?? [])]);
  return [...all].filter((method) => !risk.discounted.includes(method));
}

/** Whose sign-in this is, once someone has been identified. */
export function citizenOf(situation: Pick<Situation, 'session' | 'shown'>): string | undefined {
  return situation.shown ? situation.shown.citizenId : situation.session?.citizenId;
}

/** A factor that this very sign-in lacks, whatever the service asks; undefined when it stands on its own. */
function half(situation: Situation): Extract<NextStep, { is: 'authenticate' }> | undefined {
  const { shown, risk, changing, trustedDevice } = situation;
  if (!shown) return undefined;
  const aal = aalOf(amrOf(situation));
  if (aal < risk.floor) return { is: 'authenticate', aal: risk.floor, why: 'risk' };
  if (situation.passkey === true && !amrOf(situation).includes('user'))
    return { is: 'authenticate', aal: 2, why: 'console', passkey: true };
  if (aal < changing) return { is: 'authenticate', aal: changing, why: 'change' };
  if (shown.needsSecond && !trustedDevice && aal < 2)
    return { is: 'authenticate', aal: 2, why: 'short_password' };
  return undefined;
}

export function nextStep(situation: Situation): NextStep {
  const { shown, citizen, demand } = situation;
  if (shown && shown.citizenId === undefined) return { is: shown.phoneConfirmed ? 'enrol' : 'identify' };
  if (citizenOf(situation) === undefined) return { is: 'identify' };
  if (citizen?.frozen === true) return { is: 'frozen' };
  if (!citizen?.active) return { is: 'refused', why: 'account_blocked' };
  if (situation.wrongCitizen) return { is: 'refused', why: 'wrong_citizen' };
  if (situation.outsider === true) return { is: 'refused', why: 'outsider' };
  const lacking = half(situation);
  if (lacking) return lacking;
  const short = missing(demand.level, { ial: citizen.ial, amr: amrOf(situation) });
  if (short !== 'nothing' && !situation.declined)
    return short === 'identity'
      ? { is: 'prove' }
      : { is: 'authenticate', aal: rungOf(demand.level).aal, why: 'service' };
  if (short === 'nothing' && situation.provenUntold) return { is: 'prove' };
  if (situation.offerDue) return { is: 'offer' };
  return { is: situation.consentAnswered ? 'done' : 'consent' };
}
