// What the ground under the provider has to offer, looked at one by one. Every check answers; none throws.
import { totalmem } from 'node:os';
import type { Clock } from '../platform/base/clock.ts';
import { randomToken } from '../platform/base/ids.ts';
import { PURPOSES, type Keyring } from '../platform/crypto/keyring.ts';
import { keyOf, type Ephemeral } from '../platform/store/ephemeral.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import { examineHashing, isWanted, LEAST, WANTED_MS, type Cost, type Measure } from './hashing.ts';
import { serverState } from './store.ts';

export interface Ground {
  readonly postgres: Postgres;
  readonly ephemeral: Ephemeral;
  readonly keyring: Keyring;
  readonly clock: Clock;
  /** The password settings in use; `maxConcurrent` 0: one per core. */
  readonly password: Cost & { readonly maxConcurrent: number; readonly maxWaitMs: number };
  readonly measure: Measure;
}

export interface Found {
  readonly check: string;
  /** `advice`: it works, and could be better. */
  readonly verdict: 'well' | 'advice' | 'wrong';
  /** One sentence. Never a secret, an address or a person. */
  readonly text: string;
  readonly figures: Readonly<Record<string, number>>;
}

type Check = (ground: Ground) => Promise<Omit<Found, 'check'>>;

/** What the migrations are written for. */
const LEAST_POSTGRES = 15;
/** Tokens are judged by the clock of another machine; the engine allows so much. */
const MOST_SKEW_MS = 2_000;
/** Where there is more, the hot path waits for the store. */
const SLOW_MS = 20;
/** A sign-in that hashes longer than this is felt, and a queue of them is an outage. */
const TOO_SLOW_MS = 1_000;

const round = (ms: number): number => Math.round(ms * 10) / 10;

const postgresCheck: Check = async ({ postgres }) => {
  await postgres.ping();
  const began = performance.now();
  const { version } = await serverState(postgres);
  const ms = round(performance.now() - began);
  const figures = { version, ms };
  if (version < LEAST_POSTGRES)
    return {
      verdict: 'wrong',
      text: `PostgreSQL ${version} is too old, ${LEAST_POSTGRES} is needed`,
      figures,
    };
  return ms > SLOW_MS
    ? { verdict: 'advice', text: `PostgreSQL ${version} answers in ${ms} ms, which is far away`, figures }
    : { verdict: 'well', text: `PostgreSQL ${version} answers in ${ms} ms`, figures };
};

const clockCheck: Check = async ({ postgres, clock }) => {
  const before = clock.now().getTime();
  const { now } = await serverState(postgres);
  const middle = (before + clock.now().getTime()) / 2;
  const skewMs = Math.round(Math.abs(now.getTime() - middle));
  return {
    verdict: skewMs > MOST_SKEW_MS ? 'wrong' : 'well',
    text: `this machine and PostgreSQL are ${skewMs} ms apart`,
    figures: { skewMs },
  };
};

/** Writes, reads once, and finds it gone: what codes and replay marks stand on. */
const ephemeralCheck: Check = async ({ ephemeral }) => {
  await ephemeral.ping();
  const key = keyOf('doctor', randomToken());
  const began = performance.now();
  await ephemeral.put(key, 'probe', 30);
  const [first, second] = [await ephemeral.take(key), await ephemeral.take(key)];
  const ms = round((performance.now() - began) / 3);
  const figures = { ms };
  if (first !== 'probe' || second !== undefined)
    return { verdict: 'wrong', text: 'short-lived state gives back what was taken', figures };
  return {
    verdict: ms > SLOW_MS ? 'advice' : 'well',
    text: `short-lived state answers in ${ms} ms`,
    figures,
  };
};

const keysCheck: Check = ({ keyring }) => {
  const missing = PURPOSES.filter((purpose) => !keyring.all(purpose).some(({ state }) => state === 'active'));
  const figures = { purposes: PURPOSES.length, missing: missing.length };
  return Promise.resolve(
    missing.length > 0
      ? { verdict: 'wrong', text: `there is no active key for ${missing.join(', ')}`, figures }
      : { verdict: 'well', text: 'there is an active key for every purpose', figures },
  );
};

const hashingCheck: Check = async ({ password, measure }) => {
  const mostKiB = totalmem() / 1024 / 4;
  const { now, advised, maxConcurrent, perSecond } = await examineHashing(measure, password, mostKiB);
  const figures = {
    memoryKiB: now.memoryKiB,
    passes: now.passes,
    ms: now.ms,
    perSecond,
    maxConcurrent,
    advisedMemoryKiB: advised.memoryKiB,
    advisedPasses: advised.passes,
    advisedMs: advised.ms,
  };
  const advice = `memoryKiB ${advised.memoryKiB} with passes ${advised.passes} takes ${advised.ms} ms here; maxConcurrent ${maxConcurrent} holds`;
  const present = `one password takes ${now.ms} ms, ${perSecond} a second`;
  if (now.memoryKiB < LEAST.memoryKiB || now.passes < LEAST.passes)
    return { verdict: 'wrong', text: `${present}, below the least that is safe: ${advice}`, figures };
  if (now.ms > TOO_SLOW_MS) return { verdict: 'wrong', text: `${present}, too slow: ${advice}`, figures };
  return isWanted(now.ms)
    ? { verdict: 'well', text: `${present}; maxConcurrent ${maxConcurrent} holds`, figures }
    : {
        verdict: 'advice',
        text: `${present}, wanted are ${WANTED_MS.from} to ${WANTED_MS.to} ms: ${advice}`,
        figures,
      };
};

const CHECKS: Readonly<Record<string, Check>> = {
  postgres: postgresCheck,
  clock: clockCheck,
  ephemeral: ephemeralCheck,
  keys: keysCheck,
  hashing: hashingCheck,
};

/** One after the other: hashing beside a check of the clock would spoil both. */
export async function examine(ground: Ground): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const [check, look] of Object.entries(CHECKS))
    found.push({ check, ...(await answerOf(look, ground)) });
  return found;
}

async function answerOf(look: Check, ground: Ground): Promise<Omit<Found, 'check'>> {
  try {
    return await look(ground);
  } catch (error) {
    // What does not answer is the finding. The message may name an address: only its kind is told.
    const kind = error instanceof Error ? error.name : 'error';
    return { verdict: 'wrong', text: `does not answer (${kind})`, figures: {} };
  }
}
