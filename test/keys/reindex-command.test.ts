// The command and the job that move lookups to the active index key, what stands in their way, and the end of the old key.
import type { CitizenId, Phone } from '../../idp/citizens/citizens.ts';
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

describe('keys reindex', () => {
  test('counts with --dry-run and writes nothing; without an account there is nothing to do', async () => {
    expect(await world.reindex()).toMatchObject({ code: 0, phase: 'kept', done: 0, left: 0, old: 0 });
    await newCitizen(node, newPhone(), newNumber());
    const key = await fixture.rotate('index', node);
    const before = [await world.lookups(), await fixture.sql('select * from citizens.lookup_ring')];
    expect(await world.state()).toMatchObject({
      code: 0,
      active: key.id,
      phase: 'kept',
      done: 0,
      left: 2,
      old: 2,
    });
    expect([await world.lookups(), await fixture.sql('select * from citizens.lookup_ring')]).toEqual(before);
    expect((await node.command('keys reindex --all')).code).toBe(1);
  });

  test('says both steps in the audit, with keys and nobody’s name', async () => {
    await newCitizen(node, newPhone(), newNumber());
    const key = await fixture.rotate('index', node);
    expect((await node.command('keys reindex')).out).toBe(
      'citizens.lookup: 2 under the active key, 0 left, 0 under others',
    );
    expect(await world.events('key.reindexed')).toEqual([
      { keyId: key.id, stage: 'begun' },
      { keyId: key.id, stage: 'decides' },
    ]);
  });

  test('by a node that has not heard does not lead back to the old key', async () => {
    await newCitizen(node);
    const key = await fixture.rotate('index', node);
    await world.reindex();
    await world.reindex(deaf);
    expect(await world.keysInUse()).toEqual([key.id]);
    expect(await world.events('key.reindexed')).toHaveLength(2);
  });

  test('goes on in pages where it stopped, on any node; several at once take turns', async () => {
    for (let many = 0; many < 450; many += 50)
      await Promise.all(Array.from({ length: 50 }, (_, turn) => newCitizen(world.both[turn % 2]!)));
    const key = await fixture.rotate('index', node);
    await world.stepwise(2);
    expect(await world.state()).toMatchObject({ phase: 'filling', done: 200, left: 250 });
    await deaf.parts.reindexing.run(() => false);
    expect(await world.state()).toMatchObject({ phase: 'filling', done: 400, left: 50 });
    const done = await Promise.all([world.reindex(), world.reindex(deaf), world.reindex()]);
    expect(done.map(({ code, left, old }) => [code, left, old])).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(await world.state()).toMatchObject({ phase: 'kept', done: 450, active: key.id });
    expect(await world.events('key.reindexed')).toHaveLength(2);
  });

  test('that comes after two rotations finishes what was begun, then goes on', async () => {
    const [phone, number] = [newPhone(), newNumber()];
    const id = await newCitizen(node, phone, number);
    await fixture.rotate('index', node);
    await world.stepwise(1);
    const last = await fixture.rotate('index', node);
    expect(await world.reindex()).toMatchObject({ code: 0, done: 2, left: 0, old: 0 });
    expect(await world.keysInUse()).toEqual([last.id]);
    await world.expectFound(id, phone, number);
  });

  test('runs in the background too, in turns', async () => {
    await newCitizen(node);
    const key = await fixture.rotate('index', node);
    await node.job('keys.reindex');
    expect(await world.keysInUse()).toEqual([key.id]);
    await node.job('keys.reindex');
    expect(await world.events('key.reindexed')).toHaveLength(2);
  });
});

