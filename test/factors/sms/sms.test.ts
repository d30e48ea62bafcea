import type { Factor, FirstState, Shown } from '../../../idp/factors/factors.ts';
import type { Phone } from '../../../idp/citizens/citizens.ts';
import { backEnds } from '../../support/ephemeral.ts';
import {
  codeFor,
  factorsFixture,
  flowOf,
  LONG,
  newPhone,
  otherThan,
  type FactorsFixture,
  type Flow,
  type FlowOptions,
} from '../fixture.ts';

const state: FirstState = { hint: undefined, registering: false };

describe.each(backEnds())('the text message code on $name', (backEnd) => {
  let fixture: FactorsFixture;
  let factor: Factor;

  beforeAll(async () => {
    fixture = await factorsFixture(backEnd);
    factor = fixture.sms();
  });
  afterAll(() => fixture.close());
  beforeEach(() => {
    fixture.carrier.behave('accepts');
    fixture.carrier.received.length = 0;
  });

  const browser = (options: FlowOptions = {}): Flow<Shown> => flowOf(factor.first, state, options);
  const messagesTo = (phone: Phone): number =>
    fixture.carrier.received.filter((message) => message.body['to'] === phone).length;
  /** A browser that has just been sent a code. */
  const sent = async (phone: Phone): Promise<{ flow: Flow<Shown>; code: string }> => {
    const flow = browser();
    expect(await flow.submit({ phone })).toMatchObject({ is: 'next' });
    return { flow, code: codeFor(fixture.carrier, phone) };
  };
  /** Plays the minute between two messages: the store's clock cannot be moved. */
  const minuteLater = async (phone: Phone): Promise<void> => {
    const pause = fixture.limits.list().find(({ name }) => name === 'sms.pause');
    if (pause) await fixture.limits.forgive(pause, phone);
    fixture.clock.forward(60);
  };

  describe('is not sent', () => {
    it.each([
      ['to nothing', '', '请输入手机号'],
      ['to a landline', '010 6512 3456', '11 位手机号'],
      ['to another country', '+1 202 555 0142', '11 位手机号'],
      ['to a number with an extension', '13800135678 ext. 9', '11 位手机号'],
      ['to digits of another script', '١٣٨٠٠١٣٥٦٧٨', '11 位手机号'],
    ])('%s', async (_case, phone, words) => {
      const answer = await browser().submit({ phone });
      expect(answer).toMatchObject({ is: 'again', problems: [{ field: 'phone' }] });
      expect(JSON.stringify(answer)).toContain(words);
      expect(fixture.carrier.received).toHaveLength(0);
    });

    it('more than once by twenty presses at the same time', async () => {
      const phone = newPhone();
      const { flow } = await sent(phone);
      await minuteLater(phone);
      const answers = await Promise.all(Array.from({ length: 20 }, () => flow.submit({ resend: '1' })));
      expect(messagesTo(phone)).toBe(2);
      expect(answers.filter((answer) => answer.is === 'next')).toHaveLength(1);
      expect(JSON.stringify(answers.find((answer) => answer.is === 'again'))).toMatch(/请在 \d+ 秒后/);
    });

    it('again within a minute, from whatever browser; the one that has a code goes on with it', async () => {
      const phone = newPhone();
      const { flow } = await sent(phone);
      expect(await browser().submit({ phone })).toMatchObject({
        is: 'again',
        problems: [{ field: 'phone' }],
      });
      expect(await flow.submit({ phone })).toMatchObject({ is: 'next' });
      expect(messagesTo(phone)).toBe(1);
    });

    it('to one number more than five times in a row, however patiently', async () => {
      const phone = newPhone();
      let answer;
      for (let turn = 0; turn < 8; turn += 1) {
        answer = await browser().submit({ phone });
        await minuteLater(phone);
      }
      expect(messagesTo(phone)).toBe(5);
      expect(JSON.stringify(answer)).toMatch(/小时后再获取/);
    });

    it('from one address beyond twenty-five in five minutes', async () => {
      const presses = Array.from({ length: 27 }, () =>
        browser({ address: '203.0.113.9' }).submit({ phone: newPhone() }),
      );
      const answers = await Promise.all(presses);
      expect(fixture.carrier.received.length).toBe(25);
      const refused = answers.filter((answer) => answer.is === 'fault');
      expect(refused.map((answer) => answer.is === 'fault' && answer.code)).toEqual(['too_many', 'too_many']);
    });

    it('beyond the budget of the whole system', async () => {
      const tight = fixture.sms({ budgetPerMinute: 2 });
      const answers = [];
      for (let turn = 0; turn < 3; turn += 1)
        answers.push(await flowOf(tight.first, state).submit({ phone: newPhone() }));
      expect(answers.map((answer) => answer.is)).toContain('fault');
    });

    it('when no carrier takes it; the minute is given back and the next press sends', async () => {
      const phone = newPhone();
      const flow = browser();
      fixture.carrier.behave(503);
      expect(await flow.submit({ phone })).toMatchObject({ is: 'fault', code: 'unavailable' });
      for (let turn = 0; turn < 8; turn += 1) await flow.submit({ phone });
      expect(flow.scratch()).toBeUndefined();
      fixture.carrier.behave('accepts');
      expect(await flow.submit({ phone })).toMatchObject({ is: 'next' });
      expect(await flow.submit({ code: codeFor(fixture.carrier, phone) })).toMatchObject({ is: 'done' });
    });

    it('by showing a page', async () => {
      const { id } = await fixture.newCitizen();
      const flow = flowOf(factor.second, { citizenId: id, aal: 2 });
      expect(await flow.html()).toContain('发送验证码');
      expect(fixture.carrier.received).toHaveLength(0);
    });
  });

  describe('is refused', () => {
    it.each([
      ['', '请输入 6 位短信验证码'],
      ['12345', '验证码应为 6 位数字'],
      ['1234567', '验证码应为 6 位数字'],
      ['12a456', '验证码应为 6 位数字'],
      ['١٢٣٤٥٦', '验证码应为 6 位数字'],
    ])('when it is no code ("%s"), without costing a try', async (code, words) => {
      const phone = newPhone();
      const { flow, code: right } = await sent(phone);
      for (let turn = 0; turn < 6; turn += 1)
        expect(JSON.stringify(await flow.submit({ code }))).toContain(words);
      expect(await flow.submit({ code: right })).toMatchObject({ is: 'done' });
    });

    it('the second time', async () => {
      const { flow, code } = await sent(newPhone());
      expect(await flow.submit({ code })).toMatchObject({ is: 'done' });
      expect(await flow.submit({ code })).toMatchObject({ is: 'again', problems: [{ field: 'code' }] });
    });

    it('ninety-nine times of a hundred at the same moment', async () => {
      const roomy = fixture.sms({ tries: 10 });
      const phone = newPhone();
      const flow = flowOf(roomy.first, state);
      await flow.submit({ phone });
      const code = codeFor(fixture.carrier, phone);
      const answers = await Promise.all(Array.from({ length: 100 }, () => flow.submit({ code })));
      expect(answers.filter((answer) => answer.is === 'done')).toHaveLength(1);
    });

    it('in another browser, for another number, for another purpose', async () => {
      const { id, phone } = await fixture.newCitizen();
      const { code } = await sent(phone);
      const other = newPhone();
      const stranger = await sent(other);
      expect(await stranger.flow.submit({ code })).toMatchObject({ is: 'again' });
      await minuteLater(phone);
      const flow = 'one flow for both';
      const first = browser({ flow });
      await first.submit({ phone });
      const second = flowOf(factor.second, { citizenId: id, aal: 2 }, { flow });
      await minuteLater(phone);
      await second.submit({});
      const [signin, stepUp] = fixture.carrier.received
        .slice(-2)
        .map(({ body }) => String(body['text']).slice(-6));
      expect(await second.submit({ code: signin! })).toMatchObject({ is: 'again' });
      expect(await second.submit({ code: stepUp! })).toMatchObject({ is: 'done' });
    });

    it('after five minutes and a second', async () => {
      const { flow, code } = await sent(newPhone());
      fixture.clock.forward(301);
      expect(await flow.submit({ code })).toMatchObject({ is: 'again' });
    });

    it('after five wrong ones, right or wrong, in every browser, also with a new code', async () => {
      const phone = newPhone();
      const { flow, code } = await sent(phone);
      const texts = [];
      for (let turn = 1; turn <= 4; turn += 1) {
        const answer = await flow.submit({ code: otherThan(code, turn) });
        texts.push(answer.is === 'again' ? /\d+/.exec(answer.problems[0]?.text ?? '')?.[0] : answer.is);
      }
      expect(texts).toEqual([undefined, '3', '2', '1']);
      await minuteLater(phone);
      await flow.submit({ resend: '1' });
      const locked = await flow.submit({ code: otherThan(code, 9) });
      expect(locked).toMatchObject({ is: 'fault', code: 'locked' });
      expect(await flow.submit({ code: codeFor(fixture.carrier, phone) })).toMatchObject({ code: 'locked' });
      await minuteLater(phone);
      expect(await browser().submit({ phone })).toMatchObject({ is: 'fault', code: 'locked' });
      expect(messagesTo(phone)).toBe(2);
    });

    it('beyond five of a thousand parallel guesses, which are not looked at', async () => {
      const { id, phone } = await fixture.newCitizen();
      const flow = flowOf(factor.second, { citizenId: id, aal: 2 });
      await flow.submit({});
      const code = codeFor(fixture.carrier, phone);
      const guesses = Array.from({ length: 1_000 }, (_, turn) =>
        flow.submit({ code: otherThan(code, turn + 1) }),
      );
      const answers = await Promise.all(guesses);
      expect(await fixture.events('signin.failed', id)).toBe(5);
      expect(await fixture.events('limit.locked', id)).toBe(1);
      expect(answers.filter((answer) => answer.is === 'again')).toHaveLength(4);
    });
  });

  describe('shows control of the phone', () => {
    it('of an account, and of a person who has none, by the same pages', async () => {
      const known = await fixture.newCitizen();
      const pages = [];
      for (const phone of [known.phone, newPhone()]) {
        const { flow, code } = await sent(phone);
        pages.push((await flow.html()).replaceAll(/\d{3}\*{4}\d{4}/g, 'masked'));
        expect(await flow.submit({ code })).toEqual({
          is: 'done',
          value: {
            phone,
            amr: ['sms'],
            needsSecond: false,
            citizenId: phone === known.phone ? known.id : undefined,
          },
        });
      }
      expect(pages[0]).toBe(pages[1]);
    });

    it('with full-width digits, spaces, or the # of the message', async () => {
      for (const write of [
        (code: string) => code.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
        (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)} `,
        (code: string) => `#${code}`,
      ]) {
        const { flow, code } = await sent(newPhone());
        expect(await flow.submit({ code: write(code) })).toMatchObject({ is: 'done' });
      }
    });

    it('by the earlier code too after a new one was sent; using one ends both', async () => {
      const phone = newPhone();
      const { flow, code: earlier } = await sent(phone);
      await minuteLater(phone);
      expect(await flow.submit({ resend: '1' })).toMatchObject({ is: 'next' });
      const later = codeFor(fixture.carrier, phone);
      expect(await flow.submit({ code: earlier })).toMatchObject({ is: 'done' });
      if (later !== earlier) expect(await flow.submit({ code: later })).toMatchObject({ is: 'again' });
    });

    it('after the number was changed with the browser’s back button', async () => {
      const { flow } = await sent(newPhone());
      const phone = newPhone();
      expect(await flow.submit({ phone })).toMatchObject({ is: 'next' });
      expect(await flow.submit({ code: codeFor(fixture.carrier, phone) })).toMatchObject({
        value: { phone },
      });
    });

    it('while the key of the codes is rotated', async () => {
      const { flow, code } = await sent(newPhone());
      await fixture.database.postgres.tx((tx) => fixture.keyring.rotate('otp', tx));
      expect(await flow.submit({ code })).toMatchObject({ is: 'done' });
    });

    it('also when the password way of this person is locked', async () => {
      const { id, phone } = await fixture.newCitizen(LONG);
      const password = fixture.password();
      for (let turn = 0; turn < 7; turn += 1)
        await flowOf(password.first, state).submit({ phone, password: 'not the right one' });
      const { flow, code } = await sent(phone);
      expect(await flow.submit({ code })).toMatchObject({ is: 'done', value: { citizenId: id } });
    });
  });

  describe('leaves no trace', () => {
    it('of number or code in what the flow remembers, on the page, in the log or in the events', async () => {
      const phone = newPhone();
      const { flow, code } = await sent(phone);
      await flow.submit({ code: otherThan(code) });
      await fixture.audit.flush();
      const dump = await fixture.tamper('select * from audit.event');
      const kept = await fixture.tamper('select key, value::text from platform.ephemeral');
      const everything = [
        JSON.stringify(flow.scratch()),
        await flow.html(),
        fixture.logged.join('\n'),
        JSON.stringify(dump.rows.map((row: object) => ({ ...row, mac: undefined }))),
        JSON.stringify(kept.rows),
      ];
      for (const text of everything) {
        expect(text).not.toContain(phone.slice(3));
        expect(text).not.toMatch(new RegExp(`(?<!\\d)${code}(?!\\d)`));
      }
    });
  });

  describe('the message', () => {
    it.each([
      [
        'zh-CN' as const,
        /^【国家政务登录】验证码 \d{6}，用于登录“江临市 住房公积金”，5 分钟内有效。工作人员不会向您索要，请勿告诉任何人。\n@login\.example\.gov\.cn #\d{6}$/,
      ],
      [
        'en' as const,
        /^【国家政务登录】\d{6} is your code to sign in at 江临市 住房公积金\. It expires in 5 minutes\. .*\n@login\.example\.gov\.cn #\d{6}$/,
      ],
    ])('in %s says who, what for, how long, and ends with the bound code', async (locale, wording) => {
      const phone = newPhone();
      // A name with a line break must not push a line of its own to the end.
      await browser({ locale, service: '江临市\n住房公积金' }).submit({ phone });
      expect(fixture.carrier.received[0]?.body['text']).toMatch(wording);
    });

    it('says what it is for, when an account is being created', async () => {
      const phone = newPhone();
      await flowOf(factor.first, { hint: undefined, registering: true }).submit({ phone });
      expect(fixture.carrier.received[0]?.body).toMatchObject({ purpose: 'register' });
      expect(fixture.carrier.received[0]?.body['text']).toContain('用于注册账号');
    });
  });

  describe('as a second factor', () => {
    it('goes to the account’s own phone, shown masked, when the button is pressed', async () => {
      const { id, phone } = await fixture.newCitizen();
      const flow = flowOf(factor.second, { citizenId: id, aal: 2 });
      expect(await flow.submit({})).toMatchObject({ is: 'next' });
      expect(await flow.html()).toContain(`${phone.slice(3, 6)}****${phone.slice(10)}`);
      expect(await flow.html()).not.toContain(phone.slice(3));
      expect(await flow.submit({ code: codeFor(fixture.carrier, phone) })).toEqual({
        is: 'done',
        value: { citizenId: id, phone, amr: ['sms'], needsSecond: false },
      });
    });
  });

  it('declares what it limits, with the reason', () => {
    const declared = fixture.limits.list().map(({ name }) => name);
    for (const name of ['pause', 'number', 'address', 'budget', 'code_signin', 'code_second'])
      expect(declared).toContain(`sms.${name}`);
    expect(fixture.limits.list().every(({ why }) => why.length > 20)).toBe(true);
  });
});
