// What is kept of one QR code, from the moment it is shown until its approval is taken: found by a SHA-256 of its id, and
// sealed where it says who or where. Not here: who may do what (first.ts at the computer, scans.ts at the phone).
import { createHash, randomInt } from 'node:crypto';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { randomToken } from '../../platform/base/ids.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import { keyOf, type Ephemeral } from '../../platform/store/ephemeral.ts';
import type { End, Unfit } from './fitness.ts';

/** The browser that shows the code, and what it wants to sign in to. */
export interface Computer extends End {
  readonly clientId: string;
  /** User-Agent, or empty. */
  readonly agent: string;
}

/** How a code stands, as the computer is told. Says nothing about any account. */
export type Stage = 'shown' | 'scanned' | 'picked' | 'approved' | 'refused';

/** Why a code ended without a sign-in. */
export type Reason = 'citizen' | 'wrong_number' | Unfit;
type Picked = 'right' | 'wrong';
type Ending = 'approved' | 'replaced' | Reason;

/** What the computer's browser holds of its code. */
export interface Shown {
  readonly id: string;
  /** Names the code to its own page alone: the id is on the screen for everybody to photograph. */
  readonly watch: string;
  readonly number: string;
  readonly shownAt: Date;
}

/** What the phone's side knows of a code. */
export interface Standing {
  readonly id: string;
  readonly computer: Computer;
  readonly number: string;
  readonly choices: readonly string[];
  readonly shownAt: Date;
  readonly watchKey: string;
  /** Which phone opened it: a digest, see `phoneOf`. */
  readonly phone: string | undefined;
  readonly picked: Picked | undefined;
  readonly ending: Ending | undefined;
}

export interface Approval {
  readonly citizenId: CitizenId;
  readonly at: Date;
}

/** The computer's half. */
export interface ShownCodes {
  /** Makes a code for this flow; one that it had before is forgotten. Three writes side by side. */
  show(flow: string, computer: Computer): Promise<Shown>;
  current(flow: string): Promise<Shown | undefined>;
  /** The code of this flow ends now. */
  drop(flow: string): Promise<void>;
  stage(watch: string): Promise<Stage | undefined>;
  /** Of any number of parallel callers exactly one gets the approval of this flow's code. */
  take(flow: string): Promise<Approval | undefined>;
}

/** The phone's half. */
export interface ScannedCodes {
  find(id: string): Promise<Standing | undefined>;
  /** True for the first phone alone. */
  bind(id: string, phone: string): Promise<boolean>;
  /** True for the first pick alone, right or wrong. */
  pick(id: string, picked: Picked): Promise<boolean>;
  /** True for the first ending alone. */
  end(id: string, ending: Ending): Promise<boolean>;
  approve(id: string, approval: Approval): Promise<void>;
  tell(standing: Standing, stage: Stage): Promise<void>;
}

export type Codes = ShownCodes & ScannedCodes;

/** Time to confirm on the phone once the right number was picked: signing in again takes longer than looking. */
export const CONFIRM_SECONDS = 180;
/** Time for the computer to take an approval; its page asks every two seconds. */
export const TAKE_SECONDS = 60;

const PLACES = { flow: 'factors.qr.flow', computer: 'factors.qr.computer' } as const;
const CHOICES = 3;

/** One phone of one citizen: the account and the browser it is open in. */
export function phoneOf(citizenId: CitizenId, browser: string): string {
  return createHash('sha256').update(`${citizenId}\0${browser}`).digest('base64url');
}

/** Different numbers of two digits, and which of them is shown on the computer. */
function numbers(): { number: string; choices: readonly string[] } {
  const all = new Set<string>();
  while (all.size < CHOICES) all.add(String(randomInt(10, 100)));
  const choices = [...all];
  return { number: choices[randomInt(CHOICES)] ?? '', choices: choices.toSorted() };
}

interface Sealed extends Omit<Standing, 'id' | 'shownAt' | 'phone' | 'picked' | 'ending'> {
  readonly shownAt: number;
}

export interface CodesParts {
  readonly ephemeral: Ephemeral;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly lifeSeconds: number;
}

export function createCodes(parts: CodesParts): Codes {
  return { ...shownCodes(parts), ...scannedCodes(parts) };
}

const keepSecondsOf = ({ lifeSeconds }: CodesParts): number => lifeSeconds + CONFIRM_SECONDS + TAKE_SECONDS;