describe('what cannot be computed anew keeps the old key', () => {
  /** The state of things before, in which everybody must still be found and nobody registered twice. */
  async function expectKept(old: string, id: CitizenId, phone: Phone): Promise<void> {
    expect((await world.state()).left).toBe(1);
    expect((await world.lookups()).filter(({ key_id }) => key_id === old)).toHaveLength(3);
    await world.expectFound(id, phone);
    for (const at of world.both) expect(await at.register(phone)).toEqual({ is: 'phone_taken' });
    fixture.clock.forward(7_200);
    expect(await node.command('keys prune')).toMatchObject({
      code: 1,
      out: expect.stringContaining('still needed by 3 lookups'),
    });
  }

  test('a phone that does not open: named without its number, and done once it opens again', async () => {
    const phone = newPhone();
    const id = await newCitizen(node, phone, newNumber());
    await newCitizen(node);
    const old = node.keyring.active('index').id;
    await fixture.rotate('index', node);
    const [{ sealed } = { sealed: Buffer.alloc(0) }] = await fixture.sql<{ sealed: Buffer }>(
      'select phone_sealed as sealed from citizens.citizen where id = $1',
      [id],
    );
    const broken = Buffer.from(sealed);
    broken[40]! ^= 1;
    const write = (value: Buffer): Promise<unknown> =>
      fixture.sql('update citizens.citizen set phone_sealed = $1 where id = $2', [value, id]);
    await write(broken);
    const { code, err } = await node.command('keys reindex');
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(`${id}: citizens.citizen.phone: .*changed or moved`),
    ]);
    expect(err).not.toContain(phone.slice(-8));
    await expectKept(old, id, phone);
    await node.job('keys.reindex');
    expect(node.logged.join()).toContain('cannot move to the next key');
    await write(sealed);
    expect(await world.reindex()).toMatchObject({ code: 0, done: 3, left: 0, old: 0 });
    await world.expectFound(id, phone);
  });

  test('a phone that is held although no account shows it', async () => {
    const phone = newPhone();
    const id = await newCitizen(node, phone, newNumber());
    await newCitizen(node);
    const old = node.keyring.active('index').id;
    await fixture.rotate('index', node);
    await fixture.sql('update citizens.citizen set phone_sealed = null where id = $1', [id]);
    const { code, err } = await node.command('keys reindex');
    expect([code, err]).toEqual([1, expect.stringContaining('1 lookups have no digest under the next key')]);
    await expectKept(old, id, phone);
  });

  test('a phone of an account that another one holds is left with its holder', async () => {
    const [phone, shown] = [newPhone(), newPhone()];
    const [holder, other] = [await newCitizen(node, phone), await newCitizen(node, shown)];
    await fixture.sql('update citizens.citizen set phone_sealed = $1 where id = $2', [
      node.sealer.seal(phone, 'citizens.citizen.phone', other),
      other,
    ]);
    await fixture.rotate('index', node);
    expect((await node.command('keys reindex')).code).toBe(1);
    await world.expectFound(holder, phone);
    await world.expectFound(other, shown);
  });
});

describe('keys prune', () => {
  test('refuses an index key while lookups stand under it or it decides, and removes it afterwards', async () => {
    const [phone, number] = [newPhone(), newNumber()];
    const id = await newCitizen(node, phone, number);
    const old = node.keyring.active('index').id;
    await fixture.rotate('index', node);
    const prune = async (): Promise<unknown> => JSON.parse((await node.command('keys prune --json')).out);
    expect(await prune()).toMatchObject([{ keyId: old, is: 'kept' }]);
    fixture.clock.forward(3_601);
    expect(await prune()).toEqual([
      {
        purpose: 'index',
        keyId: old,
        is: 'used',
        by: [
          { what: 'lookups of citizens.lookup', count: 2 },
          { what: 'digests of citizens.likeness', count: 1 },
        ],
      },
    ]);
    await world.reindex();
    expect(await prune()).toEqual([{ purpose: 'index', keyId: old, is: 'removed' }]);
    expect(await world.events('key.removed')).toEqual([{ purpose: 'index', keyId: old }]);
    await world.expectFound(id, phone, number);
  });

  test('keeps a key that decides, even when it has no lookups', async () => {
    const id = await newCitizen(node);
    await fixture.sql('delete from citizens.lookup where citizen_id = $1', [id]);
    await fixture.rotate('index', node);
    fixture.clock.forward(3_601);
    expect((await node.command('keys prune')).code).toBe(1);
    await world.reindex();
    expect((await node.command('keys prune')).code).toBe(0);
  });
});
