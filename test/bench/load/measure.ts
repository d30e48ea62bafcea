// How one run of one scenario against one server is measured: a fixed number of visitors, a fixed time, the processor
// time that the server itself used.
import { readFileSync } from 'node:fs';

export interface Measured {
  readonly operations: number;
  readonly errors: number;
  readonly firstError: string | undefined;
  readonly seconds: number;
  /** Processor time of the server, all its threads, user and system. */
  readonly cpuMs: number;
  /** Of every operation that succeeded, in milliseconds. */
  readonly latencies: readonly number[];
}

/** Linux counts in hundredths of a second (USER_HZ), whatever the kernel's own tick is. */
const TICK_MS = 10;

/** Processor time of a process so far, in milliseconds (proc(5), fields 14 and 15). */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program may hold spaces and parentheses: the fields begin after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident memory of a process in MiB. */
export function rssMbOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1024);
}

export type Operation = () => Promise<void>;

export interface Bounds {
  readonly seconds: number;
  readonly operations: number;
}

/** Every visitor repeats its operation until the time or the count is up. */
export async function measure(
  pid: number,
  visitors: readonly Operation[],
  bounds: Bounds,
): Promise<Measured> {
  const latencies: number[] = [];
  let errors = 0;
  let begun = 0;
  let firstError: string | undefined;
  const cpuBefore = cpuMsOf(pid);
  const start = performance.now();
  const until = start + bounds.seconds * 1000;
  const work = async (operation: Operation): Promise<void> => {
    while (performance.now() < until && begun < bounds.operations) {
      begun += 1;
      const at = performance.now();
      try {
        await operation();
        latencies.push(performance.now() - at);
      } catch (error) {
        errors += 1;
        firstError ??= error instanceof Error ? error.message : String(error);
      }
    }
  };
  await Promise.all(visitors.map(work));
  return {
    operations: latencies.length,
    errors,
    firstError,
    seconds: (performance.now() - start) / 1000,
    cpuMs: cpuMsOf(pid) - cpuBefore,
    latencies,
  };
}
