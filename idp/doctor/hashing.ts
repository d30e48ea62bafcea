// How hard passwords should be hashed on this machine. Measured, because the same settings take 20 ms on one machine and
// 200 ms on another; decided by a pure function over a measurement, so that a table of machines can test it.
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { argon2id, hash } from 'argon2';

/** OWASP Password Storage Cheat Sheet (2024): the least that argon2id with one lane may cost. */
export const LEAST = { memoryKiB: 19_456, passes: 2 } as const;
/** What a person does not notice and a guesser does, in milliseconds. */
export const WANTED_MS = { from: 200, to: 400 } as const;

export interface Cost {
  readonly memoryKiB: number;
  readonly passes: number;
}

export interface Measured extends Cost {
  readonly ms: number;
}

export interface Advice {
  /** The settings in use. */
  readonly now: Measured;
  /** What takes 200 to 400 ms here. */
  readonly advised: Measured;
  /** Computations at the same time, beyond which there are no more in a second. */
  readonly maxConcurrent: number;
  /** Sign-ins a second with the settings in use. */
  readonly perSecond: number;
}

/** Milliseconds of one computation. */
export type Measure = (cost: Cost) => Promise<number>;

export const measure: Measure = async ({ memoryKiB, passes }) => {
  const began = performance.now();
  await hash(randomBytes(32), {
    type: argon2id,
    memoryCost: memoryKiB,
    timeCost: passes,
    parallelism: 1,
    salt: randomBytes(16),
  });
  return performance.now() - began;
};

/** The best of three: whatever else runs only makes it slower. The first run pays for the memory. */
async function best(take: Measure, cost: Cost): Promise<Measured> {
  const runs = [await take(cost), await take(cost), await take(cost)];
  return { ...cost, ms: Math.round(Math.min(...runs)) };
}

/** Largest first: memory is what a guesser's hardware lacks, passes are only time. */
const MEMORY_KIB = [262_144, 131_072, 65_536, 47_104, LEAST.memoryKiB] as const;
const MOST_PASSES = 20;

/**
 * The most memory with which two passes or more take the wanted time, within `mostKiB`. Memory and passes cost about
 * linearly, so one measurement points the way; what it points at is measured itself, and corrected.
 */
export async function advise(take: Measure, mostKiB: number): Promise<Measured> {
  const probe = await best(take, LEAST);
  const perUnit = probe.ms / (probe.memoryKiB * probe.passes);
  const fitting = MEMORY_KIB.filter(
    (memoryKiB) => memoryKiB <= mostKiB && perUnit * memoryKiB * LEAST.passes <= WANTED_MS.to,
  );
  let found: Measured | undefined;
  for (const memoryKiB of fitting) {
    found = await tune(take, memoryKiB, perUnit * memoryKiB);
    // Too little time with all passes: less memory would be less time still.
    if (isWanted(found.ms) || found.ms < WANTED_MS.from) return found;
  }
  return found ?? probe;
}

/** The passes with which this memory takes the wanted time, as far as whole passes come near it. */
async function tune(take: Measure, memoryKiB: number, msOfPass: number): Promise<Measured> {
  const middle = (WANTED_MS.from + WANTED_MS.to) / 2;
  const within = (passes: number): number =>
    Math.min(MOST_PASSES, Math.max(LEAST.passes, Math.round(passes)));
  const first = await best(take, { memoryKiB, passes: within(middle / msOfPass) });
  const passes = within((first.passes * middle) / first.ms);
  return isWanted(first.ms) || passes === first.passes ? first : best(take, { memoryKiB, passes });
}

export const isWanted = (ms: number): boolean => ms >= WANTED_MS.from && ms <= WANTED_MS.to;

/** How many computations end in a second with so many at the same time. */
async function throughput(take: Measure, cost: Cost, atOnce: number): Promise<number> {
  const rounds = 3;
  const began = performance.now();
  const lane = async (): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) await take(cost);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return (atOnce * rounds * 1000) / (performance.now() - began);
}

/** Takes a few seconds. `mostKiB`: memory that all computations together may use. */
export async function examineHashing(take: Measure, inUse: Cost, mostKiB: number): Promise<Advice> {
  const now = await best(take, inUse);
  const cores = availableParallelism();
  const advised = await advise(take, Math.floor(mostKiB / cores));
  let chosen = { atOnce: 1, perSecond: await throughput(take, inUse, 1) };
  for (const atOnce of [...new Set([Math.ceil(cores / 2), cores, cores * 2])].filter((n) => n > 1)) {
    const perSecond = await throughput(take, inUse, atOnce);
    // A tenth more is not worth the memory and the waiting of everybody else.
    if (perSecond > chosen.perSecond * 1.1) chosen = { atOnce, perSecond };
  }
  return {
    now,
    advised,
    maxConcurrent: chosen.atOnce,
    perSecond: Math.round(chosen.perSecond * 10) / 10,
  };
}
