// The attempts that the stand-in for the face vendor knows: who is to be checked, until when, and what came of it. In
// memory, and only the last ones. There is no picture anywhere: a tester says what the camera would have seen.
import { randomBytes } from 'node:crypto';
import { shanghaiDate } from '../../platform/base/calendar.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import type { Population } from '../population.ts';
import { textOf, type Question } from '../stand-in.ts';

/** What a tester can let happen before the camera. */
export const SCENES = ['passed', 'another', 'not_live', 'left', 'review'] as const;
export type Scene = (typeof SCENES)[number];

export interface Attempt {
  readonly certifyId: string;
  readonly orderNumber: string;
  readonly name: string;
  readonly number: string;
  readonly returnUrl: string;
  readonly begunAt: Date;
  /** Undefined until the citizen is done; never changed afterwards. */
  readonly scene: Scene | undefined;
}

/** The vendor's answer, without the number of the transaction. */
export type Answer = Readonly<{ Code: string; Message: string; ResultObject?: unknown }>;

export interface Attempts {
  /** InitFaceVerify; `addressOf` makes the link to the page of an attempt. */
  begin(question: Question, addressOf: (certifyId: string) => string): Answer;
  /** An attempt that can still be finished, or was. */
  find(certifyId: string): Attempt | undefined;
  /** Once; false when it is over, or was finished before. */
  finish(certifyId: string, scene: Scene): boolean;
  /** DescribeFaceVerify. */
  describe(certifyId: string): Answer;
}

const LIFE_SECONDS = 30 * 60;
const TRIES_PER_DAY = 10;
const REMEMBERED = 2_000;
const NEEDED = ['SceneId', 'ProductCode', 'Model', 'CertType', 'CertName', 'CertNo', 'MetaInfo', 'ReturnUrl'];

export function createAttempts(clock: Clock, population: Population): Attempts {
  const attempts = new Map<string, Attempt>();
  const today = (number: string): number =>
    [...attempts.values()].filter(
      (each) => each.number === number && shanghaiDate(each.begunAt) === shanghaiDate(clock.now()),
    ).length;

  const find = (certifyId: string): Attempt | undefined => {
    const attempt = attempts.get(certifyId);
    const over = attempt && !attempt.scene && addSeconds(attempt.begunAt, LIFE_SECONDS) <= clock.now();
    return over ? undefined : attempt;
  };

  return {
    begin(question, addressOf) {
      const read = attemptOf(question, clock.now());
      if (!read) return { Code: '400', Message: 'parameters' };
      // The same order number twice is one attempt, also when the first answer was lost.
      const known = [...attempts.values()].find(({ orderNumber }) => orderNumber === read.orderNumber);
      if (!known && today(read.number) >= TRIES_PER_DAY) return { Code: '418', Message: 'too many today' };
      const { certifyId } = known ?? read;
      if (!known) attempts.set(certifyId, read);
      const oldest = attempts.size > REMEMBERED ? attempts.keys().next().value : undefined;
      if (oldest !== undefined) attempts.delete(oldest);
      const ResultObject = { CertifyId: certifyId, CertifyUrl: addressOf(certifyId) };
      return { Code: '200', Message: 'success', ResultObject };
    },
    find,
    finish(certifyId, scene) {
      const attempt = find(certifyId);
      if (!attempt || attempt.scene) return false;
      attempts.set(certifyId, { ...attempt, scene });
      return true;
    },
    describe(certifyId) {
      const attempt = find(certifyId);
      if (!attempt) return { Code: '406', Message: 'no such CertifyId' };
      if (!attempt.scene) return { Code: '403', Message: 'not finished' };
      if (attempt.scene === 'review') return { Code: '417', Message: 'source not usable' };
      return { Code: '200', Message: 'success', ResultObject: resultOf(attempt, attempt.scene, population) };
    },
  };
}

function attemptOf(question: Question, begunAt: Date): Attempt | undefined {
  const orderNumber = textOf(question['OuterOrderNo']);
  if (!/^[A-Za-z0-9]{32}$/.test(orderNumber)) return undefined;
  if (NEEDED.some((name) => textOf(question[name]) === '')) return undefined;
  return {
    certifyId: randomBytes(16).toString('hex'),
    orderNumber,
    name: textOf(question['CertName']),
    number: textOf(question['CertNo']),
    returnUrl: textOf(question['ReturnUrl']),
    begunAt,
    scene: undefined,
  };
}

/** Passed T only for a face that passed and a name and number that the register knows together. */
function resultOf(
  attempt: Attempt,
  scene: Exclude<Scene, 'review'>,
  population: Population,
): Readonly<Record<string, unknown>> {
  const named = { CertifyId: attempt.certifyId, OuterOrderNo: attempt.orderNumber };
  const failed = (SubCode: string) => ({ ...named, Passed: 'F', SubCode });
  if (scene === 'left') return failed('1003');
  if (scene === 'not_live') return { ...failed('205'), MaterialInfo: { faceAttack: 'T' } };
  if (scene === 'another')
    return { ...failed('204'), MaterialInfo: { faceAttack: 'F', faceOcclusion: 'F', verifyScore: 31.7 } };
  const resident = population.resident(attempt.number);
  if (resident?.name !== attempt.name) return failed('201');
  if (resident.deceased) return failed('202');
  const MaterialInfo = { faceAttack: 'F', faceOcclusion: 'F', verifyScore: 96.4 };
  return { ...named, Passed: 'T', SubCode: '200', MaterialInfo };
}
