// Recovery codes: how they are read, and that each is used once.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newCodes, parseRecoveryCode, written, digestOf } from '../../idp/factors/recovery-code/codes.ts';
import { createRecoveryCodeFactor } from '../../idp/factors/recovery-code/recovery-code.ts';
import * as store from '../../idp/factors/recovery-code/store.ts';
import type { Factor } from '../../idp/factors/factors.ts';
import type { CitizenId } from '../../idp/citizens/citizens.ts';
import { Fault } from '../../idp/platform/base/errors.ts';
import type { Notify } from '../../idp/platform/notify/notify.ts';
import { factorsFixture, flowOf, newPhone, type FactorsFixture } from './fixture.ts';

let fixture: FactorsFixture;
let factor: Factor;
const logged: string[] = [];
/** Every carrier is down: what was done must stand all the same. */
const notify: Pick<Notify, 'text'> = { text: () => Promise.reject(new Fault('unavailable')) };

beforeAll(async () => {
  fixture = await factorsFixture();
  const write = (text: string): void => void logged.push(text);
  const log = { info: write, warn: write, error: write };
  factor = createRecoveryCodeFactor({ ...fixture, postgres: fixture.database.postgres, notify, log });
});
afterAll(() => fixture.close());

const setOf = async (citizenId: CitizenId): Promise<readonly string[]> => {
  const flow = flowOf(factor.enrol, { citizenId, phone: newPhone(), aal: 2 });
  await flow.submit({});
  const codes = (flow.scratch() as { codes: readonly string[] }).codes;
  const done = await flow.submit({ kept: 'yes' });
  if (done.is !== 'done') throw new Error(done.is);
  await fixture.audit.change((tx) => done.value.write(tx, citizenId));
  return codes;
};
const leftOf = async (id: CitizenId): Promise<number | undefined> =>
  (await store.findSet(fixture.database.postgres, id))?.left;

describe('what a person types', () => {
  const [code = ''] = newCodes();

  test.each([
    '',
    '7K3M',
    'AAAA-BBBB-CCC!',
    '7K3M-9P4R-XW2D-7',
    '😀'.repeat(12),
    'U'.repeat(12),
    'A'.repeat(10_000),
  ])('%p is no code', (typed) => expect(parseRecoveryCode(typed)).toBeUndefined());

  test.each([
    ['as it is printed', written(code)],
    ['small', code.toLowerCase()],
    ['with spaces', code.split('').join(' ')],
    ['with other letters for digits', code.replaceAll('0', 'o').replaceAll('1', 'l')],
    ['full width', code.replace(/./g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))],
  ])('%s, it is read', (_how, typed) => expect(parseRecoveryCode(typed)).toBe(code));
});

test('a hundred uses of one code at once: one counts', async () => {
  const { id } = await fixture.newCitizen();
  const [code = ''] = await setOf(id);
  const { id: keyId, material } = fixture.keyring.active('otp');
  const digests = [{ keyId, digest: digestOf(material, id, code) }];
  const uses = await Promise.all(
    Array.from({ length: 100 }, () =>
      fixture.audit.change(async (tx) => {
        const used = await store.use(tx, id, digests, fixture.clock.now());
        if (used)
          tx.record({ type: 'factor.recovery_code_used', data: { left: 9 }, citizenId: id, actor: 'system' });
        else tx.unchanged();
        return used;
      }),
    ),
  );
  expect(uses.filter(Boolean)).toHaveLength(1);
  expect(await leftOf(id)).toBe(9);
});

test('another account’s code, an old set’s and a used one open nothing; the fifth wrong one locks', async () => {
  const [mine, theirs] = [await fixture.newCitizen(), await fixture.newCitizen()];
  const [foreign = ''] = await setOf(theirs.id);
  const [old = ''] = await setOf(mine.id);
  const [good = ''] = await setOf(mine.id);
  expect(await leftOf(mine.id)).toBe(10);
  const flow = flowOf(factor.second, { citizenId: mine.id, aal: 2 });
  expect(await flow.submit({ code: good })).toMatchObject({
    is: 'done',
    value: { citizenId: mine.id, amr: ['otp'] },
  });
  expect(logged).toEqual(['the use of a recovery code could not be told']);
  for (const code of [foreign, old, good, foreign])
    expect(await flow.submit({ code })).toMatchObject({ is: 'again' });
  expect(await flow.submit({ code: foreign })).toMatchObject({ is: 'fault', code: 'locked' });
  expect(await leftOf(mine.id)).toBe(9);
});

test('two sets made at once: one stands whole', async () => {
  const { id } = await fixture.newCitizen();
  const sets = await Promise.all([setOf(id), setOf(id)]);
  const postgres = fixture.database.postgres;
  const rows = await postgres.rows<{ digest: Buffer }>({
    name: '',
    text: 'select digest from factors.recovery_code where citizen_id = $1',
    values: [id],
  });
  const { material } = fixture.keyring.active('otp');
  const kept = rows.map(({ digest }) => digest.toString('hex')).sort();
  const whole = sets.map((codes) => codes.map((code) => digestOf(material, id, code).toString('hex')).sort());
  expect(whole).toContainEqual(kept);
});
