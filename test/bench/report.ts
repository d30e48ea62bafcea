// From measured rounds to the lines that are printed. Pure.
import type { Measured } from './load/measure.ts';

/** The value below which this share of the values lies (nearest rank); 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
};

export const cpuMsPerOperation = ({ cpuMs, operations }: Measured): number =>
  operations === 0 ? Number.NaN : cpuMs / operations;

const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

export interface Stores {
  readonly storeRoundTrips: number;
  readonly storeWaits: number;
}

/** One line of one scenario and target: medians over the rounds, latencies over all operations. */
export function lineOf(scenario: string, target: string, rounds: readonly Measured[], stores: Stores | null) {
  const latencies = rounds.flatMap((round) => round.latencies);
  const sum = (of: (round: Measured) => number): number =>
    rounds.reduce((total, round) => total + of(round), 0);
  const firstError = rounds.find((round) => round.firstError)?.firstError;
  return {
    scenario,
    target,
    operations: sum((round) => round.operations),
    errors: sum((round) => round.errors),
    rps: rounded(median(rounds.map((round) => round.operations / round.seconds)), 1),
    cpuMsPerOp: rounded(median(rounds.map(cpuMsPerOperation))),
    p50Ms: rounded(percentile(latencies, 0.5), 1),
    p99Ms: rounded(percentile(latencies, 0.99), 1),
    ...stores,
    ...(firstError === undefined ? {} : { firstError }),
  };
}

/**
 * Throughput per processor second of the product over the yardstick's: the median of the ratios of rounds that ran
 * one after the other, because the machine's own speed wanders between rounds. `without`: processor milliseconds an
 * operation of the product that do not count (password hashing), by round.
 */
export function ratioOf(
  product: readonly Measured[],
  yardstick: readonly Measured[],
  without: readonly number[] = [],
): number {
  const ratios = product.flatMap((round, index) => {
    const other = yardstick[index];
    return other ? cpuMsPerOperation(other) / (cpuMsPerOperation(round) - (without[index] ?? 0)) : [];
  });
  return rounded(median(ratios));
}
