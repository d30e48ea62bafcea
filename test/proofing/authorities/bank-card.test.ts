import fc from 'fast-check';
import { DOCUMENT_KINDS, type DocumentNumber, type Phone } from '../../../idp/citizens/citizens.ts';
import { systemClock } from '../../../idp/platform/base/clock.ts';
import { createBankCard } from '../../../idp/proofing/authorities/bank-card/bank-card.ts';
import { cardNumber } from '../../../idp/proofing/authorities/bank-card/card-number.ts';
import { PERSONAS } from '../../../idp/sandbox/sandbox.ts';
import { authorityConformance } from '../../conformance/authority.ts';
import { answering, type Answering } from './answering.ts';
import { cardOf, withCard } from './claims.ts';

// The network answers about one card five times a day: each question of the suite is about the next one.
const SOUND = PERSONAS.map(({ id }) => id).filter((id) => !['minor', 'elder', 'deceased'].includes(id));
let turn = 0;
const next = (): string => SOUND[(turn += 1) % SOUND.length] ?? '';

describe('the bank-card network', () => {
  authorityConformance({
    standIn: 'bank-card',
    settings: (running) => running.vendor('bank-card'),
    create: createBankCard,
    reaches: 2,
    claims: {
      match: () => withCard(next()),
      mismatch: () => withCard(next(), { name: '林小夏' }),
      no_record: withCard('verified', { more: { bank_card: '6212345678901232' } }),
      unsupported: withCard('elder'),
    },
  });
});

const CODES = [
  ['1', '101', 'match'],
  ['2', '201', 'mismatch'],
  ['2', '202', 'unsupported'],
  ['2', '203', 'mismatch'],
  ['2', '204', 'mismatch'],
  ['2', '205', 'mismatch'],
  ['2', '206', 'no_record'],
  ['2', '207', 'no_record'],
  ['2', '208', 'mismatch'],
  ['2', '209', 'mismatch'],
  ['2', '210', 'mismatch'],
  ['2', '211', 'mismatch'],
  ['2', '212', 'unsupported'],
  ['2', '213', 'mismatch'],
  ['2', '214', 'unsupported'],
  ['2', '215', 'mismatch'],
  ['2', '216', 'mismatch'],
  ['3', '301', 'unsupported'],
  ['3', '302', 'unsupported'],
  ['3', '303', 'unsupported'],
  ['3', '304', 'no_record'],
  ['3', '305', 'unsupported'],
  ['3', '306', 'too_many'],
] as const;

describe('what the bank-card network answers', () => {
  let vendor: Answering;
  beforeAll(async () => {
    vendor = await answering();
  });
  afterAll(() => vendor.close());
  const bank = () => createBankCard({ settings: vendor.settings, clock: systemClock });
  const result = (BizCode: unknown, SubCode: unknown) => ({
    Code: '200',
    TransactionId: 't-1',
    ResultObject: { BizCode, SubCode },
  });

  it.each(CODES)('BizCode %s, SubCode %s is %s', async (BizCode, SubCode, is) => {
    vendor.answer(result(BizCode, SubCode));
    const { at, ...finding } = await bank().examine(withCard('verified'), 'request');
    expect(at).toBeInstanceOf(Date);
    expect(finding).toEqual({
      is,
      transaction: 't-1',
      ...(is === 'match' ? {} : { details: { sub_code: SubCode } }),
    });
  });

  it('is valid for no pair of codes but these, and for no half', async () => {
    const known = new Set(CODES.map(([biz, sub]) => `${biz} ${sub}`));
    const biz = ['1', '2', '3', '4', '', 1, undefined];
    const sub = [...CODES.map((code) => code[1]), '102', '217', '307', '10', '', 101, undefined];
    const authority = bank();
    const valid: string[] = [];
    for (const BizCode of biz)
      for (const SubCode of sub) {
        vendor.answer(result(BizCode, SubCode));
        const { is } = await authority.examine(withCard('verified'), 'request');
        if (is !== 'unavailable') valid.push(`${BizCode} ${SubCode}`);
      }
    expect(new Set(valid)).toEqual(known);
    expect(valid).toHaveLength(CODES.length);
  });

  it.each([
    ['400', { ...result('1', '101'), Code: '400' }],
    ['402', { ...result('1', '101'), Code: '402' }],
    ['no transaction', { ...result('1', '101'), TransactionId: '' }],
    ['no result', { Code: '200', TransactionId: 't-1' }],
    ['nothing', null],
  ])('%s is no answer', async (_, body) => {
    vendor.answer(body);
    expect(await bank().examine(withCard('verified'), 'request')).toMatchObject({
      is: 'unavailable',
      reason: 'bad_answer',
    });
  });

  it.each([
    ['CN_RIC', '330106199506182261', '01', '330106199506182261'],
    ['CN_HMT_RP', '810000199408230021', '99', '810000199408230021'],
    ['CN_FPR_2017', 'CAN110081080310', '99', 'CAN110081080310'],
    ['CN_FPR_2023', '911124198108030024', '99', '911124198108030024'],
    ['PASSPORT', 'CHN E12345678', '03', 'E12345678'],
    ['HM_PERMIT', 'H12345678', '04', 'H12345678'],
    ['TW_PERMIT', '12345678', '05', '12345678'],
  ] as const)('is asked about a %s as the bank wrote it down', async (kind, number, CertType, sent) => {
    vendor.answer(result('1', '101'));
    const claimed = withCard('verified', { kind });
    const document = { kind, name: '林晓夏', number: number as DocumentNumber, birthdate: undefined };
    expect(await bank().examine({ ...claimed, document }, 'request-7')).toMatchObject({ is: 'match' });
    expect(vendor.asked.at(-1)).toEqual({
      RequestId: 'request-7',
      VerifyMode: 'VERIFY_BANK_CARD',
      ProductType: 'BANK_CARD_4_META',
      ParamType: 'normal',
      UserName: '林晓夏',
      CertType,
      IdentifyNum: sent,
      BankCard: cardOf('verified'),
      Mobile: '13900010001',
    });
  });

  it('covers every kind of document, beside the population register', () => {
    expect(bank()).toMatchObject({
      covers: DOCUMENT_KINDS,
      beside: ['population-register'],
      leads: true,
      validitySeconds: 365 * 86_400,
      collect: { by: 'fields', fields: [{ name: 'bank_card', inputMode: 'numeric' }] },
    });
  });

  it('asks for consent to card and phone on their own, and says that the card is erased', () => {
    const { consent } = bank().words;
    expect(consent?.['zh-CN']).toMatch(/我同意.*银行卡号.*手机号.*核对完就删除/);
    expect(consent?.en).toMatch(/I agree.*bank card number.*phone number.*erased after/);
  });

  it('never says whose phone it is: that would take it off the account of a relative', () => {
    expect(bank().bindsPhone).not.toBe(true);
  });

  it.each([undefined, '+85291234567', '+861390001000', '13900010001', '+86139000100011'])(
    'is not asked with the phone %s',
    async (phone) => {
      const before = vendor.asked.length;
      const claimed = { ...withCard('verified'), phone: phone as Phone | undefined };
      expect(await bank().examine(claimed, 'request')).toMatchObject({ is: 'unsupported' });
      expect(vendor.asked).toHaveLength(before);
    },
  );

  it('is never asked without a document or a card: that is a mistake of ours', async () => {
    const claimed = withCard('verified');
    await expect(bank().examine({ ...claimed, document: undefined }, 'request')).rejects.toThrow(
      'asked about',
    );
    await expect(bank().examine({ ...claimed, more: {} }, 'request')).rejects.toThrow('asked about');
  });
});

