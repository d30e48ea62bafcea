// Who may close an account, and that nothing is half done: the rights by themselves, over real accounts.
import { createCitizens, type CitizenId, type Citizens, type Phone } from '../../idp/citizens/citizens.ts';
import { citizenRecords } from '../../idp/citizens/retention/records.ts';
import { createRights } from '../../idp/citizens/retention/rights.ts';
import { auditFixture, type AuditFixture } from '../audit/fixture.ts';
import { keyringIndex, keyringSealer } from '../support/sealer.ts';
import type { Records } from '../../idp/audit/audit.ts';

let fixture: AuditFixture;
let citizens: Citizens;
let own: Records;
const done: string[] = [];

beforeAll(async () => {
  fixture = await auditFixture(30);
  const parts = {
    postgres: fixture.database.postgres,
    sealer: keyringSealer(fixture.keyring),
    index: keyringIndex(fixture.keyring),
    clock: fixture.clock,
  };
  citizens = createCitizens(parts);
  own = citizenRecords({ ...parts, citizens });
});
afterAll(() => fixture.close());

const rights = (...more: Records[]) =>
  createRights({
    audit: fixture.audit,
    clock: fixture.clock,
    records: [own, ...more],
    signOut: () =>
      Promise.resolve({
        tell: () => Promise.resolve(),
        end: () => {
          done.push('signed out');
          return Promise.resolve();
        },
      }),
  });

let serial = 20_000_000;
async function newCitizen(): Promise<{ id: CitizenId; phone: Phone }> {
  const phone = `+86138${(serial += 1)}` as Phone;
  const id = await fixture.audit.change(async (tx) => {
    const outcome = await citizens.register(tx, phone, fixture.clock.now());
    if (outcome.is !== 'registered') throw new Error(outcome.is);
    tx.record({
      type: 'citizen.registered',
      data: { method: 'sms' },
      citizenId: outcome.id,
      actor: 'system',
    });
    return outcome.id;
  });
  return { id, phone };
}

const closings = async (id: CitizenId): Promise<number> =>
  (await fixture.audit.history(id, 50)).filter(({ type }) => type === 'citizen.closed').length;

test('an unknown account cannot be closed', async () => {
  const nobody = '0198a000-0000-7000-8000-00000000ffff' as CitizenId;
  await expect(rights().close(nobody, 'ref')).rejects.toMatchObject({ code: 'not_found' });
});

test('a frozen account cannot be closed: what froze it must be settled first', async () => {
  const { id, phone } = await newCitizen();
  await fixture.audit.change(async (tx) => {
    await citizens.freeze(tx, id, fixture.clock.now());
    tx.record({ type: 'citizen.frozen', data: { reason: 'test' }, citizenId: id, actor: 'operator:test' });
  });
  await expect(rights().close(id, 'ref')).rejects.toMatchObject({ code: 'forbidden' });
  expect(await citizens.findByPhone(phone)).toBe(id);
  expect(await closings(id)).toBe(0);
  expect(done).toEqual([]);
});

test('a part that cannot erase leaves everything as it was, and nobody signed out', async () => {
  const { id, phone } = await newCitizen();
  const broken: Records = {
    name: 'broken',
    rules: [],
    exportOf: () => Promise.resolve(null),
    erase: () => Promise.reject(new Error('the power went')),
  };
  await expect(rights(broken).close(id, 'ref')).rejects.toThrow('the power went');
  expect(await citizens.findByPhone(phone)).toBe(id);
  expect(await citizens.find(id)).toMatchObject({ status: 'active' });
  expect(await closings(id)).toBe(0);
  expect(done).toEqual([]);
});

test('closing twice is closing once', async () => {
  const { id, phone } = await newCitizen();
  await rights().close(id, 'ref');
  await rights().close(id, 'ref');
  expect(await citizens.find(id)).toMatchObject({ status: 'closed', ial: 0 });
  expect(await citizens.findByPhone(phone)).toBeUndefined();
  expect((await citizens.attributes(id)).phone).toBeUndefined();
  expect(await closings(id)).toBe(1);
  expect(done).toEqual(['signed out']);
});
