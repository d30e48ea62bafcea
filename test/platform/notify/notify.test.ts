import { randomUUID } from 'node:crypto';
import { Fault } from '../../../idp/platform/base/errors.ts';
import { personalPhone, secret } from '../../../idp/platform/base/secret.ts';
import { createDoubts } from '../../../idp/platform/notify/doubts.ts';
import { createNotify, type Notify, type TextMessage } from '../../../idp/platform/notify/notify.ts';
import { createSwitch } from '../../../idp/platform/notify/switch.ts';
import { notifySettings } from '../../../idp/platform/notify/settings.ts';
import type { Ephemeral } from '../../../idp/platform/store/ephemeral.ts';
import { sql } from '../../../idp/platform/store/postgres.ts';
import type { LogFields } from '../../../idp/platform/telemetry/log.ts';
import { testClock } from '../../support/clock.ts';
import { backEnds } from '../../support/ephemeral.ts';
import { fixedKeyring } from '../../support/keyring.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';
import { until } from '../../support/until.ts';
import { carrierServer, type CarrierServer } from './carrier-server.ts';
import { carrierAt, notifyOver, type Stores } from './carriers.ts';

const NUMBER = '+8613800135678';
const messageTo = (number = NUMBER): TextMessage => ({
  to: personalPhone(number),
  text: secret('482913'),
  locale: 'zh-CN',
  messageId: randomUUID(),
  purpose: 'signin',
});

describe.each(backEnds())('a message with two carriers on $name', (backEnd) => {
  let database: TestDatabase;
  let ephemeral: Ephemeral;
  let stores: Stores;
  let first: CarrierServer;
  let second: CarrierServer;
  const clock = testClock();
  const logged: { readonly text: string; readonly fields: LogFields | undefined }[] = [];
  const counted: string[] = [];
  const write = (text: string, fields?: LogFields): void => void logged.push({ text, fields });
  const log = { info: write, warn: write, error: (text: string) => write(text) };
  const notifyWith = (changes: Readonly<Record<string, unknown>> = {}): Notify => {
    const carriers = [first, second].map((server, index) =>
      carrierAt(server.url, { id: `carrier-${index}`, timeoutMs: 1_500, ...(index === 0 ? changes : {}) }),
    );
    return notifyOver(stores, carriers, (...said) => void counted.push(said.join(' ')));
  };
  const send = (message = messageTo()): Promise<void> => notifyWith().text(message);
  const received = (): readonly number[] => [first.received.length, second.received.length];
  const rows = (id: string): Promise<object[]> =>
    database.postgres.rows(sql`
      select carrier, outcome, outcome_code from notify.message where id = ${id} order by carrier`);

  beforeAll(async () => {
    [database, ephemeral] = await Promise.all([testDatabase(5), backEnd.open()]);
    stores = { postgres: database.postgres, ephemeral, keyring: fixedKeyring(clock), clock, log };
  });
  afterAll(() => Promise.all([database.close(), ephemeral.close()]));
  beforeEach(async () => {
    [first, second] = await Promise.all([carrierServer(), carrierServer()]);
    // What was in doubt before is forgotten: the messages all go to one number.
    clock.forward(400);
    logged.length = 0;
    counted.length = 0;
  });
  afterEach(() => Promise.all([first.close(), second.close()]));

  it('is unavailable, with a time to try again, when every carrier refuses', async () => {
    first.behave('refuses');
    second.behave(500);
    const refusal = await send().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(Fault);
    expect(refusal).toMatchObject({ code: 'unavailable', detail: { retryAfterSeconds: 30 } });
  });

  it('goes to the second when the first certainly did not take it, and both are written down', async () => {
    first.behave(500);
    const message = messageTo();
    await send(message);
    expect(received()).toEqual([1, 1]);
    expect(counted).toEqual(['carrier-0 refused signin', 'carrier-1 accepted signin']);
    expect(await rows(message.messageId)).toEqual([
      { carrier: 'carrier-0', outcome: 'refused', outcome_code: 'http_500' },
      { carrier: 'carrier-1', outcome: 'accepted', outcome_code: 'answered' },
    ]);
  });

  it.each(['hangs', 'breaks', 'garbles'] as const)(
    'is not sent a second time by itself when the first %s: it may have it',
    async (behaviour) => {
      first.behave(behaviour);
      await send();
      expect(received()).toEqual([1, 0]);
    },
  );

  it('asked for again goes through the other carrier; the one in doubt rests half a minute, then comes last', async () => {
    first.behave('hangs');
    await send();
    first.behave('accepts');
    await send();
    expect(received()).toEqual([1, 1]);
    second.behave('hangs');
    await send();
    expect(received()).toEqual([1, 2]);
    await expect(send()).rejects.toMatchObject({ code: 'unavailable' });
    expect(received()).toEqual([1, 2]);
    // Another number is not concerned.
    await send(messageTo('+8613800135679'));
    expect(received()).toEqual([2, 2]);
    clock.forward(31);
    await send();
    expect(received()).toEqual([3, 2]);
  });

  it('stays with the first while it accepts', async () => {
    await send();
    expect(received()).toEqual([1, 0]);
    expect(logged).toEqual([]);
  });

  it('leaves neither number nor text in the log or in the record', async () => {
    first.behave('refuses');
    await send();
    const record = await database.postgres.rows(sql`select * from notify.message`);
    expect(JSON.stringify([logged, record])).not.toMatch(/13800135678|482913/);
    expect(logged[0]?.fields).toEqual({ part: 'carrier-0', code: 'answered' });
  });

  it('does not hold a page longer than it has patience; the outcome is noted when it comes', async () => {
    first.behave('hangs');
    const notify = notifyWith({ timeoutMs: 1_500 });
    const message = messageTo();
    const lost: string[] = [];
    await notify.text(message, { waitMs: 400, lost: async () => void lost.push('lost') });
    expect(await rows(message.messageId)).toMatchObject([{ outcome: 'pending' }]);
    await notify.drained();
    expect(await rows(message.messageId)).toMatchObject([{ outcome: 'unknown', outcome_code: 'no_answer' }]);
    expect(lost).toEqual([]);
  });

  it('that nobody took after the page went on is told to whoever counts messages', async () => {
    first.behave('late refusal');
    second.behave('refuses');
    const notify = notifyWith({ timeoutMs: 2_000 });
    const lost: string[] = [];
    await notify.text(messageTo(), { waitMs: 50, lost: async () => void lost.push('lost') });
    expect(lost).toEqual([]);
    await notify.drained();
    expect(lost).toEqual(['lost']);
  });

  it('leaves a carrier alone that failed several times in a row, and comes back to it', async () => {
    first.behave(500);
    const notify = notifyWith({ breakerFailures: 2, breakerRecovery: '1s' });
    for (let turn = 0; turn < 5; turn += 1) await notify.text(messageTo());
    expect(received()).toEqual([2, 5]);
    first.behave('accepts');
    const back = async (): Promise<boolean> => {
      await notify.text(messageTo());
      return first.received.length > 2;
    };
    await until(back, 5, 'the first carrier again');
  });

  describe('while messages are switched off', () => {
    const nodes = (): readonly Notify[] => [notifyWith(), notifyWith()];

    it('goes nowhere from any node, within the second, until they are switched on', async () => {
      const [here, there] = nodes();
      await there!.text(messageTo());
      await database.postgres.tx((tx) => here!.switch.set(tx, true));
      await until(() => there!.switch.stopped(), 3, 'the other node');
      for (const node of [here, there])
        await expect(node!.text(messageTo())).rejects.toMatchObject({ code: 'unavailable' });
      expect(received()).toEqual([1, 0]);
      await database.postgres.tx((tx) => there!.switch.set(tx, false));
      await until(async () => !(await here!.switch.stopped()), 3, 'the first node');
      await here!.text(messageTo());
      expect(received()).toEqual([2, 0]);
    });

    it('by the setting, no command lets them out', async () => {
      const { postgres } = database;
      const off = createSwitch({ postgres, clock, enabled: false });
      const notify = createNotify({
        ...stores,
        carriers: [carrierAt(first.url)],
        doubts: createDoubts(stores),
        switch: off,
      });
      await postgres.tx((tx) => off.set(tx, false));
      await expect(notify.text(messageTo())).rejects.toMatchObject({ code: 'unavailable' });
      expect(received()).toEqual([0, 0]);
    });
  });
});

