// The key of the blind index rotates while accounts are made on several nodes, one of which hears of nothing: no account
// is lost and no phone or document ever has two.
import { setTimeout as sleep } from 'node:timers/promises';
import type { CitizenId, DocumentNumber, Phone } from '../../idp/citizens/citizens.ts';
import { citizenRecords } from '../../idp/citizens/retention/records.ts';
import { lockStatus } from '../../idp/citizens/retention/store.ts';
import { newCitizen, newNumber, newPhone, type KeysFixture, type Node } from './fixture.ts';
import { twoNodes, type TwoNodes } from './two-nodes.ts';

let world: TwoNodes;
let fixture: KeysFixture;
let node: Node;
let deaf: Node;
beforeEach(async () => {
  world = await twoNodes();
  ({ fixture, node, deaf } = world);
});
afterEach(() => fixture.close());

/** The phone from both nodes a hundred times at once. Exactly one makes an account, and both nodes find it. */
async function registerEverywhere(phone: Phone): Promise<CitizenId> {
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, turn) => world.both[turn % 2]!.register(phone)),
  );
  const made = outcomes.flatMap((outcome) => (outcome.is === 'registered' ? [outcome.id] : []));
  expect(made).toHaveLength(1);
  await world.expectFound(made[0]!, phone);
  return made[0]!;
}

/** A hundred accounts claim one document at once, from both nodes. Exactly one gets it. */
async function claimEverywhere(accounts: readonly CitizenId[], number: DocumentNumber): Promise<CitizenId> {
  const outcomes = await Promise.all(accounts.map((id, turn) => world.both[turn % 2]!.raise(id, number)));
  const winners = accounts.filter((_, turn) => outcomes[turn]?.is === 'raised');
  expect(winners).toHaveLength(1);
  for (const { citizens } of world.both)
    expect(await citizens.findByDocument('CN_RIC', number)).toBe(winners[0]);
  const rows = await fixture.sql<{ n: number }>(
    'select count(*)::int as n from citizens.document where citizen_id = any($1)',
    [accounts],
  );
  expect(rows).toEqual([{ n: 1 }]);
  return winners[0]!;
}

const manyAccounts = (): Promise<CitizenId[]> =>
  Promise.all(Array.from({ length: 100 }, (_, turn) => newCitizen(world.both[turn % 2]!)));

/** How far the rotation has come when the hundred arrive. */
const MOMENTS: readonly [string, () => Promise<unknown>][] = [
  ['before the rotation', async () => undefined],
  ['the key has turned and nothing else', () => fixture.rotate('index', node)],
  [
    'both keys count, and nothing is filled',
    async () => [await fixture.rotate('index', node), await world.stepwise(1)],
  ],
  [
    'the new key decides, the old lookups stand',
    async () => [await fixture.rotate('index', node), await world.stepwise(3)],
  ],
  ['the old lookups are gone', async () => [await fixture.rotate('index', node), await world.reindex()]],
  [
    'the old key is gone',
    async () => {
      await fixture.rotate('index', node);
      await world.reindex();
      fixture.clock.forward(7_200);
      expect((await node.command('keys prune')).out).toMatch(/^index \S+ removed$/);
    },
  ],
  [
    'the key has turned twice and the deaf node knows neither key',
    async () => {
      for (let turn = 0; turn < 2; turn += 1) {
        await fixture.rotate('index', node);
        await world.reindex();
      }
      const known = new Set(deaf.keyring.all('index').map(({ id }) => id));
      expect((await world.keysInUse()).some((id) => known.has(id))).toBe(false);
    },
  ],
];

describe.each(MOMENTS)('when %s', (_moment, arrive) => {
  test('one phone a hundred times at once makes one account, one document goes to one of a hundred', async () => {
    const [phone, number] = [newPhone(), newNumber()];
    const old = await newCitizen(node, phone, number);
    const accounts = await manyAccounts();
    await arrive();
    await world.expectFound(old, phone, number);
    for (const at of world.both) expect(await at.register(phone)).toEqual({ is: 'phone_taken' });
    expect(await node.raise(accounts[0]!, number)).toEqual({ is: 'held_by_another' });
    const fresh = newPhone();
    const id = await registerEverywhere(fresh);
    await claimEverywhere(accounts, newNumber());
    // And nothing of it is lost with what is left of the rotation.
    expect(await world.reindex()).toMatchObject({ code: 0, phase: 'kept', left: 0, old: 0 });
    expect(await world.keysInUse()).toEqual([node.keyring.active('index').id]);
    await world.expectFound(old, phone, number);
    await world.expectFound(id, fresh);
  });
});

