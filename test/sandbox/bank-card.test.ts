import { createBankCard } from '../../idp/proofing/authorities/bank-card/bank-card.ts';
import { cardNumber } from '../../idp/proofing/authorities/bank-card/card-number.ts';
import type { Claimed } from '../../idp/proofing/proofing.ts';
import { PERSONAS } from '../../idp/sandbox/sandbox.ts';
import { cardOf, withCard } from '../proofing/authorities/claims.ts';
import { testClock } from '../support/clock.ts';
import { runSandbox, type Running } from './running.ts';

describe("the sandbox's cards", () => {
  const clock = testClock();
  let running: Running;
  beforeAll(async () => {
    running = await runSandbox({ clock });
  });
  afterAll(() => running.close());
  const bank = () => createBankCard({ settings: running.vendor('bank-card'), clock });
  let questions = 0;
  const ask = async (claimed: Claimed, requestId = `question-${(questions += 1)}`) =>
    bank().examine(claimed, requestId);

  it('are one for each persona, well formed, of no bank', () => {
    const cards = PERSONAS.map((persona) => persona.bank_card ?? '');
    for (const card of cards) {
      expect(cardNumber.parse(card)).toEqual({ is: 'ok', value: card });
      expect(card).toMatch(/^9999\d{15}$/);
    }
    expect(new Set(cards).size).toBe(PERSONAS.length);
  });

  it('stand on the page of the personas, with what is wrong with them', async () => {
    const html = await (await fetch(running.hub)).text();
    for (const { bank_card: card } of PERSONAS) expect(html).toContain(card);
    for (const note of ['已挂失', '没有预留手机号', '已冻结']) expect(html).toContain(note);
  });

  it.each([
    ['minor', 'mismatch', '210'],
    ['deceased', 'mismatch', '213'],
    ['elder', 'unsupported', '214'],
  ])('of %s is answered with %s', async (id, is, sub) => {
    expect(await ask(withCard(id))).toMatchObject({ is, details: { sub_code: sub } });
  });

  it.each([
    ['another name', withCard('verified', { name: '周启明' })],
    ['another phone', withCard('verified', { phone: '13900010002' })],
    ["somebody else's card", withCard('verified', { more: { bank_card: cardOf('verified-two') } })],
    ['another kind of document', withCard('verified', { kind: 'PASSPORT' })],
  ])('do not match with %s', async (_, claimed) => {
    expect(await ask(claimed)).toMatchObject({ is: 'mismatch' });
  });

  it.each([
    'virtual-operator',
    'phone-of-another',
    'hong-kong-resident',
    'foreign-resident',
    'passport-holder',
  ])('help where the operators cannot be asked, or do not know: %s', async (id) => {
    expect(await ask(withCard(id))).toMatchObject({ is: 'match' });
  });

  it('are answered about five times in 24 hours; the same question again is no sixth', async () => {
    const card = withCard('unverified');
    const found = [];
    for (let n = 0; n < 7; n += 1) found.push((await ask(card)).is);
    expect(found).toEqual([...Array.from({ length: 5 }, () => 'match'), 'too_many', 'too_many']);
    expect(await ask(withCard('middle-dot'))).toMatchObject({ is: 'match' });
    clock.forward(23 * 3600);
    expect(await ask(card)).toMatchObject({ is: 'too_many', details: { sub_code: '306' } });
    clock.forward(3601);
    for (let n = 0; n < 9; n += 1) expect(await ask(card, 'the-same')).toMatchObject({ is: 'match' });
    expect(await ask(card)).toMatchObject({ is: 'match' });
  });
});
