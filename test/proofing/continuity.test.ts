// One human being, one account: numbers are re-issued, names change, cards are renewed, phones pass on.
import { addSeconds } from '../../idp/platform/base/clock.ts';
import type { CitizenId, DocumentNumber, VerifiedIdentity } from '../../idp/citizens/citizens.ts';
import { sql } from '../../idp/platform/store/postgres.ts';
import { continues, continuity, type Identified } from '../../idp/proofing/continuity.ts';
import { checkCharacter, type Authority } from '../../idp/proofing/proofing.ts';
import { formOf, personaOf, proofingFixture, visitor, type ProofingFixture } from './fixture.ts';

const card = (changes: Partial<Identified> = {}): Identified => ({
  kind: 'CN_RIC',
  number: '330106198501011231',
  name: '张三',
  birthdate: '1985-01-01',
  gender: 'male',
  ...changes,
});
const FOREIGN_2017 = card({
  kind: 'CN_FPR_2017',
  number: 'USA330185121512',
  name: "O'NEIL, MARY ANN",
  birthdate: '1985-12-15',
  gender: undefined,
});
const FOREIGN_2023 = card({
  kind: 'CN_FPR_2023',
  number: '911840198512150018',
  name: 'ONEIL MARY  ANN',
  birthdate: '1985-12-15',
});
const passport = (number: string) =>
  card({ kind: 'PASSPORT', number, name: 'ONEIL MARY ANN', birthdate: '1985-12-15', gender: undefined });

describe('continuity', () => {
  it.each([
    ['no document yet', [], card(), 'first'],
    ['the same number', [card()], card(), 'same'],
    ['the same number under a changed name', [card()], card({ name: '张三丰' }), 'same'],
    [
      'another number, name and birth date the same',
      [card()],
      card({ number: '330106198501011258' }),
      'renumbered',
    ],
    ['another number and another name', [card()], card({ number: 'x', name: '李四' }), 'another_person'],
    [
      'another number and another birth date',
      [card()],
      card({ number: 'x', birthdate: '1985-01-02' }),
      'another_person',
    ],
    ['the new card of a foreigner', [FOREIGN_2017], FOREIGN_2023, 'adds'],
    ['the old card after the new one', [FOREIGN_2023], FOREIGN_2017, 'adds'],
    ['a passport beside a card', [FOREIGN_2023], passport('USA 123456789'), 'adds'],
    ['a renewed passport', [passport('USA 123456789')], passport('USA 987654321'), 'adds'],
    [
      'a card without birth date in common',
      [card()],
      card({ kind: 'PASSPORT', birthdate: undefined }),
      'another_person',
    ],
    [
      'a card that says another gender',
      [card()],
      card({ kind: 'CN_HMT_RP', gender: 'female' }),
      'another_person',
    ],
  ] as const)('%s', (_, held, claimed, is) => {
    expect(continuity(held, claimed)).toBe(is);
  });
});

describe('a pseudonym, of which nobody knows whose name it is,', () => {
  const nothing = { documents: [], pseudonym: undefined };
  it.each([
    ['begins an account that holds nothing', nothing, undefined, 'p-1', 'first'],
    ['continues the account that holds it', { ...nothing, pseudonym: 'p-1' }, undefined, 'p-1', 'same'],
    ['is not joined to a document', { ...nothing, documents: [card()] }, undefined, 'p-1', 'unlinked'],
    ['is not joined to another pseudonym', { ...nothing, pseudonym: 'p-2' }, undefined, 'p-1', 'unlinked'],
    ['takes no document after it', { ...nothing, pseudonym: 'p-1' }, card(), undefined, 'unlinked'],
    [
      'does not stand in the way of one’s own document',
      { documents: [card()], pseudonym: 'p-1' },
      card(),
      undefined,
      'same',
    ],
  ] as const)('%s', (_, held, document, pseudonym, is) => {
    expect(continues(held, { document, pseudonym })).toBe(is);
  });
});

let fixture: ProofingFixture;
let serial = 13_722_220_000;
const newPhone = (): string => String((serial += 1));

