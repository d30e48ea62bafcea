import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { EnrolState } from '../../../idp/factors/factors.ts';
import { createGate, createHashing } from '../../../idp/factors/password/hashing.ts';
import { passwordSettings } from '../../../idp/factors/password/settings.ts';
import type { CitizenId } from '../../../idp/citizens/citizens.ts';
import { sql } from '../../../idp/platform/store/postgres.ts';
import { readSettings } from '../../../idp/settings.ts';
import { factorsFixture, flowOf, LONG, PASSWORDS, SHORT, type FactorsFixture } from '../fixture.ts';

let fixture: FactorsFixture;
beforeAll(async () => {
  fixture = await factorsFixture();
});
afterAll(() => fixture.close());

interface Row {
  readonly hash: string;
  readonly pepper_key: string;
  readonly alone: boolean;
}
const rowOf = async (id: CitizenId): Promise<Row> => {
  const row = await fixture.database.postgres.row<Row>(
    sql`select hash, pepper_key, alone from factors.password where citizen_id = ${id}`,
  );
  if (!row) throw new Error('no row');
  return row;
};
const signIn = (phone: string, password: string, settings = {}): Promise<{ readonly is: string }> =>
  flowOf(fixture.password(settings).first, { hint: undefined, registering: false }).submit({
    phone,
    password,
  });