describe('while the key turns', () => {
  test('a hundred registrations and a hundred claims at a time, wave after wave, while it turns again and again', async () => {
    const operator = await fixture.node();
    let free: readonly CitizenId[] = await manyAccounts();
    const made: [CitizenId, Phone][] = [];
    let turns = 0;
    const turning = (async () => {
      for (; made.length < 4; turns += 1) {
        const key = await fixture.rotate('index', operator);
        expect(await world.reindex(operator)).toMatchObject({ code: 0, active: key.id });
      }
    })();
    while (made.length < 4) {
      const [phone, number] = [newPhone(), newNumber()];
      const [id, winner] = await Promise.all([registerEverywhere(phone), claimEverywhere(free, number)]);
      made.push([id, phone]);
      free = free.filter((one) => one !== winner);
    }
    await turning;
    expect(turns).toBeGreaterThan(1);
    expect(await world.reindex()).toMatchObject({ code: 0, left: 0, old: 0, done: 108 });
    for (const [id, phone] of made) await world.expectFound(id, phone);
  });

  test('a registration in progress is waited for, so that no lookup is left behind', async () => {
    const phone = newPhone();
    await newCitizen(node);
    await fixture.rotate('index', node);
    const { promise: committed, resolve: commit } = Promise.withResolvers<void>();
    const { promise: claimed, resolve: hasClaimed } = Promise.withResolvers<void>();
    const slow = deaf.audit.change(async (tx) => {
      const outcome = await deaf.citizens.register(tx, phone, fixture.clock.now());
      if (outcome.is !== 'registered') throw new Error(outcome.is);
      tx.record({
        type: 'citizen.registered',
        data: { method: 'sms' },
        citizenId: outcome.id,
        actor: 'system',
      });
      hasClaimed();
      await committed;
      return outcome.id;
    });
    await claimed;
    let over = false;
    const moving = world.reindex().then((done) => {
      over = true;
      return done;
    });
    await sleep(400);
    expect([over, await world.events('key.reindexed')]).toEqual([false, []]);
    commit();
    expect(await moving).toMatchObject({ code: 0, done: 2, left: 0, old: 0 });
    await world.expectFound(await slow, phone);
  });

  test('an account that somebody is changing is waited for without holding others', async () => {
    const ids = [await newCitizen(node), await newCitizen(node), await newCitizen(node)] as const;
    await fixture.rotate('index', node);
    await world.stepwise(1);
    const { promise: goOn, resolve: commit } = Promise.withResolvers<void>();
    const { promise: held, resolve: hasHeld } = Promise.withResolvers<void>();
    const slow = deaf.audit.change(async (tx) => {
      await deaf.citizens.releasePhone(tx, ids[1], fixture.clock.now());
      tx.record({ type: 'citizen.frozen', data: { reason: 'test' }, citizenId: ids[1], actor: 'system' });
      hasHeld();
      await goOn;
    });
    await held;
    const moving = world.reindex();
    await sleep(200);
    const others = await Promise.all([ids[0], ids[2]].map((id) => node.raise(id, newNumber())));
    const { phase } = await world.state();
    commit();
    await slow;
    expect([others, phase]).toEqual([[{ is: 'raised' }, { is: 'raised' }], 'filling']);
    expect(await moving).toMatchObject({ code: 0, done: 4, left: 0, old: 0 });
  });

  test.each([
    ['that key was published before', 0],
    ['that key is one it has never heard of', 1],
  ])('a node that has not heard writes both keys while the new one is filled: %s', async (_how, earlier) => {
    await newCitizen(node);
    for (let turn = 0; turn < earlier; turn += 1) {
      await fixture.rotate('index', node);
      await world.reindex();
    }
    const before = node.keyring.active('index').id;
    const key = await fixture.rotate('index', node);
    expect(deaf.keyring.byId('index', key.id)?.state).toBe(earlier === 0 ? 'next' : undefined);
    await world.stepwise(1);
    const id = await newCitizen(deaf);
    const mine = (await world.lookups()).filter(({ citizen_id }) => citizen_id === id);
    expect(mine.map(({ key_id }) => key_id).sort()).toEqual([before, key.id].sort());
  });
});

