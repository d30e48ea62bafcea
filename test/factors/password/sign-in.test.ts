import type { FirstState } from '../../../idp/factors/factors.ts';
import type { PasswordFactor } from '../../../idp/factors/password/password.ts';
import { createSignIn, type SignInParts } from '../../../idp/factors/password/sign-in.ts';
import { backEnds } from '../../support/ephemeral.ts';
import {
  factorsFixture,
  flowOf,
  LONG,
  newPhone,
  parseDocument,
  SHORT,
  type FactorsFixture,
  type Flow,
} from '../fixture.ts';

const state: FirstState = { hint: undefined, registering: false };
let fixture: FactorsFixture;
let factor: PasswordFactor;

beforeAll(async () => {
  fixture = await factorsFixture();
  factor = fixture.password();
});
afterAll(() => fixture.close());

const browser = (address?: string): Flow<unknown> =>
  flowOf(factor.first, state, address === undefined ? {} : { address });
const attempt = (phone: string, password: string): ReturnType<Flow<unknown>['submit']> =>
  browser().submit({ phone, password });
const wrongTimes = async (phone: string, times: number): Promise<void> => {
  for (let turn = 0; turn < times; turn += 1) await attempt(phone, 'not the right one');
};

/** What the form may ask is how a number is read: everything else fails when it is touched. */
const untouchable = new Proxy({ parseDocument } as SignInParts, {
  get(parts, name) {
    if (name === 'parseDocument') return parts.parseDocument;
    throw new Error(`${String(name)} was used`);
  },
});

describe('signing in with a password is refused', () => {
  it.each([
    ['without anything typed', '', '', ['phone', 'password']],
    ['for an account that is neither phone nor ID number', 'zhang.san@example.cn', LONG, ['phone']],
    ['without a password', '13800135678', '', ['password']],
    ['with a password of 129 characters', '13800135678', 'x7'.repeat(65), ['password']],
    ['with a password of 1 MB', '13800135678', 'x'.repeat(1_048_576), ['password']],
  ])(
    '%s, at its field, before anything is read, counted or hashed',
    async (_case, phone, password, fields) => {
      const answer = await flowOf(createSignIn(untouchable), state).submit({ phone, password });
      expect(answer).toMatchObject({ is: 'again', problems: fields.map((field) => ({ field })) });
    },
  );

  it('and what is malformed counts as no try', async () => {
    const { phone } = await fixture.newCitizen(LONG);
    for (let turn = 0; turn < 10; turn += 1) await attempt(phone, '');
    expect(await attempt(phone, LONG)).toMatchObject({ is: 'done' });
  });

  it('in the same words and bytes whether the account exists, has no password, or does not exist', async () => {
    const [known, bare] = await Promise.all([fixture.newCitizen(LONG), fixture.newCitizen()]);
    const pages = [];
    for (const phone of [known.phone, bare.phone, newPhone(), '330106198501011231']) {
      const flow = browser();
      const answer = await flow.submit({ phone, password: 'not the right one' });
      pages.push(JSON.stringify(answer) + (await flow.html()));
    }
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]).toContain('账号或密码不对');
    expect(pages[0]).not.toMatch(/138\d{8}|not the right one/);
  });

  it('with both fields emptied, and the tries told from three left on', async () => {
    const { phone } = await fixture.newCitizen(LONG);
    const texts = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const answer = await attempt(phone, 'not the right one');
      if (answer.is !== 'again') throw new Error(answer.is);
      expect(answer.forget).toEqual(['phone', 'password']);
      texts.push(/\d+/.exec(answer.problems[0]?.text ?? '')?.[0]);
    }
    expect(texts).toEqual([undefined, undefined, '3', '2', '1']);
  });

  it.each([
    ['an account', async () => (await fixture.newCitizen(LONG)).phone],
    ['an account that does not exist', async () => newPhone()],
  ])('after six wrong ones for ten minutes: %s', async (_case, phoneOf) => {
    const phone = await phoneOf();
    await wrongTimes(phone, 5);
    const sixth = await attempt(phone, 'not the right one');
    expect(sixth).toMatchObject({ is: 'fault', code: 'locked' });
    const until = sixth.is === 'fault' ? sixth.detail.until : undefined;
    expect((until?.getTime() ?? 0) - fixture.clock.now().getTime()).toBeGreaterThan(590_000);
    expect(await attempt(phone, LONG)).toEqual({
      is: 'fault',
      code: 'locked',
      detail: { until, note: 'signin is locked' },
    });
  });

  it('also when the counters were lost: the lock is durable', async () => {
    const { phone } = await fixture.newCitizen(LONG);
    await wrongTimes(phone, 6);
    const emptied = await backEnds()[0]!.open();
    const after = flowOf(fixture.password({}, { ephemeral: emptied }).first, state);
    expect(await after.submit({ phone, password: LONG })).toMatchObject({ is: 'fault', code: 'locked' });
    await emptied.close();
  });

  it('beyond six of a hundred parallel guesses, which are not even looked at', async () => {
    const { id, phone } = await fixture.newCitizen(LONG);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, turn) => attempt(phone, `guess number ${turn}`)),
    );
    expect(await fixture.events('signin.failed', id)).toBe(6);
    expect(answers.filter((answer) => answer.is === 'again')).toHaveLength(5);
    expect(await fixture.events('limit.locked', id)).toBe(1);
  });

  it('from one address beyond twenty a minute, whatever the accounts', async () => {
    const answers = [];
    for (let turn = 0; turn < 22; turn += 1)
      answers.push(
        await browser('203.0.113.7').submit({ phone: newPhone(), password: 'Sommer in Jianglin' }),
      );
    expect(answers.slice(0, 20).every((answer) => answer.is === 'again')).toBe(true);
    expect(answers[21]).toMatchObject({ is: 'fault', code: 'too_many' });
  });

  it('for a frozen account like for any other: its state is told by the host, after the right password', async () => {
    const { id, phone } = await fixture.newCitizen(LONG);
    await fixture.audit.change(async (tx) => {
      await fixture.citizens.freeze(tx, id, fixture.clock.now());
      tx.record({ type: 'citizen.frozen', data: { reason: 'test' }, citizenId: id, actor: 'system' });
    });
    expect(await attempt(phone, 'not the right one')).toMatchObject({ is: 'again' });
    expect(await attempt(phone, LONG)).toMatchObject({ is: 'done', value: { citizenId: id } });
  });
});

