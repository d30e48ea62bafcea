// The phone's side: the first phone that opens a code owns it, its first pick counts, and a right pick is an approval
// only with a session that vouches. Nothing here is approved by looking.
import type { Audit } from '../../audit/audit.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import type { Limit, Limits } from '../../platform/limits/limits.ts';
import {
  CONFIRM_SECONDS,
  phoneOf,
  type ScannedCodes,
  type Computer,
  type Reason,
  type Standing,
} from './codes.ts';
import { near, vouches, type MayUse, type PlaceOf } from './fitness.ts';

/** Who holds the phone, and by what they are signed in there. */
export interface Phone {
  readonly citizenId: CitizenId;
  readonly amr: readonly string[];
  /** Seconds since the epoch. */
  readonly authTime: number;
  /** The random value of this browser. */
  readonly browser: string;
  readonly address: string;
  readonly device: string | undefined;
  /** The request's reference number. */
  readonly reference: string;
}

/** What the phone is told of the computer. */
export interface Asking extends Pick<Computer, 'clientId' | 'agent'> {
  readonly shownAt: Date;
  /** True when phone and computer seem to be in one place. */
  readonly near: boolean;
  /** The computer's city, where it is known. */
  readonly place: ReturnType<PlaceOf>;
}

export type Seen =
  /** Unknown, too late, or replaced by another code. */
  | { readonly is: 'gone' }
  /** Another phone was first. */
  | { readonly is: 'used' }
  | { readonly is: 'refused'; readonly reason: Reason }
  | { readonly is: 'pick'; readonly asking: Asking; readonly choices: readonly string[] }
  /** The right number was picked. `vouched` false: the person has to sign in on this phone again first. */
  | { readonly is: 'confirm'; readonly asking: Asking; readonly vouched: boolean }
  | { readonly is: 'approved'; readonly asking: Asking };

export interface Scans {
  /** True while there is something to open: asked before anybody is made to sign in. */
  waits(id: string): Promise<boolean>;
  /** Opens the code, or looks at it again. Throws Fault `too_many`. */
  open(id: string, phone: Phone): Promise<Seen>;
  /** Only the first pick of the phone that opened the code counts; a wrong one ends it. */
  pick(id: string, phone: Phone, number: string): Promise<void>;
  /** Approves after a right pick, when the session vouches by now. */
  confirm(id: string, phone: Phone): Promise<void>;
  refuse(id: string, phone: Phone): Promise<void>;
}

export interface ScansParts {
  readonly codes: ScannedCodes;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly mayUse: MayUse;
  readonly placeOf?: PlaceOf;
  readonly perAccount: Limit;
  readonly lifeSeconds: number;
}

export function createScans(parts: ScansParts): Scans {
  const { codes } = parts;
  return {
    async waits(id) {
      const standing = await codes.find(id);
      return standing !== undefined && seen(parts, standing, undefined).is !== 'gone';
    },
    open: (id, phone) => open(parts, id, phone),
    async pick(id, phone, number) {
      const standing = await own(parts, id, phone);
      if (!standing || seen(parts, standing, phone).is !== 'pick') return;
      const isRight = number === standing.number;
      if (!(await codes.pick(id, isRight ? 'right' : 'wrong'))) return;
      if (!isRight) return refuse(parts, standing, phone, 'wrong_number');
      await codes.tell(standing, 'picked');
      if (vouches(phone, parts.clock.now())) await approve(parts, standing, phone);
    },
    async confirm(id, phone) {
      const standing = await own(parts, id, phone);
      const now = standing && seen(parts, standing, phone);
      if (standing && now?.is === 'confirm' && now.vouched) await approve(parts, standing, phone);
    },
    async refuse(id, phone) {
      const standing = await own(parts, id, phone);
      if (standing) await refuse(parts, standing, phone, 'citizen');
    },
  };
}

/** The code, when this phone is the one that opened it. */
async function own({ codes }: ScansParts, id: string, phone: Phone): Promise<Standing | undefined> {
  const standing = await codes.find(id);
  return standing?.phone === phoneOf(phone.citizenId, phone.browser) ? standing : undefined;
}

