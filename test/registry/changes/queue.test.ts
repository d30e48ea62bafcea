import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { QueueFilter } from '../../../idp/registry/registry.ts';
import {
  approve,
  approver,
  boss,
  changesFixture,
  dev,
  given,
  machine,
  national,
  person,
  reviewer,
  secondApprover,
  stranger,
  withNumber,
  type ChangesFixture,
} from './fixture.ts';

let fixture: ChangesFixture;
let city: string;
let province: string;
let foreign: string;
const tax = person('tax', ['developer', 'tax']);
beforeAll(async () => {
  fixture = await changesFixture();
  const { changes } = fixture;
  city = await changes.launch(dev, { unitId: 'fund', given: { ...given, client_name: '100%_甲' } });
  await changes.submit(dev, city, 1);
  fixture.clock.forward(60);
  province = await changes.launch(dev, { unitId: 'fund', given: withNumber });
  await changes.submit(dev, province, 1);
  await approve(fixture, reviewer, province);
  foreign = await changes.launch(tax, { unitId: 'tax', given: { ...given, client_name: '外省' } });
  await changes.submit(tax, foreign, 1);
  await changes.launch(dev, { unitId: 'fund', given: { client_name: '草稿' } });
});
afterAll(() => fixture.close());

const filter = (view: QueueFilter['view'], more: Partial<QueueFilter> = {}): QueueFilter => ({
  view,
  sort: 'due',
  ...more,
});
const ids = async (actor: typeof dev, asked: QueueFilter): Promise<readonly string[]> =>
  (await fixture.changes.list(actor, asked)).rows.map(({ id }) => id);

describe('another province (A111)', () => {
  test('is in no list, whatever the filter or the order', async () => {
    for (const view of ['open', 'all', 'done', 'mine'] as const)
      for (const sort of ['due', '-due', 'submitted', 'unit', '-updated'] as const)
        for (const more of [
          {},
          { q: '外省' },
          { unitPath: 'cn/440000/' },
          { unitPath: '' },
          { stage: 'province' },
        ] as const)
          expect(await ids(approver, filter(view, { sort, ...more }))).not.toContain(foreign);
    expect(await ids(stranger, filter('all'))).toEqual([foreign]);
  });

  test('is not found by its number, in any act', async () => {
    const { changes } = fixture;
    const verdict = { decision: 'refuse', version: 2, reason: '外省的申请' } as const;
    for (const attempt of [
      () => changes.find(approver, foreign),
      () => changes.complaints(dev, foreign),
      () => changes.save(dev, foreign, given, 2),
      () => changes.submit(dev, foreign, 2),
      () => changes.withdraw(boss, foreign, 2),
      () => changes.decide(approver, foreign, verdict),
      () => changes.find(dev, "R-20260101-0001' or true"),
      () => changes.find(dev, 'R-19990101-0001'),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
  });

  test('nor are its clients, in any act', async () => {
    const { changes } = fixture;
    const { clientId } = await changes.find(tax, foreign);
    for (const attempt of [
      () => changes.begin(dev, clientId),
      () => changes.openOf(dev, clientId),
      () => changes.history(approver, clientId),
      () => changes.effectOf(approver, clientId),
      () => changes.suspend(approver, clientId, '外省的应用'),
      () => changes.askResumption(approver, clientId, '外省的应用'),
      () => changes.confirmResumption(approver, clientId),
      () => changes.retire(approver, clientId, '外省的应用'),
      () => changes.launch(dev, { unitId: 'fund', originId: clientId }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the queue', () => {
  test('shows each what waits for them alone', async () => {
    expect(await ids(reviewer, filter('mine'))).toEqual([city]);
    expect(await ids(approver, filter('mine'))).toEqual([province]);
    expect(await ids(secondApprover, filter('sensitive'))).toEqual([province]);
    expect(await ids(dev, filter('mine'))).toEqual([]);
    expect(await ids(national, filter('mine'))).toEqual([province, foreign]);
    expect(await ids(reviewer, filter('done'))).toEqual([province]);
    const both = person('reviewer', ['reviewer', '330100'], ['approver', '330000']);
    expect(await ids(both, filter('mine'))).toEqual([city]);
  });

  test('says how many wait, are due today or late', async () => {
    expect(await fixture.changes.waiting(approver)).toEqual({ mine: 1, today: 0, overdue: 0, sensitive: 1 });
    fixture.clock.forward(6 * 86_400);
    expect(await fixture.changes.waiting(approver)).toEqual({ mine: 1, today: 1, overdue: 1, sensitive: 1 });
    fixture.clock.forward(-6 * 86_400);
  });

  test('narrows by word, unit, stage, state and member; a word is no pattern', async () => {
    expect(await ids(national, filter('all', { q: '100%_' }))).toEqual([city]);
    expect(await ids(national, filter('all', { q: '0__' }))).toEqual([]);
    expect(await ids(national, filter('all', { unitPath: 'cn/440000/' }))).toEqual([foreign]);
    expect(await ids(national, filter('open', { stage: 'prefecture' }))).toEqual([city]);
    expect(await ids(national, filter('all', { state: 'draft' }))).toHaveLength(1);
    expect(await ids(national, filter('open', { member: 'jwks' }))).toEqual([province]);
    expect(await ids(national, filter('open', { member: 'tongxing_claims' }))).toHaveLength(3);
    expect((await fixture.changes.list(machine, filter('open'))).total).toBe(4);
    expect(await ids(machine, filter('mine'))).toHaveLength(3);
  });

  test('comes in pages that neither repeat nor leave out', async () => {
    const hrss = person('hrss', ['developer', 'hrss']);
    for (let made = 0; made < 45; made += 1) await fixture.changes.launch(hrss, { unitId: 'hrss' });
    const seen: string[] = [];
    let page: number | undefined = 1;
    while (page !== undefined) {
      const shown = await fixture.changes.list(hrss, filter('all', { page }));
      expect(shown.total).toBe(45);
      seen.push(...shown.rows.map(({ id }) => id));
      page = shown.next;
    }
    expect(new Set(seen).size).toBe(45);
  });
});