const tenMinutes = { name: 'password.account', per: 'account', periodSeconds: 600, why: 'test' };

describe('signing in with a password', () => {
  it('shows the account; a long password is enough, a short one needs a second factor', async () => {
    const [long, short] = await Promise.all([fixture.newCitizen(LONG), fixture.newCitizen(SHORT)]);
    expect(await attempt(long.phone, LONG)).toEqual({
      is: 'done',
      value: { citizenId: long.id, phone: undefined, amr: ['pwd'], needsSecond: false },
    });
    expect(await attempt(short.phone, SHORT)).toMatchObject({ is: 'done', value: { needsSecond: true } });
  });

  it('takes the number as people write it, and the ID number', async () => {
    const { id, phone } = await fixture.newCitizen(LONG);
    const number = '33010619850101999X' as never;
    await fixture.audit.change(async (tx) => {
      const identity = {
        kind: 'CN_RIC',
        number,
        name: '张三',
        birthdate: '1985-01-01',
        gender: 'male',
      } as const;
      await fixture.citizens.raise(tx, id, { identity }, 2, undefined, fixture.clock.now());
      const data = { from: 0, to: 2, method: 'test', caseId: 'none' };
      tx.record({ type: 'citizen.level_raised', data, citizenId: id, actor: 'system' });
    });
    const national = phone.slice(3);
    for (const typed of [
      `${national.slice(0, 3)} ${national.slice(3, 7)} ${national.slice(7)}`,
      ` ${phone} `,
      number,
    ])
      expect(await attempt(typed, LONG)).toMatchObject({ is: 'done', value: { citizenId: id } });
  });

  it('takes the same password in full width: what is typed is normalised', async () => {
    const { phone } = await fixture.newCitizen(SHORT);
    expect(await attempt(phone, 'ｋ７Ｖｑ－２ｘＴ')).toMatchObject({ is: 'done' });
  });

  it('forgives the wrong tries before it', async () => {
    const { phone } = await fixture.newCitizen(LONG);
    await wrongTimes(phone, 5);
    expect(await attempt(phone, LONG)).toMatchObject({ is: 'done' });
    await wrongTimes(phone, 5);
    expect(await attempt(phone, LONG)).toMatchObject({ is: 'done' });
  });

  it('works again when the lock has ended', async () => {
    const { phone } = await fixture.newCitizen(LONG);
    await wrongTimes(phone, 6);
    fixture.clock.forward(601);
    // The store's clock cannot be moved: the counter's ten minutes are played by forgiving it.
    await fixture.limits.forgive(fixture.limits.declare({ ...tenMinutes, burst: 6 }), `phone:${phone}`);
    expect(await attempt(phone, LONG)).toMatchObject({ is: 'done' });
  });

  it('writes down who failed and why, and nothing personal', async () => {
    const { id, phone } = await fixture.newCitizen(LONG);
    await attempt(phone, 'not the right one');
    await fixture.audit.flush();
    const history = await fixture.audit.history(id, 10);
    expect(history.find((event) => event.type === 'signin.failed')?.data).toEqual({
      factor: 'password',
      reason: 'wrong_password',
    });
    const dump = await fixture.tamper('select data::text as data from audit.event');
    expect(JSON.stringify(dump.rows)).not.toContain(phone.slice(3));
  });

  it('takes about as long for an unknown account as for a known one', async () => {
    const median = (times: number[]): number =>
      times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    const measure = async (phones: readonly string[]): Promise<number> => {
      const times: number[] = [];
      for (const phone of phones) {
        const began = performance.now();
        await attempt(phone, 'not the right one');
        times.push(performance.now() - began);
      }
      return median(times);
    };
    const known = await Promise.all(Array.from({ length: 30 }, () => fixture.newCitizen(LONG)));
    // The machine has neighbours: three rounds may go wrong, a real difference goes wrong in all of them.
    const ratios: number[] = [];
    for (let round = 0; round < 4 && !ratios.some((ratio) => ratio > 0.6 && ratio < 1.6); round += 1)
      ratios.push((await measure(known.map(({ phone }) => phone))) / (await measure(known.map(newPhone))));
    expect(ratios.some((ratio) => ratio > 0.6 && ratio < 1.6)).toBe(true);
  });
});
