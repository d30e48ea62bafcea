// What stands before the hash: limits, proof under pressure, locks that are no weapon. Named for the attack.
import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import type { FirstState } from '../../../idp/factors/factors.ts';
import type { PasswordFactor } from '../../../idp/factors/password/password.ts';
import type { CitizenId } from '../../../idp/citizens/citizens.ts';
import { callerAddress } from '../../../idp/platform/http/addresses/caller.ts';
import { sql } from '../../../idp/platform/store/postgres.ts';
import { backEnds } from '../../support/ephemeral.ts';
import { factorsFixture, flowOf, LONG, newPhone, type FactorsFixture, type Flow } from '../fixture.ts';

const state: FirstState = { hint: undefined, registering: false };
const WRONG = 'not the right one';
let fixture: FactorsFixture;

/** Redis where there is one: ten thousand tries are counted there in seconds. */
beforeAll(async () => {
  fixture = await factorsFixture(backEnds().at(-1));
});
afterAll(() => fixture.close());

type From = Parameters<typeof flowOf>[2];
const attempt = (factor: PasswordFactor, phone: string, password: string, from: From = {}) =>
  flowOf(factor.first, state, from).submit({ phone, password });
const hashed = (): Promise<number> => fixture.events('signin.failed');

/** Runs `work` for every number below `count`, some at a time. */
async function each(count: number, work: (n: number) => Promise<void>): Promise<void> {
  const numbers = Array.from({ length: count }, (_, n) => n).values();
  const worker = async (): Promise<void> => {
    for (const n of numbers) await work(n);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** The counters' clock cannot be moved: their ten minutes are played by forgiving them. */
async function tenMinutesLater(subject: string, name = 'password.account'): Promise<void> {
  fixture.clock.forward(601);
  const limit = { name, per: 'account', burst: 6, periodSeconds: 600, why: 'test' };
  await fixture.limits.forgive(limit, subject);
}

/** What the script of the page does. */
async function solved(flow: Flow<unknown>): Promise<string> {
  const html = await flow.html();
  const challenge = JSON.parse(
    /data-challenge="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? 'null',
  ) as Parameters<typeof solveChallenge>[0]['challenge'];
  const solution = await solveChallenge({ challenge, deriveKey });
  return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64');
}

describe('a patient guesser', () => {
  const patient = (): PasswordFactor => fixture.password({ stopAfter: 10 });
  const guessTen = async (factor: PasswordFactor, phone: string) => {
    let answer;
    for (let turn = 0; turn < 10; turn += 1) {
      answer = await attempt(factor, phone, `${WRONG} ${turn}`);
      if (turn === 5) await tenMinutesLater(`phone:${phone}`);
    }
    return answer;
  };

  it.each([
    ['an account', async () => (await fixture.newCitizen(LONG)).phone],
    ['an account that does not exist', async () => newPhone()],
  ])('ends the password of %s for good, in the same words', async (_case, phoneOf) => {
    const [factor, phone] = [patient(), await phoneOf()];
    expect(await guessTen(factor, phone)).toEqual({
      is: 'fault',
      code: 'locked',
      detail: { note: 'signin is disabled now' },
    });
    await tenMinutesLater(`phone:${phone}`);
    fixture.clock.forward(400 * 86_400);
    await fixture.limits.sweep();
    expect(await attempt(factor, phone, LONG)).toEqual({
      is: 'fault',
      code: 'locked',
      detail: { note: 'signin is disabled' },
    });
    fixture.clock.forward(-400 * 86_400);
  });

  it('is not forgotten with the counters, and meets a new password with a new count', async () => {
    const { id, phone } = await fixture.newCitizen(LONG);
    await guessTen(patient(), phone);
    expect(await fixture.events('limit.stopped', id)).toBe(1);
    const emptied = await backEnds()[0]!.open();
    const after = fixture.password({ stopAfter: 10 }, { ephemeral: emptied });
    expect(await attempt(after, phone, LONG)).toMatchObject({ is: 'fault', code: 'locked' });
    await fixture.audit.change((tx) => after.set(tx, id, 'herons above the mill pond'));
    expect(await attempt(after, phone, 'herons above the mill pond')).toMatchObject({ is: 'done' });
    await emptied.close();
  });

  it('is one guesser under both names of an account, the number and the ID number', async () => {
    const { id, phone } = await fixture.newCitizen(LONG);
    const number = '33010619850101777X' as never;
    await fixture.audit.change(async (tx) => {
      const identity = {
        kind: 'CN_RIC',
        number,
        name: '李四',
        birthdate: '1985-01-01',
        gender: 'male',
      } as const;
      await fixture.citizens.raise(tx, id, { identity }, 2, undefined, fixture.clock.now());
      const data = { from: 0, to: 2, method: 'test', caseId: 'none' };
      tx.record({ type: 'citizen.level_raised', data, citizenId: id, actor: 'system' });
    });
    const factor = patient();
    for (let turn = 0; turn < 5; turn += 1) {
      await attempt(factor, phone, WRONG);
      await attempt(factor, number, WRONG);
    }
    expect(await attempt(factor, phone, LONG)).toEqual({
      is: 'fault',
      code: 'locked',
      detail: { note: 'signin is disabled' },
    });
  });

  it('whose tries a success ended begins anew', async () => {
    const { phone } = await fixture.newCitizen(LONG);
    const factor = patient();
    for (let round = 0; round < 3; round += 1) {
      for (let turn = 0; turn < 5; turn += 1) await attempt(factor, phone, WRONG);
      expect(await attempt(factor, phone, LONG)).toMatchObject({ is: 'done' });
    }
  });

  it('is counted on through a rotation of the index key', async () => {
    const { phone } = await fixture.newCitizen(LONG);
    const factor = patient();
    for (let turn = 0; turn < 5; turn += 1) await attempt(factor, phone, WRONG);
    await fixture.database.postgres.tx((tx) => fixture.keyring.rotate('index', tx));
    for (let turn = 0; turn < 4; turn += 1) await attempt(factor, phone, WRONG);
    expect(await attempt(factor, phone, WRONG)).toMatchObject({
      is: 'fault',
      code: 'locked',
      detail: { note: 'signin is disabled now' },
    });
  });

  it('leaves no trace of whom they guessed', async () => {
    const rows = await fixture.database.postgres.rows<{ subject: Buffer; guesser: Buffer }>(
      sql`select subject, guesser from limits.streak`,
    );
    expect(rows.length).toBeGreaterThan(3);
    expect(
      rows.every(({ subject, guesser }) => subject.length === 32 && [0, 32].includes(guesser.length)),
    ).toBe(true);
  });
});

describe('strangers who lock an account', () => {
  const devices = new Map<CitizenId, string>();
  const asked: string[] = [];
  const knownDevice = {
    knows: (citizenId: CitizenId, device: string) => {
      asked.push(citizenId);
      return Promise.resolve(devices.get(citizenId) === device);
    },
  };
  const factor = (settings = {}): PasswordFactor => fixture.password(settings, { knownDevice });
  const owner = async () => {
    const made = await fixture.newCitizen(LONG);
    const device = `device of ${made.id}`;
    devices.set(made.id, device);
    return { ...made, device };
  };

  it('do not lock out its owner, whose device it knows (A67)', async () => {
    const { phone, device } = await owner();
    for (let turn = 0; turn < 100; turn += 1) await attempt(factor(), phone, `${WRONG} ${turn}`);
    expect(await attempt(factor(), phone, LONG)).toMatchObject({ is: 'fault', code: 'locked' });
    expect(await attempt(factor(), phone, LONG, { device })).toMatchObject({ is: 'done' });
  });

  it('do not lock out its owner by ending the password for everybody else either', async () => {
    const { phone, device } = await owner();
    const strict = factor({ stopAfter: 10 });
    for (let turn = 0; turn < 10; turn += 1) {
      await attempt(strict, phone, WRONG);
      if (turn === 5) await tenMinutesLater(`phone:${phone}`);
    }
    expect(await attempt(strict, phone, LONG)).toMatchObject({ detail: { note: 'signin is disabled' } });
    expect(await attempt(strict, phone, LONG, { device })).toMatchObject({ is: 'done' });
    expect(await attempt(strict, phone, LONG)).toMatchObject({ detail: { note: 'signin is disabled' } });
  });

  it('have no use of a device of their own', async () => {
    const [victim, stranger] = [await owner(), await owner()];
    for (let turn = 0; turn < 6; turn += 1) await attempt(factor(), victim.phone, WRONG, stranger);
    expect(await attempt(factor(), victim.phone, LONG, stranger)).toMatchObject({ code: 'locked' });
  });

  it('who hold the device itself have six tries like anybody, and lock nobody else', async () => {
    const { phone, device } = await owner();
    for (let turn = 0; turn < 5; turn += 1) await attempt(factor(), phone, WRONG, { device });
    expect(await attempt(factor(), phone, WRONG, { device })).toMatchObject({ code: 'locked' });
    expect(await attempt(factor(), phone, LONG, { device })).toMatchObject({ code: 'locked' });
    expect(await attempt(factor(), phone, LONG)).toMatchObject({ is: 'done' });
  });

  it('learn nothing from a device: an account that does not exist is asked for it too', async () => {
    asked.length = 0;
    const answer = await attempt(factor(), newPhone(), WRONG, { device: 'any device' });
    expect(answer).toMatchObject({ is: 'again' });
    expect(asked).toEqual(['00000000-0000-0000-0000-000000000000']);
  });
});

describe('stuffing ten thousand accounts (A68)', () => {
  const guarded = { perAddress: 20, perNetwork: 300, failuresPerMinute: 50 };
  const slow = { unprovenPerAddress: 3, unprovenPerMinute: 30 };
  /** How many of them were hashed. */
  const stuff = async (addressOf: (n: number) => string): Promise<number> => {
    const emptied = await backEnds().at(-1)!.open();
    const factor = fixture.password(guarded, { ephemeral: emptied, challenges: slow });
    const before = await hashed();
    await each(10_000, async (n) => {
      const from = { address: callerAddress('10.0.0.1', addressOf(n), 1) };
      await attempt(factor, newPhone(), `leaked password ${n}`, from);
    });
    await emptied.close();
    return (await hashed()) - before;
  };

  it('from one address gets a hundredth of them hashed, at most', async () => {
    const looked = await stuff(() => '203.0.113.9');
    expect(looked).toBeGreaterThanOrEqual(10);
    expect(looked).toBeLessThanOrEqual(100);
  }, 120_000);

  it('from five hundred addresses in as many networks, once the sum is noticed, no more', async () => {
    const looked = await stuff((n) => `11.${n % 250}.${n % 2}.7`);
    // Fifty until it is noticed, then what goes the slow way.
    expect(looked).toBeGreaterThanOrEqual(50);
    expect(looked - 50).toBeLessThanOrEqual(100);
  }, 120_000);

  it('from all of a rented network is met by the limit of the network', async () => {
    const factor = fixture.password({ perAddress: 20, perNetwork: 40 });
    const answers: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      const answer = await attempt(factor, newPhone(), `leaked ${n}`, { address: `198.51.100.${n}` });
      answers.push(answer.is === 'fault' ? answer.code : answer.is);
    }
    expect(answers.filter((answer) => answer === 'too_many').length).toBeGreaterThan(10);
    const other = await attempt(factor, newPhone(), 'leaked', { address: '198.51.101.1' });
    expect(other).toMatchObject({ is: 'again' });
  });

  it('lets a browser in that does the work, and one without scripts slowly', async () => {
    const { phone } = await fixture.newCitizen(LONG);
    const factor = fixture.password({ perAddress: 10 }, { challenges: { unprovenPerAddress: 1 } });
    const address = '203.0.113.77';
    for (let n = 0; n < 5; n += 1) await attempt(factor, newPhone(), `leaked ${n}`, { address });
    const first = await attempt(factor, phone, WRONG, { address });
    expect(JSON.stringify(first)).toContain('不对');
    const flow = flowOf(factor.first, state, { address });
    const held = await flow.submit({ phone, password: LONG });
    expect(held).toMatchObject({ is: 'again', forget: ['password'], scratch: { proof: 'asked' } });
    expect(JSON.stringify(held)).toContain('自动完成一次确认');
    const proof = await solved(flow);
    expect(await flow.submit({ phone, password: LONG, proof })).toMatchObject({ is: 'done' });
    // The same solution a second time is none.
    expect(await flow.submit({ phone, password: LONG, proof })).toMatchObject({ code: 'too_many' });
    expect(await flow.submit({ phone, password: LONG })).toMatchObject({ code: 'too_many' });
  });
});

describe('spraying one password over a thousand accounts (A69)', () => {
  it('is seen once per window, and the password then needs proof whoever tries it', async () => {
    const factor = fixture.password(
      { sprayingFrom: 50, perAddress: 100_000 },
      { challenges: { unprovenPerAddress: 3, unprovenPerMinute: 10 } },
    );
    const before = await hashed();
    await each(1_000, async (n) => {
      await attempt(factor, newPhone(), 'Beijing-2024-spring', { address: `10.9.${n >> 8}.${n & 255}` });
    });
    expect(await fixture.events('attack.spraying')).toBe(1);
    // What was on its way when it was noticed, and the slow way.
    expect((await hashed()) - before).toBeLessThanOrEqual(50 + 16 + 20);
    expect(await fixture.metrics.text()).toMatch(/tongxing_password_spraying_total [1-9]/);
    const other = await attempt(factor, newPhone(), 'another wrong one', { address: '10.9.0.0' });
    expect(JSON.stringify(other)).toContain('不对');
  });

  it('of one person who forgot theirs is none', async () => {
    const before = await fixture.events('attack.spraying');
    const { phone } = await fixture.newCitizen(LONG);
    const factor = fixture.password({ sprayingFrom: 50 });
    for (let turn = 0; turn < 60; turn += 1) await attempt(factor, phone, 'what was it again');
    expect(await fixture.events('attack.spraying')).toBe(before);
  });
});
