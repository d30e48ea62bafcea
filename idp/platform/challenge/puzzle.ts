// The work itself: a challenge that only its maker could have made, and whether it was solved. Not a picture and not a
// riddle: people do nothing (WCAG 2.2 SC 3.3.8).
import { createHash, randomInt } from 'node:crypto';
import { createChallenge, verifySolution, type Challenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { z } from 'zod';
import { addSeconds } from '../base/clock.ts';
import { hmacSha256 } from '../base/keyed.ts';

/** Iterations of PBKDF2 in one round: few, so that making a challenge costs us a quarter of a millisecond. */
const ITERATIONS = 1_000;
export const LIFE_SECONDS = 300;

const answerSchema = z.object({
  challenge: z.object({
    parameters: z.object({
      algorithm: z.literal('PBKDF2/SHA-256'),
      cost: z.literal(ITERATIONS),
      keyLength: z.literal(32),
      nonce: z.string().max(64),
      salt: z.string().max(64),
      keyPrefix: z.string().max(64),
      keySignature: z.string().length(64),
      expiresAt: z.int(),
      data: z.object({ place: z.string() }),
    }),
    signature: z.string().length(64),
  }),
  solution: z.object({ counter: z.int(), derivedKey: z.string().length(64) }),
});

export type Answer = z.infer<typeof answerSchema>;

/** What comes back in the form: base64 of JSON. Undefined for anything that no script of ours writes. */
export function readAnswer(text: string): Answer | undefined {
  if (text.length > 4_096) return undefined;
  try {
    return answerSchema.safeParse(JSON.parse(Buffer.from(text, 'base64').toString())).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Which flow and which page it is for, without telling which. */
export const placeOf = (act: string, flow: string): string =>
  createHash('sha256').update(`${act}\0${flow}`).digest('base64url');

const secretsOf = (material: Buffer): { hmacSignatureSecret: string; hmacKeySignatureSecret: string } => ({
  hmacSignatureSecret: hmacSha256(material).update('challenge').digest('hex'),
  hmacKeySignatureSecret: hmacSha256(material).update('challenge key').digest('hex'),
});

/**
 * `work`: rounds on average; from half of it to half as much again, so that nobody waits for ever. The answer is known
 * beforehand and signed, so that checking one costs two HMACs.
 */
export function makeChallenge(material: Buffer, place: string, work: number, now: Date): Promise<Challenge> {
  return createChallenge({
    ...secretsOf(material),
    algorithm: 'PBKDF2/SHA-256',
    cost: ITERATIONS,
    deriveKey,
    counter: randomInt(Math.floor(work / 2), Math.ceil(work * 1.5) + 1),
    expiresAt: addSeconds(now, LIFE_SECONDS),
    data: { place },
  });
}

/** True when this key made the challenge for this place, it has not expired, and the solution is its own. */
export async function isSolved(material: Buffer, place: string, answer: Answer, now: Date): Promise<boolean> {
  const { expiresAt, data } = answer.challenge.parameters;
  if (data.place !== place || expiresAt * 1000 <= now.getTime()) return false;
  const { verified } = await verifySolution({ ...answer, ...secretsOf(material), deriveKey });
  return verified;
}