describe('everything that is found by the blind index', () => {
  const raiseAs = (
    at: Node,
    id: CitizenId,
    proven: Parameters<Node['citizens']['raise']>[2],
  ): ReturnType<Node['citizens']['raise']> =>
    at.audit.change(async (tx) => {
      const outcome = await at.citizens.raise(tx, id, proven, 2, undefined, fixture.clock.now());
      tx.record({ type: 'citizen.frozen', data: { reason: 'test' }, citizenId: id, actor: 'system' });
      return outcome;
    });

  test('moves with the key: documents, former ones too, pseudonyms, and what looks alike', async () => {
    const [id, other] = [await newCitizen(node), await newCitizen(deaf)];
    const person = { name: '张三·李', birthdate: '1985-01-01', gender: 'male' } as const;
    const [first, second] = [newNumber(), newNumber()];
    await raiseAs(node, id, { identity: { ...person, kind: 'CN_RIC', number: first }, pseudonym: 'W1' });
    await raiseAs(node, id, { identity: { ...person, kind: 'CN_RIC', number: second }, as: 'renumbered' });
    const passport = {
      ...person,
      name: '张三 李',
      kind: 'PASSPORT',
      number: 'E12345678' as DocumentNumber,
    } as const;
    expect(await node.citizens.alike(other, passport)).toBe(true);
    for (let turn = 0; turn < 2; turn += 1) {
      const key = await fixture.rotate('index', node);
      expect(await world.reindex()).toMatchObject({ code: 0, left: 0, old: 0, done: 5 });
      const likenesses = await fixture.sql('select distinct key_id from citizens.likeness');
      expect(likenesses).toEqual([{ key_id: key.id }]);
      for (const at of world.both) {
        for (const number of [first, second])
          expect(await at.citizens.findByDocument('CN_RIC', number)).toBe(id);
        expect(await raiseAs(at, other, { identity: undefined, pseudonym: 'W1' })).toEqual({
          is: 'held_by_another',
        });
        expect(await at.citizens.alike(other, passport)).toBe(true);
        expect(await at.citizens.alike(id, passport)).toBe(false);
        expect(await at.citizens.alike(other, { ...passport, name: '王五' })).toBe(false);
      }
    }
  });

  test('likeness that is noted while both keys count is noted under both', async () => {
    const [id, other] = [await newCitizen(node), await newCitizen(node)];
    const person = { name: '张三', birthdate: '1985-01-01', gender: 'male' } as const;
    await fixture.rotate('index', node);
    await world.stepwise(1);
    await raiseAs(deaf, id, { identity: { ...person, kind: 'CN_RIC', number: newNumber() } });
    expect(await fixture.sql('select distinct key_id from citizens.likeness')).toHaveLength(2);
    await world.reindex();
    const passport = { ...person, kind: 'PASSPORT', number: 'E12345678' as DocumentNumber } as const;
    expect(await deaf.citizens.alike(other, passport)).toBe(true);
  });
});

describe('a phone that is given up', () => {
  const giveUp = (
    at: Node,
    id: CitizenId,
    meanwhile: () => Promise<void> = async () => undefined,
  ): Promise<void> =>
    at.audit.change(async (tx) => {
      await at.citizens.releasePhone(tx, id, fixture.clock.now());
      tx.record({ type: 'citizen.frozen', data: { reason: 'test' }, citizenId: id, actor: 'system' });
      await meanwhile();
    });
  const close = (
    at: Node,
    id: CitizenId,
    meanwhile: () => Promise<void> = async () => undefined,
  ): Promise<void> =>
    at.audit.change(async (tx) => {
      await lockStatus(tx, id);
      await citizenRecords({ ...at.parts, citizens: at.citizens }).erase(tx, id, fixture.clock.now());
      tx.record({ type: 'citizen.frozen', data: { reason: 'test' }, citizenId: id, actor: 'system' });
      await meanwhile();
    });
  const WAYS = [
    ['released', giveUp],
    ['given up with the account', close],
  ] as const;

  test.each(WAYS)('and %s while both keys count is free under both', async (_how, end) => {
    const phone = newPhone();
    const id = await newCitizen(node, phone);
    await newCitizen(node);
    await fixture.rotate('index', node);
    await world.stepwise(2);
    expect((await world.lookups()).filter(({ citizen_id }) => citizen_id === id)).toHaveLength(2);
    await end(deaf, id);
    expect((await world.lookups()).filter(({ citizen_id }) => citizen_id === id)).toEqual([]);
    const next = await newCitizen(node, phone);
    expect(await world.reindex()).toMatchObject({ code: 0, done: 2, left: 0, old: 0 });
    await world.expectFound(next, phone);
  });

  test.each(WAYS)(
    'and %s at the very time when its account is filled does not come back',
    async (_how, end) => {
      const phone = newPhone();
      const id = await newCitizen(node, phone);
      await fixture.rotate('index', node);
      await world.stepwise(1);
      const { promise: ended, resolve: hasEnded } = Promise.withResolvers<void>();
      const { promise: goOn, resolve: commit } = Promise.withResolvers<void>();
      const ending = end(deaf, id, async () => {
        hasEnded();
        await goOn;
      });
      await ended;
      const moving = world.reindex();
      await sleep(300);
      commit();
      await ending;
      expect(await moving).toMatchObject({ code: 0, done: 0, left: 0, old: 0 });
      expect(await node.citizens.findByPhone(phone)).toBeUndefined();
      await world.expectFound(await newCitizen(deaf, phone), phone);
    },
  );
});
