// Using a passkey: what must be refused (WebAuthn L3 7.2), whatever a browser sends; what it counts for; and that one
// assertion signs in once, over both back ends.
import { randomBytes } from 'node:crypto';
import type { CitizenId } from '../../../idp/citizens/citizens.ts';
import { M } from '../../../idp/factors/webauthn/messages.ts';
import type { WebauthnFactor } from '../../../idp/factors/webauthn/webauthn.ts';
import { FLAGS, type Authenticator, type Forged } from './authenticator.ts';
import { backEnds } from '../../support/ephemeral.ts';
import { factorsFixture, ISSUER, type FactorsFixture, type Outcome } from '../fixture.ts';
import { device, enrolled, firstFlow, requested, secondFlow, use } from './holder.ts';

let fixture: FactorsFixture;
let factor: WebauthnFactor;
let citizenId: CitizenId;
let key: Authenticator;

beforeAll(async () => {
  fixture = await factorsFixture();
  factor = fixture.passkey();
  citizenId = (await fixture.newCitizen()).id;
  key = device();
  await enrolled(fixture, factor, citizenId, key);
});
afterAll(() => fixture.close());

const refused = (why: 'failed' | 'expired' | 'unknown' | 'stopped' | 'weak'): unknown =>
  expect.objectContaining({
    is: 'again',
    problems: [{ field: undefined, text: M.text('zh-CN', why) }],
    forget: ['credential'],
  });
const FAILED = refused('failed');

/** One bit. */
function changed(signature: Buffer): Buffer {
  signature[8] = (signature[8] ?? 0) ^ 1;
  return signature;
}

const FORGED: readonly (readonly [string, Forged])[] = [
  ['another origin', { clientData: { origin: 'https://login-example.gov.cn' } }],
  ['our origin without its lock', { clientData: { origin: ISSUER.origin.replace('https', 'http') } }],
  ['another domain in the signed data', { rpId: 'evil.example' }],
  ['a registration instead of a use', { clientData: { type: 'webauthn.create' } }],
  ['a payment', { clientData: { type: 'payment.get' } }],
  ['a page in a frame', { clientData: { crossOrigin: true } }],
  ['a page in a foreign frame', { clientData: { crossOrigin: true, topOrigin: 'https://evil.example' } }],
  ['a top page that is named', { clientData: { topOrigin: ISSUER.origin } }],
  ['a challenge of nobody', { clientData: { challenge: randomBytes(70).toString('base64url') } }],
  ['a challenge that is a number', { clientData: { challenge: 7 } }],
  ['nobody present', { flags: (flags) => flags & ~FLAGS.up }],
  ['nobody verified', { flags: (flags) => flags & ~FLAGS.uv }],
  ['eligible for backup all at once', { flags: (flags) => flags | FLAGS.be }],
  ['backed up and not eligible', { flags: (flags) => flags | FLAGS.bs }],
  ['a key announced and missing', { flags: (flags) => flags | FLAGS.at }],
  ['extensions announced and missing', { flags: (flags) => flags | FLAGS.ed }],
  ['bytes behind the signed data', { authData: (data) => Buffer.concat([data, Buffer.alloc(3)]) }],
  ['signed data cut off', { authData: (data) => data.subarray(0, 36) }],
  ['more signed data than anyone needs', { authData: (data) => Buffer.concat([data, Buffer.alloc(2000)]) }],
  ['another signature', { signature: changed }],
  ['a signature cut off', { signature: (bytes) => bytes.subarray(0, 12) }],
  ['no signature to speak of', { signature: () => Buffer.from([0]) }],
  ['an account of nobody', { userHandle: randomBytes(32) }],
  ['no account', { userHandle: null }],
  ['another type', { response: (all) => ({ ...all, type: 'password' }) }],
  [
    'a signature that is a list',
    { response: (all) => ({ ...all, response: { ...all.response, signature: [] } }) },
  ],
  ['two identifiers', { response: (all) => ({ ...all, rawId: randomBytes(32).toString('base64url') }) }],
];