/** A value that says who or where, as it is kept: bound to the id or flow that it belongs to. */
function sealing({ sealer }: CodesParts) {
  const digest = (row: string): string => createHash('sha256').update(row).digest('base64url');
  return {
    seal: (value: object, place: string, row: string): string =>
      sealer.seal(JSON.stringify(value), place, digest(row)).toString('base64'),
    open: (value: string, place: string, row: string): unknown =>
      JSON.parse(sealer.open(Buffer.from(value, 'base64'), place, digest(row))),
  };
}

async function textAt({ ephemeral }: CodesParts, key: string): Promise<string | undefined> {
  const kept = await ephemeral.get(key);
  return typeof kept?.value === 'string' ? kept.value : undefined;
}

function shownCodes(parts: CodesParts): ShownCodes {
  const { ephemeral, clock } = parts;
  const { seal, open } = sealing(parts);
  const keepSeconds = keepSecondsOf(parts);
  const current = async (flow: string): Promise<Shown | undefined> => {
    const sealed = await textAt(parts, keyOf('qr-flow', flow));
    if (sealed === undefined) return undefined;
    const kept = open(sealed, PLACES.flow, flow) as Omit<Shown, 'shownAt'> & { shownAt: number };
    return { ...kept, shownAt: new Date(kept.shownAt) };
  };
  return {
    current,
    async show(flow, computer) {
      // 128 bits each (ASVS 5.0 7.2.3).
      const [id, watch] = [randomToken(16), randomToken(16)];
      const { number, choices } = numbers();
      const shownAt = clock.now();
      const watchKey = keyOf('qr-watch', watch);
      const asked: Sealed = { computer, number, choices, watchKey, shownAt: shownAt.getTime() };
      const shown = { id, watch, number, shownAt: shownAt.getTime() };
      await Promise.all([
        ephemeral.put(keyOf('qr', id), seal(asked, PLACES.computer, id), keepSeconds),
        ephemeral.put(keyOf('qr-flow', flow), seal(shown, PLACES.flow, flow), keepSeconds),
        ephemeral.put(watchKey, 'shown', keepSeconds),
      ]);
      return { ...shown, shownAt };
    },
    async drop(flow) {
      const shown = await current(flow);
      if (!shown) return;
      await Promise.all([
        ephemeral.once(keyOf('qr-end', shown.id), 'replaced', keepSeconds),
        ephemeral.delete(keyOf('qr-flow', flow)),
      ]);
    },
    stage: (watch) => textAt(parts, keyOf('qr-watch', watch)) as Promise<Stage | undefined>,
    async take(flow) {
      const shown = await current(flow);
      if (!shown) return undefined;
      const key = keyOf('qr-yes', shown.id);
      const approval = (await ephemeral.get(key))?.value as { citizenId: CitizenId; at: number } | undefined;
      if (!approval || (await ephemeral.claim(key)) !== 'claimed') return undefined;
      const at = new Date(approval.at);
      return addSeconds(at, TAKE_SECONDS) > clock.now() ? { citizenId: approval.citizenId, at } : undefined;
    },
  };
}

function scannedCodes(parts: CodesParts): ScannedCodes {
  const { ephemeral } = parts;
  const { open } = sealing(parts);
  const keepSeconds = keepSecondsOf(parts);
  return {
    async find(id) {
      const [sealed, phone, picked, ending] = await Promise.all(
        (['qr', 'qr-phone', 'qr-pick', 'qr-end'] as const).map((kind) => textAt(parts, keyOf(kind, id))),
      );
      if (sealed === undefined) return undefined;
      const asked = open(sealed, PLACES.computer, id) as Sealed;
      return {
        ...asked,
        id,
        shownAt: new Date(asked.shownAt),
        phone,
        picked: picked as Picked | undefined,
        ending: ending as Ending | undefined,
      };
    },
    bind: (id, phone) => ephemeral.once(keyOf('qr-phone', id), phone, keepSeconds),
    pick: (id, picked) => ephemeral.once(keyOf('qr-pick', id), picked, keepSeconds),
    end: (id, ending) => ephemeral.once(keyOf('qr-end', id), ending, keepSeconds),
    approve: (id, { citizenId, at }) =>
      ephemeral.put(keyOf('qr-yes', id), { citizenId, at: at.getTime() }, TAKE_SECONDS),
    tell: ({ watchKey }, stage) => ephemeral.put(watchKey, stage, keepSeconds),
  };
}