describe('a new password', () => {
  it.each([
    ['12345678', '太常见'],
    ['k7Vq-2x', '至少 8 位'],
    ['通行证-k7Vq-2xT', '通行'],
  ])('is refused in words, and not shown again: %s', async (password, words) => {
    const { id, phone } = await fixture.newCitizen();
    const state: EnrolState = { citizenId: id, phone, aal: 2 };
    const answer = await flowOf(fixture.password().enrol, state).submit({ password });
    expect(answer).toMatchObject({ is: 'again', forget: ['password'] });
    expect(JSON.stringify(answer)).toContain(words);
  });

  it('must not hold the phone with which the account is being created', async () => {
    const { phone } = await fixture.newCitizen();
    const state: EnrolState = { citizenId: undefined, phone, aal: 1 };
    const answer = await flowOf(fixture.password().enrol, state).submit({
      password: `kqv ${phone.slice(3)}`,
    });
    expect(answer).toMatchObject({ is: 'again', problems: [{ text: '密码里不要用您的手机号' }] });
  });

  it('of a citizen whose name is known holds neither name nor ID number (A71)', async () => {
    const { id, phone } = await fixture.newCitizen();
    await fixture.audit.change(async (tx) => {
      const identity = {
        kind: 'CN_RIC',
        number: '33010619850101888X' as never,
        name: '欧阳若兰',
        birthdate: '1985-01-01',
        gender: 'female',
      } as const;
      await fixture.citizens.raise(tx, id, { identity }, 2, undefined, fixture.clock.now());
      const data = { from: 0, to: 2, method: 'test', caseId: 'none' };
      tx.record({ type: 'citizen.level_raised', data, citizenId: id, actor: 'system' });
    });
    const choose = (password: string) =>
      flowOf(fixture.password().enrol, { citizenId: id, phone, aal: 2 }).submit({ password });
    const text = (answer: object): string => JSON.stringify(answer);
    expect(text(await choose('kq7v-欧阳若兰-x'))).toContain('密码里不要用您的姓名');
    expect(text(await choose('kqvx0101888x'))).toContain('密码里不要用您的生日或身份证号');
    expect(text(await choose('kqvx-19850101'))).toContain('密码里不要用您的生日或身份证号');
    expect(await choose('kq7v-ma4yi3-x')).toMatchObject({ is: 'done' });
  });

  it.each([
    ['14 characters, with a second factor', 'mei tian zao 7', true],
    ['64 characters', 'kV7-xq2T'.repeat(8), false],
    ['128 characters with spaces', 'ma4 yi3 ban1 jia1 xia4 yu3 kuai4'.repeat(4), false],
    ['a composed letter, typed decomposed', 'caf\u00e9 am Fluss, leise', false],
  ])('of %s signs in as it was chosen (A71)', async (_case, password, needsSecond) => {
    const { id, phone } = await fixture.newCitizen();
    const answer = await flowOf(fixture.password().enrol, { citizenId: id, phone, aal: 2 }).submit({
      password,
    });
    if (answer.is !== 'done') throw new Error(answer.is);
    await fixture.audit.change((tx) => answer.value.write(tx, id));
    const typed = password.normalize('NFD');
    expect(await signIn(phone, typed)).toMatchObject({ is: 'done', value: { needsSecond } });
    // One character short is another password: nothing was cut off.
    expect(await signIn(phone, typed.slice(0, -1))).toMatchObject({ is: 'again' });
  });

  it('may be pasted and made by the browser: the field stands in nobody’s way (A71)', async () => {
    const { id, phone } = await fixture.newCitizen();
    const html = await flowOf(fixture.password().enrol, { citizenId: id, phone, aal: 2 }).html();
    const field = /<input[^>]*name="password"[^>]*>/.exec(html)?.[0];
    expect(field).toContain('autocomplete="new-password"');
    expect(field).not.toMatch(/maxlength|minlength|pattern|onpaste|autocomplete="off"/);
    expect(readFileSync('idp/platform/ui/assets/page.js', 'utf8')).not.toContain('paste');
  });

  it('is written with the account and its event, as argon2id under a pepper', async () => {
    const { id, phone } = await fixture.newCitizen();
    const factor = fixture.password();
    expect(await factor.brings(id)).toEqual([]);
    const answer = await flowOf(factor.enrol, { citizenId: id, phone, aal: 2 }).submit({ password: LONG });
    if (answer.is !== 'done') throw new Error(answer.is);
    await fixture.audit.change((tx) => answer.value.write(tx, id));
    expect(await factor.brings(id)).toEqual([factor.amr]);
    expect(await fixture.events('factor.password_set', id)).toBe(1);
    const row = await rowOf(id);
    expect(row.hash).toMatch(/^\$argon2id\$v=19\$m=7168,(?:t=1,p=1|p=1,t=1)\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(row).toMatchObject({ alone: true, pepper_key: fixture.keyring.active('pepper').id });
    expect(await signIn(phone, LONG)).toMatchObject({ is: 'done' });
  });

  it('ends the old one', async () => {
    const { id, phone } = await fixture.newCitizen(LONG);
    await fixture.audit.change((tx) => fixture.password().set(tx, id, SHORT));
    expect(await signIn(phone, LONG)).toMatchObject({ is: 'again' });
    expect(await signIn(phone, SHORT)).toMatchObject({ is: 'done' });
  });

  it('leaves nothing behind when its transaction fails', async () => {
    const { id, phone } = await fixture.newCitizen();
    const answer = await flowOf(fixture.password().enrol, { citizenId: id, phone, aal: 2 }).submit({
      password: LONG,
    });
    if (answer.is !== 'done') throw new Error(answer.is);
    const failing = fixture.audit.change(async (tx) => {
      await answer.value.write(tx, id);
      throw new Error('power cut');
    });
    await expect(failing).rejects.toThrow('power cut');
    expect(await fixture.password().brings(id)).toEqual([]);
  });
});

describe('an outdated hash', () => {
  it('is renewed by the next right password, as a change of its own', async () => {
    const { id, phone } = await fixture.newCitizen(LONG);
    const before = await rowOf(id);
    expect(await signIn(phone, 'not the right one', { passes: 2 })).toMatchObject({ is: 'again' });
    expect(await rowOf(id)).toEqual(before);
    expect(await signIn(phone, LONG, { passes: 2 })).toMatchObject({ is: 'done' });
    expect((await rowOf(id)).hash).toContain('t=2');
    expect(await fixture.events('factor.password_rehashed', id)).toBe(1);
    expect(await signIn(phone, LONG, { passes: 2 })).toMatchObject({ is: 'done' });
    expect(await fixture.events('factor.password_rehashed', id)).toBe(1);
  });

  it('is renewed under a new pepper; the old one still opens it', async () => {
    const { id, phone } = await fixture.newCitizen(LONG);
    const old = (await rowOf(id)).pepper_key;
    await fixture.database.postgres.tx((tx) => fixture.keyring.rotate('pepper', tx));
    expect(await signIn(phone, LONG)).toMatchObject({ is: 'done' });
    const renewed = await rowOf(id);
    expect(renewed.pepper_key).not.toBe(old);
    expect(renewed.alone).toBe(true);
    expect(await signIn(phone, LONG)).toMatchObject({ is: 'done' });
  });

  it('is renewed once by parallel sign-ins, which all succeed', async () => {
    const { id, phone } = await fixture.newCitizen(LONG);
    const answers = await Promise.all(Array.from({ length: 5 }, () => signIn(phone, LONG, { passes: 3 })));
    expect(answers.every((answer) => answer.is === 'done')).toBe(true);
    expect(await fixture.events('factor.password_rehashed', id)).toBe(1);
  });

  it('that cannot be renewed does not stop its owner, and is logged', async () => {
    const { id, phone } = await fixture.newCitizen(LONG);
    await fixture.tamper('revoke update on factors.password from public');
    await fixture.tamper(
      `create or replace function factors.refuse() returns trigger language plpgsql as $$ begin raise 'read only'; end $$`,
    );
    await fixture.tamper(
      'create trigger refuse before update on factors.password for each row execute function factors.refuse()',
    );
    expect(await signIn(phone, LONG, { passes: 4 })).toMatchObject({ is: 'done' });
    await fixture.tamper('drop trigger refuse on factors.password');
    expect(fixture.logged.some((line) => line.startsWith('password hash not renewed'))).toBe(true);
    expect(fixture.logged.join('\n')).not.toContain(LONG);
    expect((await rowOf(id)).hash).toContain('t=1');
  });
});

describe('hashing', () => {
  it('refuses the one too many at once, and the one who waits too long within the second', async () => {
    const gate = createGate(1, 2, 200);
    let release = (): void => undefined;
    const first = gate(
      () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    );
    const began = performance.now();
    const refused: string[] = [];
    const waiting = ['second', 'third', 'one too many'].map((turn) =>
      gate(async () => turn).catch((error: unknown) => {
        refused.push(turn);
        return error;
      }),
    );
    for (const refusal of await Promise.all(waiting))
      expect(refusal).toMatchObject({ code: 'unavailable', detail: { retryAfterSeconds: 1 } });
    expect(refused).toEqual(['one too many', 'second', 'third']);
    expect(performance.now() - began).toBeLessThan(1_000);
    release();
    await first;
    expect(await gate(async () => 'after')).toBe('after');
  });

  it('runs as many at a time as it may, in the order they came, also after a failure', async () => {
    const gate = createGate(2, 100, 5_000);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const work = (turn: number) => async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => {
        setTimeout(resolve, 2);
      });
      running -= 1;
      order.push(turn);
      if (turn % 3 === 0) throw new Error('failed');
    };
    await Promise.allSettled(Array.from({ length: 30 }, (_, turn) => gate(work(turn))));
    expect(most).toBe(2);
    expect(order).toEqual(Array.from({ length: 30 }, (_, turn) => turn));
  });

  it('under a rush answers "unavailable" to those beyond the queue, and the others rightly', async () => {
    const citizens = await Promise.all(Array.from({ length: 12 }, () => fixture.newCitizen(LONG)));
    const factor = fixture.password({ maxConcurrent: 1, maxQueue: 4 });
    const answers = await Promise.all(
      citizens.map(({ phone }) =>
        flowOf(factor.first, { hint: undefined, registering: false }).submit({ phone, password: LONG }),
      ),
    );
    const kinds = answers.map((answer) => (answer.is === 'fault' ? answer.code : answer.is));
    expect(new Set(kinds)).toEqual(new Set(['done', 'unavailable']));
    expect(kinds.filter((kind) => kind === 'done').length).toBeGreaterThanOrEqual(5);
  });

  it('does one computation per core at a time when nothing else is said', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'tongxing-hashing-'));
    const { password } = readSettings({ TONGXING_ENV: 'test', TONGXING_DATA_FOLDER: folder });
    expect(password.maxConcurrent).toBe(0);
    const settings = { ...PASSWORDS, maxConcurrent: 0, maxQueue: 0 };
    const hashing = createHashing({ keyring: fixture.keyring, settings });
    const cores = os.availableParallelism();
    const made = await Promise.allSettled(Array.from({ length: cores + 1 }, () => hashing.make(LONG)));
    expect(made.map(({ status }) => status)).toEqual([...Array<string>(cores).fill('fulfilled'), 'rejected']);
  });

  it.each([{ lock: 'ten minutes' }, { memoryKiB: 64 }])('is not set with %j', (changed) => {
    expect(passwordSettings.safeParse(PASSWORDS).success).toBe(true);
    expect(passwordSettings.safeParse({ ...PASSWORDS, ...changed }).success).toBe(false);
  });
});
