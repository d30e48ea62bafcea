// Background jobs of this node: at intervals, never two runs of one job at a time, `exclusive` ones on one node only.
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { exclusively } from '../store/exclusively.ts';
import type { Postgres } from '../store/postgres.ts';
import type { Job } from './feature.ts';

export interface JobParts {
  readonly jobs: readonly Job[];
  readonly log: Log;
  readonly metrics: Metrics;
  readonly postgres: Postgres;
}

interface Loop {
  readonly ended: Promise<void>;
}

/** Nodes started together must not knock at the same second: up to a tenth earlier or later. */
function jittered(seconds: number): number {
  return seconds * 1000 * (0.9 + Math.random() * 0.2);
}

/** The first run comes within five seconds of the start, and before the interval is over. */
function firstDelay(seconds: number): number {
  return Math.random() * Math.min(5_000, seconds * 1000);
}

/**
 * Starts all jobs. A run that throws is logged and counted, and the job goes on at its next turn. Returns how to
 * stop: no new runs, and a promise that settles when the running ones are done.
 */
export function startJobs({ jobs, log, metrics, postgres }: JobParts): () => Promise<void> {
  const runs = metrics.counter('job_runs_total', 'Runs of background jobs, by outcome', ['job', 'outcome']);
  const stopping = new AbortController();

  const once = async (job: Job): Promise<void> => {
    try {
      const ran = job.exclusive
        ? await exclusively(postgres, `job:${job.name}`, () => job.run())
        : await alone(job);
      runs(job.name, ran ? 'done' : 'elsewhere');
    } catch (error) {
      runs(job.name, 'failed');
      log.error('job failed', error, { job: job.name });
    }
  };
  const loops = jobs.map((job): Loop => ({ ended: repeat(job, once, stopping.signal) }));
  return async () => {
    stopping.abort();
    await Promise.all(loops.map(({ ended }) => ended));
  };
}

async function alone(job: Job): Promise<true> {
  await job.run();
  return true;
}

async function repeat(job: Job, once: (job: Job) => Promise<void>, signal: AbortSignal): Promise<void> {
  let delay = firstDelay(job.everySeconds);
  while (await slept(delay, signal)) {
    await once(job);
    delay = jittered(job.everySeconds);
  }
}

/** False when the sleep was cut short. Timers do not keep the process alive. */
function slept(ms: number, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  if (signal.aborted) return Promise.resolve(false);
  const cut = (): void => {
    clearTimeout(timer);
    resolve(false);
  };
  const timer = setTimeout(() => {
    signal.removeEventListener('abort', cut);
    resolve(true);
  }, ms);
  timer.unref();
  signal.addEventListener('abort', cut, { once: true });
  return promise;
}
