// When a SIM was changed and since when a number has its holder: asked over HTTP, answered in time or not at all.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../../idp/platform/base/clock.ts';
import { createSimHistory } from '../../../idp/proofing/authorities/mobile-operator/sim-history.ts';
import { runSandbox, type Running } from '../../sandbox/running.ts';
import { answering } from './answering.ts';

const PHONE = '+8613900010001';

let running: Running;
beforeAll(async () => {
  running = await runSandbox();
});
afterAll(() => running.close());

const operator = (waitMs = 800) =>
  createSimHistory({ settings: running.mobileOperator, clock: systemClock, waitMs });

const happen = (
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${running.hub}/sims`, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
    headers,
  });
const daysAgo = (at: Date | undefined): number => (Date.now() - (at?.getTime() ?? 0)) / 86_400_000;

test('a number that nothing happened to has had its SIM and its holder for years', async () => {
  const told = await operator()(PHONE);
  expect(daysAgo(told?.simChangedAt)).toBeGreaterThan(1_000);
  expect(daysAgo(told?.subscriberSince)).toBeGreaterThan(1_000);
});

test.each([
  ['swapped', true, false],
  ['recycled', true, true],
  ['nothing', false, false],
])('after %s: a new SIM: %s, a new holder: %s', async (happened, sim, holder) => {
  expect((await happen({ phone: PHONE.slice(3), happened })).status).toBe(303);
  const told = await operator()(PHONE);
  expect([daysAgo(told?.simChangedAt) < 1, daysAgo(told?.subscriberSince) < 1]).toEqual([sim, holder]);
  expect(daysAgo((await operator()('+8613900010002'))?.simChangedAt)).toBeGreaterThan(1_000);
});

test.each([
  ['no phone', { happened: 'swapped' }, {}, 400],
  ['a phone that is none', { phone: '123', happened: 'swapped' }, {}, 400],
  ['something that cannot happen', { phone: '13900010001', happened: 'stolen' }, {}, 400],
  [
    'a page of another site',
    { phone: '13900010001', happened: 'swapped' },
    { 'sec-fetch-site': 'cross-site' },
    403,
  ],
])('the stand-in is told nothing by %s', async (_what, form, headers, status) => {
  expect((await happen(form, headers)).status).toBe(status);
  expect(daysAgo((await operator()('+8613900010001'))?.simChangedAt)).toBeGreaterThan(1_000);
});

test('a number of a virtual operator has no history, which is an answer', async () => {
  expect(await operator()('+8617012345678')).toEqual({ simChangedAt: undefined, subscriberSince: undefined });
});

test('an operator who takes longer than the wait has not answered, and nobody waits for more', async () => {
  await running.tell('mobile-operator', 'slow');
  const begun = performance.now();
  expect(await operator(100)(PHONE)).toBeUndefined();
  expect(performance.now() - begun).toBeLessThan(1_000);
  await running.tell('mobile-operator', 'normal');
});

test.each(['down', 'error', 'half', 'bad_signature'])(
  'an operator who is %s has not answered',
  async (how) => {
    await running.tell('mobile-operator', how);
    expect(await operator()(PHONE)).toBeUndefined();
    await running.tell('mobile-operator', 'normal');
  },
);

test('a date that is none is no answer; a date that is missing is not told', async () => {
  const vendor = await answering();
  const ask = createSimHistory({ settings: vendor.settings, clock: systemClock, waitMs: 800 });
  const result = (members: object): object => ({
    Code: '200',
    TransactionId: 't-1',
    ResultObject: { BizCode: '1', ...members },
  });
  vendor.answer(result({ SimChangedAt: 'last week' }));
  expect(await ask(PHONE)).toBeUndefined();
  vendor.answer(result({ SimChangedAt: '2026-11-01T08:00:00+08:00' }));
  expect(await ask(PHONE)).toEqual({
    simChangedAt: new Date('2026-11-01T00:00:00Z'),
    subscriberSince: undefined,
  });
  expect(Object.keys(vendor.asked[0] ?? {}).toSorted()).toEqual(['Mobile', 'RequestId']);
  await vendor.close();
});
