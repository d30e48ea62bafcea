// Before the first message of a flow the browser does its work: pumping a thousand messages costs a thousand times that.
import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import type { FirstState } from '../../../idp/factors/factors.ts';
import { backEnds } from '../../support/ephemeral.ts';
import { codeFor, factorsFixture, flowOf, newPhone, type FactorsFixture, type Flow } from '../fixture.ts';

const state: FirstState = { hint: undefined, registering: true };
const NARROW = { unprovenPerAddress: 2, unprovenPerMinute: 5 };
let fixture: FactorsFixture;
beforeAll(async () => {
  fixture = await factorsFixture(backEnds().at(-1));
});
afterAll(() => fixture.close());

const browser = (address: string): Flow<unknown> =>
  flowOf(fixture.sms({}, undefined, NARROW).first, state, { address });
const sent = (): number => fixture.carrier.received.length;

async function proofOf(flow: Flow<unknown>): Promise<string> {
  const text = /data-challenge="([^"]*)"/.exec(await flow.html())?.[1]?.replaceAll('&quot;', '"');
  const challenge = JSON.parse(text ?? 'null') as Parameters<typeof solveChallenge>[0]['challenge'];
  return Buffer.from(
    JSON.stringify({ challenge, solution: await solveChallenge({ challenge, deriveKey }) }),
  ).toString('base64');
}

it('a machine that does no work has two messages a minute from one address, and five from all of them', async () => {
  const pump = (address: string) => browser(address).submit({ phone: newPhone() });
  const before = sent();
  const answers = [];
  for (const address of ['10.8.0.1', '10.8.0.1', '10.8.0.1', '10.8.0.2', '10.8.0.2', '10.8.0.3', '10.8.0.4'])
    answers.push((await pump(address)).is);
  expect(answers).toEqual(['next', 'next', 'fault', 'next', 'next', 'next', 'fault']);
  expect(sent() - before).toBe(5);
});

it('a browser that does it is sent its message all the same, and asks again without', async () => {
  const flow = browser('10.8.0.1');
  const phone = newPhone();
  expect(await flow.submit({ phone, proof: await proofOf(flow) })).toMatchObject({ is: 'next' });
  expect(await flow.html()).not.toContain('data-challenge');
  expect(await flow.submit({ resend: '1' })).toMatchObject({ is: 'again' });
  expect(await flow.submit({ code: codeFor(fixture.carrier, phone) })).toMatchObject({ is: 'done' });
});

it('one piece of work is one message: for another number it has to be done again', async () => {
  const flow = browser('10.8.0.1');
  const proof = await proofOf(flow);
  expect(await flow.submit({ phone: newPhone(), proof })).toMatchObject({ is: 'next' });
  const before = sent();
  expect(await flow.submit({ phone: newPhone(), proof })).toMatchObject({ is: 'fault', code: 'too_many' });
  expect(sent()).toBe(before);
});

it('what is no number costs neither work nor a try', async () => {
  const flow = browser('10.8.0.9');
  const proof = await proofOf(flow);
  expect(await flow.submit({ phone: '12345', proof })).toMatchObject({ is: 'again' });
  expect(await flow.submit({ phone: newPhone(), proof })).toMatchObject({ is: 'next' });
});
