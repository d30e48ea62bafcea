// Attacks on codes by text message (threats A73 to A79), each by what it must not reach. Races and lifetimes of single
// codes are in sms.test.ts.
import type { FirstState, Shown } from '../../../idp/factors/factors.ts';
import type { SmsFactor } from '../../../idp/factors/sms/sms.ts';
import { createConversion } from '../../../idp/factors/sms/sending/conversion.ts';
import { parsePhone, type Phone } from '../../../idp/citizens/citizens.ts';
import { createMetrics } from '../../../idp/platform/telemetry/metrics.ts';
import { carrierServer } from '../../platform/notify/carrier-server.ts';
import { carrierAt, notifyOver } from '../../platform/notify/carriers.ts';
import { backEnds } from '../../support/ephemeral.ts';
import {
  codeFor,
  factorsFixture,
  flowOf,
  newPhone,
  otherThan,
  type FactorsFixture,
  type Flow,
  type Outcome,
} from '../fixture.ts';

const state: FirstState = { hint: undefined, registering: false };
const phoneOf = (text: string): Phone => {
  const phone = parsePhone(text);
  if (!phone) throw new Error(`${text} is no mobile number`);
  return phone;
};

describe.each(backEnds())('against codes by text message on $name', (backEnd) => {
  let fixture: FactorsFixture;
  let factor: SmsFactor;
  const browser = (over = factor): Flow<Shown> => flowOf(over.first, state);
  const minuteLater = async (phone: Phone): Promise<void> => {
    const pause = fixture.limits.list().find(({ name }) => name === 'sms.pause');
    if (pause) await fixture.limits.forgive(pause, phone);
    fixture.clock.forward(60);
  };

  beforeAll(async () => {
    fixture = await factorsFixture(backEnd);
    factor = fixture.sms();
  });
  afterAll(() => fixture.close());
  beforeEach(() => {
    fixture.carrier.behave('accepts');
    fixture.carrier.received.length = 0;
  });

  it('guessing on and on with new codes ends at five guesses, whatever the number of codes and calls (A73)', async () => {
    const phone = newPhone();
    const flow = browser();
    await flow.submit({ phone });
    const answers: Outcome<Shown>[] = [];
    for (let turn = 1; turn <= 10; turn += 1) {
      if (turn % 3 === 0) {
        await minuteLater(phone);
        await flow.submit(turn % 2 === 0 ? { voice: '1' } : { resend: '1' });
      }
      answers.push(await flow.submit({ code: otherThan(codeFor(fixture.carrier, phone), turn) }));
    }
    const looked = answers.filter((answer) => answer.is === 'again');
    expect(looked).toHaveLength(4);
    expect(answers.slice(4)).toEqual(
      Array.from({ length: 6 }, () => expect.objectContaining({ code: 'locked' })),
    );
    const right = codeFor(fixture.carrier, phone);
    expect(await flow.submit({ code: right })).toMatchObject({ code: 'locked' });
    expect(await browser().submit({ phone })).toMatchObject({ code: 'locked' });
  });

  it('a code opens nothing for another citizen, nor one of signing in the second step of the same citizen (A75)', async () => {
    const [one, two] = [await fixture.newCitizen(), await fixture.newCitizen()];
    const flow = 'one browser, one sign-in';
    const first = flowOf(factor.first, state, { flow });
    await first.submit({ phone: one.phone });
    const code = codeFor(fixture.carrier, one.phone);
    await minuteLater(one.phone);
    for (const citizenId of [one.id, two.id]) {
      const second = flowOf(factor.second, { citizenId, aal: 2 }, { flow });
      expect(await second.submit({})).toMatchObject({ is: 'next' });
      if (codeFor(fixture.carrier, citizenId === one.id ? one.phone : two.phone) !== code)
        expect(await second.submit({ code })).toMatchObject({ is: 'again' });
    }
    expect(await first.submit({ code })).toMatchObject({ is: 'done', value: { citizenId: one.id } });
  });

  it('a code that was read out in a call stands in no answer, memory, log, event, record or store (A77)', async () => {
    const phone = newPhone();
    const flow = browser();
    const answers = [await flow.submit({ phone })];
    await minuteLater(phone);
    answers.push(await flow.submit({ voice: '1' }));
    const call = fixture.carrier.received.at(-1);
    expect(call?.path).toBe('/carrier/calls');
    const spoken = /(\d)，(\d)，(\d)，(\d)，(\d)，(\d)/.exec(String(call?.body['text']));
    const code = spoken?.slice(1).join('') ?? '';
    expect(code).toMatch(/^\d{6}$/);
    await fixture.audit.flush();
    const kept = await fixture.tamper('select key, value::text from platform.ephemeral');
    const events = await fixture.tamper('select data::text from audit.event');
    const record = await fixture.tamper('select * from notify.message');
    const everything = [
      JSON.stringify(answers),
      JSON.stringify(flow.scratch()),
      await flow.html(),
      fixture.logged.join('\n'),
      JSON.stringify([kept.rows, events.rows, record.rows]),
    ].join('\n');
    expect(everything).not.toMatch(new RegExp(`(?<!\\d)${code}(?!\\d)|${Array.from(code).join('，')}`));
    expect(everything).not.toContain(phone.slice(3));
    expect(await flow.submit({ code })).toMatchObject({ is: 'done' });
  });

  describe('pumping (A78)', () => {
    it('fifty requests for one number send one message, and never more than five', async () => {
      const phone = newPhone();
      const asking = Array.from({ length: 50 }, () => browser().submit({ phone }));
      const answers = await Promise.all(asking);
      expect(answers.filter((answer) => answer.is === 'next')).toHaveLength(1);
      expect(fixture.carrier.received).toHaveLength(1);
      for (let turn = 0; turn < 10; turn += 1) {
        await minuteLater(phone);
        await browser().submit({ phone });
      }
      expect(fixture.carrier.received).toHaveLength(5);
    });

    it('five hundred numbers in a row, from as many addresses, send what one range may have', async () => {
      const tight = fixture.sms({ perRange: 3 });
      const numbers = Array.from({ length: 500 }, (_, n) => phoneOf(`1591234${String(n).padStart(4, '0')}`));
      const answers = await Promise.all(numbers.map((phone) => browser(tight).submit({ phone })));
      expect(fixture.carrier.received).toHaveLength(3);
      const refused = answers.filter((answer) => answer.is === 'fault');
      expect(refused).toHaveLength(497);
      expect(new Set(refused.map((answer) => answer.is === 'fault' && answer.code))).toEqual(
        new Set(['too_many']),
      );
      // The range beside it is not concerned.
      expect(await browser(tight).submit({ phone: phoneOf('15912350001') })).toMatchObject({ is: 'next' });
    });

    it.each([
      ['abroad', '+44 7911 123456'],
      ['in Hong Kong', '+852 6123 4567'],
      ['in the Caribbean, at a premium', '+1 876 555 0123'],
      ['by satellite', '+870 773 123456'],
      ['of a premium line', '16896 12345'],
      ['of a service line', '95588'],
      ['of a machine', '14412345678'],
      ['with an extension behind it', '13800135678,9'],
      ['with an extension in letters', '13800135678 转 9'],
      ['in Arabic digits', '١٣٨٠٠١٣٥٦٧٨'],
      ['in mathematical digits', '𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟓𝟔𝟕𝟖'],
      ['two at once', '13800135678 13800135679'],
      ['with a zero width space', '138001\u200b35678'],
      ['with another country before it', '+1 13800135678'],
    ])('a number %s reaches no carrier', async (_case, phone) => {
      expect(await browser().submit({ phone })).toMatchObject({
        is: 'again',
        problems: [{ field: 'phone' }],
      });
      expect(fixture.carrier.received).toHaveLength(0);
    });
  });

  it('twenty parallel presses for a call, or for both, cost one message (A79)', async () => {
    const phone = newPhone();
    const flow = browser();
    await flow.submit({ phone });
    await minuteLater(phone);
    const presses = Array.from({ length: 20 }, (_, n) =>
      flow.submit(n % 2 === 0 ? { voice: '1' } : { resend: '1' }),
    );
    const answers = await Promise.all(presses);
    expect(answers.filter((answer) => answer.is === 'next')).toHaveLength(1);
    expect(fixture.carrier.received).toHaveLength(2);
  });

  it('a carrier that refuses after the page went on gives the minute back, and costs the number nothing (F9)', async () => {
    const late = await carrierServer();
    late.behave('late refusal');
    const notify = notifyOver(fixture.stores, [carrierAt(late.url)]);
    const impatient = fixture.sms({ waitMs: 100 }, notify);
    const phone = newPhone();
    const flow = browser(impatient);
    expect(await flow.submit({ phone })).toMatchObject({ is: 'next' });
    await notify.drained();
    late.behave('accepts');
    expect(await flow.submit({ resend: '1' })).toMatchObject({ is: 'next' });
    expect(late.received).toHaveLength(2);
    await late.close();
  });
});

