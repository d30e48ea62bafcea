// The attempts that the network identity service keeps: begun by a question, ended by a citizen in the app.
import { createHash } from 'node:crypto';
import { addSeconds, type Clock } from '../../../platform/base/clock.ts';
import { randomToken } from '../../../platform/base/ids.ts';
import type { Persona } from '../../personas.ts';
import { dailyCount } from '../daily-count.ts';

/** What a citizen can do in the app. */
export const ACTS = ['present_with_face', 'present', 'cancel', 'face_failed'] as const;
export type Act = (typeof ACTS)[number];

export type Result = Readonly<Record<string, string>>;

export interface Sequence {
  readonly bizSeq: string;
  /** The question that it was begun by, and that alone may ask how it ended. */
  readonly requestId: string;
  /** Where the app leads back to; undefined for anything that is not http or https. */
  readonly returnTo: string | undefined;
  readonly expiresAt: Date;
  /** Undefined until the citizen did something. */
  readonly result: Result | undefined;
}

export interface Sequences {
  /** A new one, or the one that still waits; undefined when this question began too many today. */
  begin(requestId: string, returnTo: string): Sequence | undefined;
  /** Undefined for one that there never was, or that is too old. */
  find(bizSeq: string): Sequence | undefined;
  /** The first act counts; later ones change nothing. */
  end(bizSeq: string, persona: Persona, act: Act): void;
  resultOf(bizSeq: string, requestId: string): Result;
}

/** How long a citizen may take, and then how long the result may be asked for. */
export const LIFE_SECONDS = 300;
const REMEMBERED = 2_000;
const SEQUENCES_A_DAY = 10;
const FACES_A_DAY = 10;

/** Who never applied for one. */
const WITHOUT: ReadonlySet<string> = new Set(['not-found', 'child', 'deceased']);

/** The same on every start, made from the persona's place in our list and from nothing that is on a document. */
const networkIdOf = ({ id }: Persona): string =>
  createHash('sha256').update(`network identity of ${id}`).digest('hex');

export function createSequences(clock: Clock): Sequences {
  const sequences = new Map<string, Sequence>();
  const mayBegin = dailyCount(clock, SEQUENCES_A_DAY);
  const mayShowFace = dailyCount(clock, FACES_A_DAY);
  const find = (bizSeq: string): Sequence | undefined => {
    const sequence = sequences.get(bizSeq);
    return sequence && sequence.expiresAt > clock.now() ? sequence : undefined;
  };
  const keep = (sequence: Sequence): Sequence => {
    sequences.set(sequence.bizSeq, sequence);
    const oldest = sequences.size > REMEMBERED ? sequences.keys().next().value : undefined;
    if (oldest !== undefined) sequences.delete(oldest);
    return sequence;
  };
  const expiresAt = (): Date => addSeconds(clock.now(), LIFE_SECONDS);

  return {
    find,
    begin(requestId, returnTo) {
      for (const each of sequences.values())
        if (each.requestId === requestId && !each.result && find(each.bizSeq)) return each;
      const bizSeq = randomToken();
      if (!mayBegin(requestId, bizSeq)) return undefined;
      return keep({
        bizSeq,
        requestId,
        returnTo: webAddress(returnTo),
        expiresAt: expiresAt(),
        result: undefined,
      });
    },
    end(bizSeq, persona, act) {
      const sequence = find(bizSeq);
      if (!sequence || sequence.result) return;
      const result = ending(persona, act, () => mayShowFace(persona.id, bizSeq));
      keep({ ...sequence, result, expiresAt: expiresAt() });
    },
    resultOf(bizSeq, requestId) {
      if (sequences.get(bizSeq)?.requestId !== requestId) return { Result: 'unknown' };
      const sequence = find(bizSeq);
      return sequence ? (sequence.result ?? { Result: 'waiting' }) : { Result: 'expired' };
    },
  };
}

function ending(persona: Persona, act: Act, mayShowFace: () => boolean): Result {
  if (act === 'cancel') return { Result: 'cancelled' };
  if (WITHOUT.has(persona.id)) return { Result: 'no_network_identity' };
  const presented = { Result: 'presented', NetworkIdHash: networkIdOf(persona) };
  if (act === 'present') return { ...presented, Assurance: 'no_face' };
  if (!mayShowFace()) return { Result: 'too_many' };
  return act === 'face_failed' ? { Result: 'face_failed' } : { ...presented, Assurance: 'face' };
}

// A link that runs something (javascript:, data:) would run it in the app.
function webAddress(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined;
}