beforeAll(async () => {
  fixture = await proofingFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.forget());

/** Whoever is asked says yes. */
const agreeing = (): readonly Authority[] =>
  fixture.authorities().map((authority): Authority => ({
    ...authority,
    examine: async () => ({ is: 'match', transaction: 't', at: fixture.clock.now() }),
  }));

/** An account that was proven by other means. */
async function holder(phone: string, identity: VerifiedIdentity): Promise<CitizenId> {
  const id = await fixture.account(phone);
  await fixture.audit.change(async (tx) => {
    const at = fixture.clock.now();
    await fixture.citizens.raise(tx, id, { identity }, 2, addSeconds(at, 86_400), at);
    tx.record({ type: 'citizen.seeded', data: { persona: 'test' }, citizenId: id, actor: 'system' });
  });
  return id;
}

const resident = (first17: string, name: string): VerifiedIdentity => ({
  kind: 'CN_RIC',
  number: (first17 + checkCharacter(first17)) as DocumentNumber,
  name,
  birthdate: `${first17.slice(6, 10)}-${first17.slice(10, 12)}-${first17.slice(12, 14)}`,
  gender: Number(first17[16]) % 2 === 1 ? 'male' : 'female',
});
const verdictOf = async (id: CitizenId): Promise<unknown> =>
  (
    await fixture.database.postgres.row<{ decision: unknown }>(
      sql`select decision from proofing.case where citizen_id = ${id} order by created_at desc, id desc limit 1`,
    )
  )?.decision;
const claim = (id: CitizenId, name: string, number: string, authorities = agreeing()) =>
  visitor(fixture.build({ authorities }).step, id, { wanted: 3 }).submit({
    name,
    id_number: number,
    consent: 'yes',
  });

describe('an account that is proven', () => {
  const before = resident('33010619850101123', '张三');

  it('keeps its number when the name changes, and the new name is the one that is told', async () => {
    const id = await holder(newPhone(), before);
    const browser = visitor(fixture.build({ authorities: withFace() }).step, id, { wanted: 3 });
    await browser.submit({ again: '1' });
    await browser.submit({ name: '张三丰', id_number: before.number, consent: 'yes' });
    expect(await verdictOf(id)).toEqual({ is: 'reached', ial: 3 });
    expect((await fixture.citizens.attributes(id)).name?.reveal()).toBe('张三丰');
    expect(await fixture.citizens.documents(id)).toHaveLength(1);
  });

  it('is looked at by a person when the number is another one of the same person', async () => {
    const id = await holder(newPhone(), before);
    const after = resident('33010619850101321', '张三');
    const browser = visitor(fixture.build({ authorities: withFace() }).step, id, { wanted: 3 });
    await browser.submit({ again: '1' });
    await browser.submit({ name: '张三', id_number: after.number, consent: 'yes' });
    expect(await verdictOf(id)).toEqual({ is: 'human', why: 'number_changed' });
    expect(await browser.title()).toBe('要由工作人员核对');
    expect(await fixture.citizens.findByDocument('CN_RIC', after.number)).toBeUndefined();
  });

  it('is not lowered by a register that no longer knows it, and not raised either', async () => {
    const id = await holder(newPhone(), before);
    const no = withFace().map((authority): Authority => ({
      ...authority,
      examine: async () => ({ is: 'mismatch', transaction: 't', at: fixture.clock.now() }),
    }));
    const browser = visitor(fixture.build({ authorities: no }).step, id, { wanted: 3 });
    await browser.submit({ consent: 'yes' });
    expect(await verdictOf(id)).toEqual({ is: 'human', why: 'register_changed' });
    expect((await fixture.citizens.find(id))?.ial).toBe(2);
    expect(await browser.page()).toContain('填写新名字');
  });

  it('loses its level when the register says that its holder has died, and only then: a counter sets it right', async () => {
    const id = await holder(newPhone(), before);
    const dead = withFace().map((authority): Authority => ({
      ...authority,
      examine: async () => ({ is: 'deceased', transaction: 't', at: fixture.clock.now() }),
    }));
    const stranger = await fixture.account(newPhone());
    await claim(stranger, before.name, before.number, dead);
    expect(await fixture.citizens.find(id)).toMatchObject({ status: 'active', ial: 2 });
    await visitor(fixture.build({ authorities: dead }).step, id, { wanted: 3 }).submit({ consent: 'yes' });
    expect(await fixture.citizens.find(id)).toMatchObject({ status: 'active', ial: 0 });
  });

  /** The operator as it is, and the same one as a way that shows the person, so that a level is left to reach. */
  const withFace = (): readonly Authority[] =>
    agreeing().map((authority) =>
      authority.leads ? { ...authority, reaches: 3, bindsPhone: false } : authority,
    );
});

describe('network identity', () => {
  const presenting = (pseudonym: string): readonly Authority[] =>
    agreeing()
      .filter(({ leads }) => leads)
      .map((authority) => ({
        ...authority,
        reaches: 3,
        covers: [],
        beside: [],
        examine: async () => ({ is: 'match', transaction: 't', at: fixture.clock.now(), pseudonym }) as const,
      }));
  const present = (id: CitizenId, pseudonym: string) =>
    visitor(fixture.build({ authorities: presenting(pseudonym) }).step, id, { wanted: 3 }).submit({
      begin: '1',
      consent: 'yes',
    });

  it('raises nothing on an account that somebody’s document proved: it may be anybody’s', async () => {
    const id = await holder(newPhone(), resident('33010619850101123', '张三'));
    // It is not even offered, and asking for it all the same opens no case.
    expect(await present(id, 'somebody')).toMatchObject({ is: 'again' });
    expect(await verdictOf(id)).toBeUndefined();
    expect([(await fixture.citizens.find(id))?.ial, await fixture.citizens.pseudonym(id)]).toEqual([
      2,
      undefined,
    ]);
  });

  it('proves one account, a hundred at once', async () => {
    const ids = await Promise.all(Array.from({ length: 100 }, () => fixture.account(newPhone())));
    await Promise.all(ids.map((id) => present(id, 'one-human-being')));
    const levels = await Promise.all(ids.map(async (id) => (await fixture.citizens.find(id))?.ial));
    expect(levels.filter((level) => level === 3)).toHaveLength(1);
    const holds = ids.find((_, index) => levels[index] === 3);
    expect(await fixture.citizens.pseudonym(holds!)).toBe('one-human-being');
    expect(await fixture.citizens.documents(holds!)).toEqual([]);
  });
});

describe('a phone that passed on', () => {
  it('is taken off the account of the one who had it, whose identity and documents stay', async () => {
    const { phone, name, id_number: number } = personaOf('verified-two');
    const before = await holder(phone, resident('33010619850101123', '张三'));
    const browser = visitor(fixture.build().step, before, { wanted: 3 });
    const second = visitor(
      fixture.build({
        authorities: fixture.authorities().map((each) => (each.leads ? { ...each, reaches: 3 } : each)),
      }).step,
      before,
      { wanted: 3 },
    );
    expect(await browser.page()).toContain('name="');
    await second.submit({ again: '1' });
    await second.submit({ name, id_number: number, consent: 'yes' });
    expect(await verdictOf(before)).toEqual({ is: 'phone_released' });
    expect(await second.title()).toBe('这个手机号以前在别人的账号上');
    expect(await second.submit({})).toEqual({ is: 'done', value: { is: 'start_over' } });

    const attributes = await fixture.citizens.attributes(before);
    expect([attributes.phone, attributes.name?.reveal()]).toEqual([undefined, '张三']);
    const after = await fixture.account(phone);
    expect(after).not.toBe(before);
    await visitor(fixture.build().step, after).submit(formOf('verified-two'));
    expect((await fixture.citizens.find(after))?.ial).toBe(2);
  });
});

describe('a number that strangers try', () => {
  it('takes a way that shows the person after three of them failed within a day', async () => {
    const names = ['林晓甲', '林晓乙', '林晓丙'];
    const proofing = fixture.build({ triesPerDay: 50 });
    for (const name of names)
      await visitor(proofing.step, await fixture.account(newPhone())).submit(formOf('verified', { name }));
    const owner = await fixture.account(personaOf('verified').phone);
    const browser = visitor(proofing.step, owner);
    await browser.submit(formOf('verified'));
    expect(await verdictOf(owner)).toEqual({ is: 'another_way', why: 'guarded' });
    fixture.clock.forward(86_500);
    await browser.submit({ again: '1' });
    await browser.submit(formOf('verified'));
    expect((await fixture.citizens.find(owner))?.ial).toBe(2);
  });
});

describe('somebody known under another kind of document', () => {
  it('is looked at by a person before a second account is proven', async () => {
    const phone = newPhone();
    await holder(phone, {
      kind: 'PASSPORT',
      number: 'USA 123456789' as DocumentNumber,
      name: 'ONEIL, MARY-ANN',
      birthdate: '1985-12-15',
      gender: undefined,
    });
    const second = await fixture.account(newPhone());
    const authorities = agreeing().map((each) => ({
      ...each,
      covers: [...each.covers, 'CN_FPR_2023'] as const,
    }));
    const browser = visitor(fixture.build({ authorities }).step, second);
    await browser.submit({ choose: 'document' });
    await browser.submit({ document: 'CN_FPR_2023' });
    await browser.submit({ name: 'ONEIL MARY ANN', id_number: '911840198512150018', consent: 'yes' });
    expect(await verdictOf(second)).toEqual({ is: 'human', why: 'alike' });
    expect((await fixture.citizens.find(second))?.ial).toBe(0);
  });
});

/** A counter where two officers found this of the document they read. */
const officers = (is: 'match' | 'deceased', identity: VerifiedIdentity): readonly Authority[] =>
  agreeing()
    .filter(({ leads }) => leads)
    .map((authority): Authority => ({
      ...authority,
      id: 'counter',
      reaches: 4,
      beside: [],
      covers: [],
      collect: { by: 'ticket' },
      examine: async () => ({ is, transaction: 't', at: fixture.clock.now(), vouched: () => identity }),
    }));

describe('two officers, who see the holder of another account,', () => {
  it('join this account to that one, which rises to what they saw and keeps its identifier', async () => {
    const identity = resident('33010619850101123', '张三');
    const into = await holder(newPhone(), identity);
    const phone = newPhone();
    const from = await fixture.account(phone);
    const counter = officers('match', identity);
    const built = fixture.build({ authorities: counter });
    await visitor(built.step, from, { wanted: 4 }).submit({ begin: '1' });
    expect(await verdictOf(from)).toEqual({ is: 'merge', ial: 4 });
    expect(await fixture.citizens.find(into)).toMatchObject({ status: 'active', ial: 4 });
    expect((await fixture.citizens.find(from))?.status).toBe('closed');
    expect((await fixture.citizens.attributes(into)).phone?.reveal()).toBe(`+86${phone}`);
    expect((await built.evidence(into)).map(({ authority, ial }) => [authority, ial])).toEqual([
      ['counter', 4],
    ]);
  });
});

describe('two officers, who report that the holder has died,', () => {
  const report = async (id: CitizenId, identity: VerifiedIdentity): Promise<string | undefined> => {
    const { step } = fixture.build({ authorities: officers('deceased', identity) });
    await visitor(step, id, { wanted: 4 }).submit({ begin: '1' });
    return (await fixture.citizens.find(id))?.status;
  };

  it('end the account that holds the document they read, and no other', async () => {
    const identity = resident('33010619850101123', '张三');
    expect(await report(await holder(newPhone(), identity), resident('33010619850101321', '李四'))).toBe(
      'active',
    );
    const other = resident('33010619850101348', '王五');
    expect(await report(await holder(newPhone(), other), other)).toBe('deceased');
  });
});

describe('accounts of one human being', () => {
  const change = <T>(work: Parameters<typeof fixture.audit.change<T>>[0]) => fixture.audit.change(work);
  const event = (id: CitizenId) =>
    ({ type: 'citizen.frozen', data: { reason: 'test' }, citizenId: id, actor: 'system' }) as const;

  it('become one: the phone moves, the proven account stays, the other is closed', async () => {
    const [oldPhone, phone] = [newPhone(), newPhone()];
    const into = await holder(oldPhone, resident('33010619850101123', '张三'));
    const from = await fixture.account(phone);
    const done = await Promise.all(
      Array.from({ length: 10 }, () =>
        change(async (tx) => {
          const merged = await fixture.citizens.merge(tx, from, into, fixture.clock.now());
          tx.record(event(into));
          return merged;
        }),
      ),
    );
    expect(done.every(Boolean)).toBe(true);
    expect((await fixture.citizens.attributes(into)).phone?.reveal()).toBe(`+86${phone}`);
    expect((await fixture.citizens.find(from))?.status).toBe('closed');
    expect(await fixture.citizens.findByPhone(`+86${phone}` as never)).toBe(into);
    expect(await fixture.citizens.findByPhone(`+86${oldPhone}` as never)).toBeUndefined();
  });

  it('stay two when both are proven: no machine decides that', async () => {
    const one = await holder(newPhone(), resident('33010619850101123', '张三'));
    const other = await holder(newPhone(), resident('33010619850101321', '张三'));
    const merged = await change(async (tx) => {
      const answer = await fixture.citizens.merge(tx, one, other, fixture.clock.now());
      tx.record(event(one));
      return answer;
    });
    expect(merged).toBe(false);
    expect((await fixture.citizens.find(one))?.status).toBe('active');
  });
});