describe('codes that nobody uses', () => {
  const [a, b] = [phoneOf('13800135678'), phoneOf('15912340000')];
  const watch = () => {
    const metrics = createMetrics();
    const warned: string[] = [];
    const log = {
      info: () => undefined,
      error: () => undefined,
      warn: (text: string, fields?: object) => void warned.push(`${text} ${JSON.stringify(fields)}`),
    };
    const conversion = createConversion({ metrics, log, leastPercent: 30, leastCount: 10 });
    const times = (count: number, act: () => void): void => void Array.from({ length: count }, act);
    return { metrics, warned, conversion, times };
  };

  it('raise an alarm once in their window, by three digits and no more', async () => {
    const { metrics, warned, conversion, times } = watch();
    times(20, () => conversion.sent(a));
    times(5, () => conversion.used(a));
    times(20, () => conversion.sent(b));
    times(6, () => conversion.used(b));
    conversion.closeWindow();
    conversion.closeWindow();
    expect(warned).toEqual(['few of the codes that were sent are used {"part":"sms.138","count":20}']);
    const text = await metrics.text();
    expect(text).toContain('tongxing_sms_used_ratio{range="138"} 0.25');
    expect(text).toContain('tongxing_sms_used_ratio{range="159"} 0.3');
    expect(text).toContain('tongxing_sms_used_ratio_alarms_total{range="138"} 1');
    expect(text).not.toContain('alarms_total{range="159"}');
    expect(text).not.toMatch(/1380|1591/);
  });

  it('are no alarm while they are few', () => {
    const { warned, conversion, times } = watch();
    times(9, () => conversion.sent(a));
    conversion.closeWindow();
    expect(warned).toEqual([]);
  });
});