async function open(parts: ScansParts, id: string, phone: Phone): Promise<Seen> {
  const { codes, limits, perAccount } = parts;
  const mine = phoneOf(phone.citizenId, phone.browser);
  const standing = await codes.find(id);
  if (!standing) return { is: 'gone' };
  if (standing.phone !== undefined)
    return standing.phone === mine ? seen(parts, standing, phone) : { is: 'used' };
  const before = seen(parts, standing, phone);
  if (before.is !== 'pick') return before;
  await limits.spend(perAccount, phone.citizenId);
  if (!(await codes.bind(id, mine)) && !(await own(parts, id, phone))) return { is: 'used' };
  const unfit = await unfitness(parts, standing, phone);
  if (unfit !== undefined) {
    await refuse(parts, standing, phone, unfit);
    return { is: 'refused', reason: unfit };
  }
  await codes.tell(standing, 'scanned');
  return before;
}

/** How the code stands, for the phone that may see it; `phone` undefined: nobody is signed in yet. */
function seen(
  { clock, lifeSeconds, placeOf }: ScansParts,
  standing: Standing,
  phone: Phone | undefined,
): Seen {
  const { computer, shownAt, choices, picked, ending } = standing;
  const asking: Asking = {
    clientId: computer.clientId,
    agent: computer.agent,
    shownAt,
    near: phone !== undefined && near(computer.address, phone.address),
    place: placeOf?.(computer.address),
  };
  if (ending === 'replaced') return { is: 'gone' };
  if (ending === 'approved') return { is: 'approved', asking };
  if (ending !== undefined) return { is: 'refused', reason: ending };
  if (picked === 'wrong') return { is: 'refused', reason: 'wrong_number' };
  const now = clock.now();
  // 63B-4 3.1.3: an out-of-band transaction ends with its time, whoever is in the middle of it.
  const until = addSeconds(shownAt, lifeSeconds + (picked === 'right' ? CONFIRM_SECONDS : 0));
  if (until <= now) return { is: 'gone' };
  if (picked === undefined) return { is: 'pick', asking, choices };
  return { is: 'confirm', asking, vouched: phone !== undefined && vouches(phone, now) };
}

async function unfitness(
  { mayUse }: ScansParts,
  { computer }: Standing,
  phone: Phone,
): Promise<Reason | undefined> {
  const { citizenId, address, device } = phone;
  const { clientId } = computer;
  const fit = await mayUse({ citizenId, clientId, computer, phone: { address, device } });
  if (fit === true) return undefined;
  return fit === false ? 'risk' : fit;
}

async function approve(parts: ScansParts, standing: Standing, phone: Phone): Promise<void> {
  const { codes, audit, clock } = parts;
  const { id, computer } = standing;
  const unfit = await unfitness(parts, standing, phone);
  if (unfit !== undefined) return refuse(parts, standing, phone, unfit);
  if (!(await codes.end(id, 'approved'))) return;
  // Written before the computer can take it: no sign-in without its trace.
  await audit.change((tx) => {
    tx.record({ type: 'signin.qr_approved', data: {}, ...about(phone, computer) });
    return Promise.resolve();
  });
  await codes.approve(id, { citizenId: phone.citizenId, at: clock.now() });
  await codes.tell(standing, 'approved');
}

async function refuse(parts: ScansParts, standing: Standing, phone: Phone, reason: Reason): Promise<void> {
  const { codes, audit } = parts;
  if (!(await codes.end(standing.id, reason))) return;
  await codes.tell(standing, 'refused');
  await audit.change((tx) => {
    tx.record({ type: 'signin.qr_refused', data: { reason }, ...about(phone, standing.computer) });
    return Promise.resolve();
  });
}

const about = ({ citizenId, reference }: Phone, { clientId }: Computer) => ({
  citizenId,
  clientId,
  actor: `citizen:${citizenId}`,
  reference,
});
