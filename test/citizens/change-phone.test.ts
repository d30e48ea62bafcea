// Another phone for an account: one number is one account's, whoever wants it at once.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CitizenId, Citizens, Phone } from '../../idp/citizens/citizens.ts';
import { factorsFixture, newPhone, type FactorsFixture } from '../factors/fixture.ts';

let fixture: FactorsFixture;
let citizens: Citizens;
beforeAll(async () => {
  fixture = await factorsFixture();
  ({ citizens } = fixture);
});
afterAll(() => fixture.close());

const change = (id: CitizenId, phone: Phone): ReturnType<Citizens['changePhone']> =>
  fixture.audit.change(async (tx) => {
    const changed = await citizens.changePhone(tx, id, phone, fixture.clock.now());
    if (changed.is === 'changed')
      tx.record({ type: 'factor.phone_changed', data: {}, citizenId: id, actor: 'system' });
    return changed;
  });

test('is refused to an account that is frozen, and where somebody has it: nothing is written', async () => {
  const [one, other, frozen] = [
    (await fixture.newCitizen()).id,
    (await fixture.newCitizen()).id,
    (await fixture.newCitizen()).id,
  ];
  const taken = (await citizens.attributes(other)).phone?.reveal() as Phone;
  expect(await change(one, taken)).toEqual({ is: 'phone_taken' });
  expect(await citizens.findByPhone(taken)).toBe(other);
  expect(await citizens.phoneChangedAt(one)).toBeUndefined();
  await fixture.audit.change(async (tx) => {
    await citizens.freeze(tx, frozen, fixture.clock.now());
    tx.record({ type: 'citizen.frozen', data: { reason: 'test' }, citizenId: frozen, actor: 'system' });
  });
  await expect(change(frozen, newPhone())).rejects.toMatchObject({ code: 'forbidden' });
});

test('wanted by a hundred accounts at once becomes one account’s; the number it had before is free', async () => {
  const ids = await Promise.all(Array.from({ length: 100 }, async () => (await fixture.newCitizen()).id));
  const phone = newPhone();
  const changes = await Promise.all(ids.map(async (id) => ({ id, ...(await change(id, phone)) })));
  const winners = changes.filter(({ is }) => is === 'changed');
  expect(winners).toHaveLength(1);
  const [winner] = winners;
  if (!winner) throw new Error('nobody won');
  expect(await citizens.findByPhone(phone)).toBe(winner.id);
  expect(await citizens.phoneChangedAt(winner.id)).toBeInstanceOf(Date);
});
