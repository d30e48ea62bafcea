// The doctor over real stores: what it finds well, what it finds wrong, and what it advises.
import { doctorCommand } from '../../idp/doctor/doctor.ts';
import type { Found, Ground } from '../../idp/doctor/checks.ts';
import { advise, isWanted, LEAST, type Measure } from '../../idp/doctor/hashing.ts';
import type { Ephemeral } from '../../idp/platform/store/ephemeral.ts';
import { testClock } from '../support/clock.ts';
import { backEnds } from '../support/ephemeral.ts';
import { fixedKeyring } from '../support/keyring.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

const clock = testClock();
const keyring = fixedKeyring(clock);
let database: TestDatabase;
let ephemeral: Ephemeral;

beforeAll(async () => {
  database = await testDatabase(2);
  ephemeral = await backEnds().at(-1)!.open();
});
afterAll(async () => {
  await ephemeral.close();
  await database.close();
});

/** A machine that takes so many milliseconds for the least that is safe. */
const machine =
  (msOfLeast: number): Measure =>
  ({ memoryKiB, passes }) =>
    Promise.resolve((msOfLeast * memoryKiB * passes) / (LEAST.memoryKiB * LEAST.passes));

const ground = (over: Partial<Ground> = {}): Ground => ({
  postgres: database.postgres,
  ephemeral,
  keyring,
  clock,
  password: { ...LEAST, maxConcurrent: 0, maxWaitMs: 900 },
  measure: machine(30),
  ...over,
});

interface Told {
  readonly code: number;
  readonly well: boolean;
  readonly checks: readonly Found[];
  readonly lines: readonly string[];
}

async function visit(over: Partial<Ground> = {}): Promise<Told> {
  const lines: string[] = [];
  const io = { out: (line: string) => void lines.push(line), err: (line: string) => void lines.push(line) };
  const command = doctorCommand(ground(over));
  const code = await command.run(['--json'], io);
  const told = JSON.parse(lines.pop() ?? '') as Pick<Told, 'well' | 'checks'>;
  await command.run([], io);
  return { code, ...told, lines };
}
const verdict = ({ checks }: Told, name: string): string | undefined =>
  checks.find(({ check }) => check === name)?.verdict;

describe('the doctor finds wrong, and ends with 1', () => {
  test('a database that does not answer, without its address', async () => {
    const gone = await testDatabase(1);
    await gone.close();
    const told = await visit({ postgres: gone.postgres });
    expect(told.code).toBe(1);
    expect([verdict(told, 'postgres'), verdict(told, 'clock')]).toEqual(['wrong', 'wrong']);
    expect(verdict(told, 'ephemeral')).not.toBe('wrong');
    expect(told.lines.join('\n')).not.toMatch(/\d+\.\d+\.\d+\.\d+|localhost|t_[0-9a-f]{8}/);
  });

  test('short-lived state that gives a code back twice', async () => {
    const forgetful = { ...ephemeral, take: () => Promise.resolve('probe') };
    const told = await visit({ ephemeral: forgetful });
    expect([told.code, verdict(told, 'ephemeral')]).toEqual([1, 'wrong']);
  });

  test('a clock that is off by more than two seconds', async () => {
    const fast = testClock();
    fast.forward(3);
    const told = await visit({ clock: fast });
    expect([told.code, verdict(told, 'clock')]).toEqual([1, 'wrong']);
  });

  test('a purpose without an active key, by its name', async () => {
    const bare = fixedKeyring(clock);
    const told = await visit({
      keyring: { ...bare, all: (purpose) => (purpose === 'pepper' ? [] : bare.all(purpose)) },
    });
    expect([told.code, verdict(told, 'keys')]).toEqual([1, 'wrong']);
    expect(told.lines.join('\n')).toContain('pepper');
  });

  test.each([
    ['less memory than is safe', { memoryKiB: 7_168, passes: 5 }, 30],
    ['fewer passes than are safe', { memoryKiB: 65_536, passes: 1 }, 30],
    ['hashing that takes more than a second', LEAST, 1_500],
  ])('%s', async (_case, cost, ms) => {
    const told = await visit({
      password: { ...cost, maxConcurrent: 0, maxWaitMs: 900 },
      measure: machine(ms),
    });
    expect([told.code, verdict(told, 'hashing')]).toEqual([1, 'wrong']);
  });
});

describe('the doctor finds well, and ends with 0', () => {
  test('a sound ground; the least that is safe on a fast machine is worth advice', async () => {
    const told = await visit();
    expect([told.code, told.well, verdict(told, 'hashing')]).toEqual([0, true, 'advice']);
    expect([verdict(told, 'clock'), verdict(told, 'keys')]).toEqual(['well', 'well']);
    // How far away a store is depends on what else this machine does.
    for (const name of ['postgres', 'ephemeral']) expect(verdict(told, name)).toMatch(/^(?:well|advice)$/);
    expect(told.lines.at(-1)).toMatch(/^advice hashing: .*memoryKiB \d+ with passes \d+ takes \d+ ms here/);
  });

  test('hashing that takes 300 ms', async () => {
    expect(verdict(await visit({ measure: machine(300) }), 'hashing')).toBe('well');
  });
});

describe('what is advised', () => {
  test.each([2, 5, 10, 20, 30, 60, 100, 150, 190])(
    'on a machine that does the least in %d ms takes 200 to 400 ms, and is never less than safe',
    async (ms) => {
      const advised = await advise(machine(ms), 1_048_576);
      expect(isWanted(advised.ms)).toBe(true);
      expect(advised.memoryKiB).toBeGreaterThanOrEqual(LEAST.memoryKiB);
      expect(advised.passes).toBeGreaterThanOrEqual(LEAST.passes);
    },
  );

  test('on a machine too slow for that is the least that is safe', async () => {
    expect(await advise(machine(900), 1_048_576)).toMatchObject(LEAST);
  });

  test('stays within the memory there is', async () => {
    expect((await advise(machine(10), 70_000)).memoryKiB).toBe(65_536);
  });
});