/** Written on its own, from the table of doubled digits. */
const DOUBLED = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
const whole = (digits: string): boolean =>
  Array.from(digits)
    .toReversed()
    .map((digit, place) => (place % 2 === 1 ? (DOUBLED[Number(digit)] ?? 0) : Number(digit)))
    .reduce((sum, value) => sum + value, 0) %
    10 ===
  0;

describe('a bank card number as typed', () => {
  const NUMBER = '6212345678901232';
  it.each([
    ['as it is', NUMBER],
    ['in groups', '6212 3456 7890 1232'],
    ['with hyphens', '6212-3456-7890-1232'],
    ['in full width', '６２１２　３４５６　７８９０　１２３２'],
    ['pasted', '\u200B 6212\u00A03456\u30007890\t1232\r\n'],
  ])('is read %s', (_, text) => {
    expect(cardNumber.parse(text)).toEqual({ is: 'ok', value: NUMBER });
  });

  it.each([
    ['', '请输入', 'Enter'],
    ['  ', '请输入', 'Enter'],
    ['621234567890123', '16 到 19', '16 to 19'],
    ['62123456789012345678', '16 到 19', '16 to 19'],
    ['6212345678901233', '有一位不对', 'not right'],
    ['621234567890123x', '只有数字', 'numbers only'],
    ['6212３4567890123٣', '只有数字', 'numbers only'],
    ['6212+345678901232', '只有数字', 'numbers only'],
    ['六二一二', '只有数字', 'numbers only'],
  ])('%j is refused in both languages, without being repeated', (text, zh, en) => {
    const parsed = cardNumber.parse(text);
    if (parsed.is === 'ok') throw new Error('accepted');
    expect(parsed.text['zh-CN']).toContain(zh);
    expect(parsed.text.en).toContain(en);
    expect(JSON.stringify(parsed)).not.toMatch(/\d{5}/);
  });

  const digits = fc
    .integer({ min: 16, max: 19 })
    .chain((length) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }))
    .map((all) => all.join(''));

  it('is accepted if and only if its check digit is right, 10,000 times', () => {
    let accepted = 0;
    fc.assert(
      fc.property(digits, (text) => {
        const { is } = cardNumber.parse(text);
        if (is === 'ok') accepted += 1;
        return (is === 'ok') === whole(text);
      }),
      { numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(500);
    expect(accepted).toBeLessThan(2_000);
  });

  it('is refused with one digit wrong, 10,000 times', () => {
    fc.assert(
      fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (text, place, by) => {
        const right =
          Array.from('0123456789')
            .map((last) => text.slice(0, -1) + last)
            .find(whole) ?? '';
        const at = place % right.length;
        const wrong = right.slice(0, at) + ((Number(right[at]) + by) % 10) + right.slice(at + 1);
        return cardNumber.parse(right).is === 'ok' && cardNumber.parse(wrong).is === 'bad';
      }),
      { numRuns: 10_000 },
    );
  });
});
