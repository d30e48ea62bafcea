// Background jobs on a real PostgreSQL.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../../../idp/platform/http/feature.ts';
import { startJobs } from '../../../idp/platform/http/jobs.ts';
import { exclusively } from '../../../idp/platform/store/exclusively.ts';
import { createMetrics } from '../../../idp/platform/telemetry/metrics.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';
import { memoryLog } from './serving.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase(20);
});
afterAll(() => database.close());

function start(jobs: readonly Job[]) {
  const { log, lines } = memoryLog();
  const metrics = createMetrics();
  const stop = startJobs({ jobs, log, metrics, postgres: database.postgres });
  return { stop, lines, metrics };
}

/** A job that counts its runs and how many were at work at once. */
function counting(name: string, exclusive: boolean, ms: number) {
  const seen = { runs: 0, most: 0, now: 0 };
  const job: Job = {
    name,
    everySeconds: 0.05,
    exclusive,
    async run() {
      seen.runs += 1;
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      await sleep(ms);
      seen.now -= 1;
    },
  };
  return { job, seen };
}

test('a run that throws is logged and counted, and the job goes on', async () => {
  let runs = 0;
  const run = (): Promise<void> => {
    runs += 1;
    return Promise.reject(new Error('broken'));
  };
  const { stop, lines, metrics } = start([{ name: 'broken', everySeconds: 0.05, exclusive: false, run }]);
  await sleep(400);
  await stop();
  expect(runs).toBeGreaterThan(1);
  expect(lines).toContainEqual({ level: 'error', message: 'job failed', job: 'broken' });
  expect(await metrics.text()).toContain('job="broken",outcome="failed"');
});

test('a slow job never overlaps itself', async () => {
  const { job, seen } = counting('slow', false, 120);
  const { stop } = start([job]);
  await sleep(600);
  await stop();
  expect(seen.runs).toBeGreaterThan(1);
  expect(seen.most).toBe(1);
});

test('an exclusive job runs on one node at a time, however many nodes there are', async () => {
  const { job, seen } = counting('exclusive', true, 60);
  const nodes = Array.from({ length: 8 }, () => start([job]));
  await sleep(900);
  await Promise.all(nodes.map(({ stop }) => stop()));
  expect(seen.runs).toBeGreaterThan(1);
  expect(seen.most).toBe(1);
});

test('stopping waits for the running one and starts none', async () => {
  const { job, seen } = counting('ending', false, 300);
  const { stop } = start([job]);
  await sleep(150);
  expect(seen.now).toBe(1);
  await stop();
  expect(seen.now).toBe(0);
  const { runs } = seen;
  await sleep(150);
  expect(seen.runs).toBe(runs);
});

describe('exclusively', () => {
  test('of 20 at once one runs; the lock is free again afterwards, also after a failure', async () => {
    let runs = 0;
    const work = async (): Promise<void> => {
      runs += 1;
      await sleep(300);
    };
    const ran = await Promise.all(
      Array.from({ length: 20 }, () => exclusively(database.postgres, 'one', work)),
    );
    expect(ran.filter(Boolean)).toHaveLength(1);
    expect(runs).toBe(1);
    const broken = exclusively(database.postgres, 'one', () => Promise.reject(new Error('broken')));
    await expect(broken).rejects.toThrow('broken');
    expect(await exclusively(database.postgres, 'one', work)).toBe(true);
  });

  test('different names do not wait for each other', async () => {
    const inner = () => exclusively(database.postgres, 'inner', () => Promise.resolve());
    const outer = exclusively(database.postgres, 'outer', async () => {
      expect(await inner()).toBe(true);
    });
    expect(await outer).toBe(true);
  });
});