describe('is refused in words', () => {
  test.each(FORGED)('%s', async (_, forged) => {
    expect(await use(firstFlow(factor), key, forged)).toEqual(FAILED);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{"id":'],
    ['a number', '7'],
    ['a long text', '['.repeat(15_000)],
  ])('%s', async (_, credential) => {
    expect(await firstFlow(factor).submit({ credential })).toEqual(FAILED);
  });

  test('the account of another citizen, by this key', async () => {
    const other = await fixture.newCitizen();
    const others = device();
    await enrolled(fixture, factor, other.id, others);
    const { response } = JSON.parse(others.get(await requested(firstFlow(factor)))) as {
      response: { userHandle: string };
    };
    const userHandle = Buffer.from(response.userHandle, 'base64url');
    expect(await use(firstFlow(factor), key, { userHandle })).toEqual(FAILED);
    expect(await use(secondFlow(factor, { citizenId, aal: 2 }), others)).toEqual(refused('unknown'));
    expect(await use(secondFlow(factor, { citizenId, aal: 2 }), key, { userHandle })).toEqual(FAILED);
  });

  test('a key that nobody has, and one that was removed', async () => {
    const { id } = await fixture.newCitizen();
    const gone = device();
    await enrolled(fixture, factor, id, gone);
    const [held] = (await factor.account?.list(id, 'en', new Date())) ?? [];
    await fixture.audit.change((tx) => factor.account!.remove!(tx, id, held?.id ?? ''));
    expect(await use(firstFlow(factor), gone)).toEqual(refused('unknown'));
    const credentialId = randomBytes(32);
    expect(await use(firstFlow(factor), key, { credentialId })).toEqual(refused('unknown'));
  });

  test('after many failures from one address with a page of its own, while others go on', async () => {
    const narrow = fixture.passkey({ perAddress: 2 });
    const from = (address: string) => firstFlow(narrow, { address });
    for (let n = 0; n < 2; n += 1) expect(await from('192.0.2.7').submit({ credential: '' })).toEqual(FAILED);
    const stopped = await from('192.0.2.7').submit({ credential: '' });
    expect(stopped).toMatchObject({ is: 'fault', code: 'too_many' });
    expect(await use(from('192.0.2.8'), key)).toMatchObject({ is: 'done' });
    expect(await use(from('192.0.2.7'), key)).toMatchObject({ is: 'done' });
  });

  test('is recorded, and honest use works after all that', async () => {
    expect(await fixture.events('signin.failed', citizenId)).toBeGreaterThan(5);
    expect(await use(firstFlow(factor), key)).toEqual({
      is: 'done',
      value: { citizenId, phone: undefined, amr: ['swk', 'user'], needsSecond: false },
    });
  });
});

describe('a challenge', () => {
  const state = (): { citizenId: CitizenId; aal: 2 } => ({ citizenId, aal: 2 });

  test('is good for one sign-in in one browser, one purpose, one citizen', async () => {
    const other = (await fixture.newCitizen()).id;
    const one = await requested(firstFlow(factor, { flow: 'one' }));
    const second = await requested(secondFlow(factor, state(), { flow: 'one' }));
    const foreign = await requested(secondFlow(factor, { citizenId: other, aal: 2 }, { flow: 'one' }));
    const tries: readonly [Outcome<unknown>, string][] = [
      [await firstFlow(factor, { flow: 'two' }).submit({ credential: key.get(one) }), 'another sign-in'],
      [await secondFlow(factor, state(), { flow: 'one' }).submit({ credential: key.get(one) }), 'as second'],
      [await firstFlow(factor, { flow: 'one' }).submit({ credential: key.get(second) }), 'as first'],
      [
        await secondFlow(factor, state(), { flow: 'one' }).submit({ credential: key.get(foreign) }),
        'another',
      ],
    ];
    for (const [outcome, what] of tries) expect([what, outcome]).toEqual([what, FAILED]);
    const own = firstFlow(factor, { flow: 'one' });
    expect(await own.submit({ credential: key.get(one) })).toMatchObject({ is: 'done' });
  });

  test('is good once, also when it was used in vain', async () => {
    const flow = firstFlow(factor);
    const options = await requested(flow);
    expect(await flow.submit({ credential: key.get(options, { rpId: 'evil.example' }) })).toEqual(FAILED);
    expect(await flow.submit({ credential: key.get(options) })).toEqual(FAILED);
    expect(await use(flow, key)).toMatchObject({ is: 'done' });
  });

  test('is good for five minutes', async () => {
    const flow = firstFlow(factor);
    const options = await requested(flow);
    fixture.clock.forward(295);
    expect(await flow.submit({ credential: key.get(options) })).toMatchObject({ is: 'done' });
    const late = await requested(flow);
    fixture.clock.forward(301);
    expect(await flow.submit({ credential: key.get(late) })).toEqual(refused('expired'));
  });

  test('outlives a change of keys', async () => {
    const flow = firstFlow(factor);
    const options = await requested(flow);
    await fixture.database.postgres.tx((tx) => fixture.keyring.rotate('otp', tx));
    expect(await flow.submit({ credential: key.get(options) })).toMatchObject({ is: 'done' });
  });

  test('leaves no mark until it is used, and says nothing of any account', async () => {
    const before = await fixture.tamper('select count(*)::int as n from platform.ephemeral');
    const [one, two] = [await requested(firstFlow(factor)), await requested(firstFlow(factor))];
    expect((await fixture.tamper('select count(*)::int as n from platform.ephemeral')).rows).toEqual(
      before.rows,
    );
    expect(Object.keys(one).sort()).toEqual(['challenge', 'rpId', 'timeout', 'userVerification']);
    expect({ ...one, challenge: '' }).toEqual({ ...two, challenge: '' });
  });
});

describe('a counter that goes back', () => {
  test('stops the key until it is removed, and says so once', async () => {
    const { id } = await fixture.newCitizen();
    const counting = device({ counts: true });
    await enrolled(fixture, factor, id, counting);
    expect(await use(firstFlow(factor), counting, { signCount: 9 })).toMatchObject({ is: 'done' });
    for (const signCount of [9, 10, 4000]) {
      expect(await use(firstFlow(factor), counting, { signCount })).toEqual(refused('stopped'));
      expect(await use(secondFlow(factor, { citizenId: id, aal: 2 }), counting, { signCount })).toEqual(
        refused('stopped'),
      );
    }
    expect(await factor.brings(id)).toEqual([]);
    expect(await fixture.events('factor.passkey_suspect', id)).toBe(1);
    const [held] = (await factor.account?.list(id, 'zh-CN', new Date())) ?? [];
    expect(held?.lines.at(-1)).toBe('可能被人复制过，已经停用。请移除');
  });

  test('is believed of the key alone: without its signature nobody can stop it', async () => {
    const { id } = await fixture.newCitizen();
    const counting = device({ counts: true });
    await enrolled(fixture, factor, id, counting);
    const forged: Forged = { signCount: 1, signature: changed };
    expect(await use(firstFlow(factor), counting, forged)).toEqual(FAILED);
    expect(await use(firstFlow(factor), counting, { signCount: 2 })).toMatchObject({ is: 'done' });
    expect(await fixture.events('factor.passkey_suspect', id)).toBe(0);
  });
});

describe('what a key counts for', () => {
  const brings = (id: CitizenId): Promise<readonly (readonly string[])[]> => factor.brings(id);

  test('synced: two factors, however it was set up and however long ago', async () => {
    const { id } = await fixture.newCitizen();
    const synced = device({ synced: true });
    expect((await enrolled(fixture, factor, id, synced, 3)).amr).toEqual(['swk', 'user']);
    fixture.clock.forward(100 * 3600);
    expect(await use(firstFlow(factor), synced)).toMatchObject({ value: { amr: ['swk', 'user'] } });
    expect(await use(secondFlow(factor, { citizenId: id, aal: 3 }), synced)).toEqual(refused('weak'));
    const lost = (flags: number): number => flags & ~(FLAGS.be | FLAGS.bs);
    expect(await use(firstFlow(factor), synced, { flags: lost })).toEqual(FAILED);
    expect(await use(firstFlow(factor), synced, { flags: (flags) => flags & ~FLAGS.bs })).toMatchObject({
      is: 'done',
    });
  });

  test('on one device: two factors for three days, the highest level from then on', async () => {
    const { id } = await fixture.newCitizen();
    const young = device();
    expect((await enrolled(fixture, factor, id, young)).amr).toEqual(['swk', 'user']);
    expect(await brings(id)).toEqual([['swk', 'user']]);
    expect(await use(secondFlow(factor, { citizenId: id, aal: 3 }), young)).toEqual(refused('weak'));
    fixture.clock.forward(72 * 3600);
    expect(await brings(id)).toEqual([['hwk', 'user']]);
    expect(await use(secondFlow(factor, { citizenId: id, aal: 3 }), young)).toMatchObject({
      value: { citizenId: id, amr: ['hwk', 'user'] },
    });
  });

  test('on one device and set up at the highest level: that level at once', async () => {
    const { id } = await fixture.newCitizen();
    expect((await enrolled(fixture, factor, id, device(), 3)).amr).toEqual(['hwk', 'user']);
    await enrolled(fixture, factor, id, device({ synced: true }), 3);
    expect(await brings(id)).toEqual([
      ['hwk', 'user'],
      ['swk', 'user'],
    ]);
  });

  test('as the second of a sign-in only those are asked for that are enough', async () => {
    const { id } = await fixture.newCitizen();
    const [full, synced] = [device(), device({ synced: true })];
    await enrolled(fixture, factor, id, full, 3);
    await enrolled(fixture, factor, id, synced, 3);
    const asked = async (aal: 2 | 3): Promise<readonly string[]> => {
      const options = (await requested(secondFlow(factor, { citizenId: id, aal }))) as unknown as {
        allowCredentials: readonly { id: string }[];
      };
      return options.allowCredentials.map((each) => each.id);
    };
    const [one, two] = [full, synced].map(({ credentialId }) => credentialId.toString('base64url'));
    expect(await asked(2)).toEqual([one, two]);
    expect(await asked(3)).toEqual([one]);
    expect(
      await use(secondFlow(factor, { citizenId: id, aal: 2 }), synced, { userHandle: null }),
    ).toMatchObject({
      is: 'done',
    });
  });
});

describe.each(backEnds())('on $name', (backEnd) => {
  let own: FactorsFixture;
  beforeAll(async () => {
    own = await factorsFixture(backEnd);
  });
  afterAll(() => own.close());

  test('a hundred parallel uses of one assertion sign in once', async () => {
    const passkey = own.passkey();
    const { id } = await own.newCitizen();
    const used = device();
    await enrolled(own, passkey, id, used);
    const flow = firstFlow(passkey);
    const credential = used.get(await requested(flow));
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => flow.submit({ credential })));
    expect(outcomes.filter(({ is }) => is === 'done')).toHaveLength(1);
    expect(outcomes.filter(({ is }) => is === 'again')).toHaveLength(99);
  });
});