describe('settings of carriers', () => {
  const secret = 'a shared key of thirty-two letters';
  const carrier = { id: 'first', url: 'http://127.0.0.1:3102', keyId: 'k1', secret, timeoutMs: 3000 };
  const template = { 'zh-CN': { id: 'SMS_1', blanks: ['code'] } };
  const vendor = { ...carrier, preset: 'aliyun', signName: '国家政务登录', templates: { signin: template } };
  const parse = (carriers: readonly object[]) =>
    notifySettings.safeParse({ enabled: true, keepDays: 30, carriers });

  it.each([
    ['no carrier', []],
    ['an address that is none', [{ ...carrier, url: 'carrier' }]],
    ['a secret of four letters', [{ ...carrier, secret: 'abcd' }]],
    ['a wait of a minute', [{ ...carrier, timeoutMs: 60_000 }]],
    ['a name with spaces', [{ ...carrier, id: 'the first' }]],
    ['two of one name', [carrier, carrier]],
    ['a preset that there is not', [{ ...carrier, preset: 'pigeon' }]],
    ['calls by a vendor that makes none', [{ ...vendor, voice: true }]],
    [
      'a blank that nobody fills',
      [{ ...vendor, templates: { signin: { 'zh-CN': { id: 'a', blanks: ['name'] } } } }],
    ],
    ['a short key for receipts', [{ ...vendor, receiptKey: 'abcd' }]],
    ['Tencent Cloud without its application', [{ ...vendor, preset: 'tencent', region: 'ap-guangzhou' }]],
  ])('%s is refused', (_case, carriers) => {
    expect(parse(carriers).success).toBe(false);
  });

  it('keep their order, print no secret, and need not name the generic preset', () => {
    const settings = parse([{ ...carrier, id: 'second' }, vendor]).data;
    expect(settings?.carriers.map(({ id, preset }) => `${id} ${preset}`)).toEqual([
      'second generic',
      'first aliyun',
    ]);
    expect(JSON.stringify(settings)).not.toContain(secret);
  });
});
