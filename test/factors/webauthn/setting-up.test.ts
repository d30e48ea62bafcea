// Setting up a passkey: what must be refused (WebAuthn L3 7.1), whatever a browser sends, and what is kept in the end.
import { randomBytes } from 'node:crypto';
import type { CitizenId } from '../../../idp/citizens/citizens.ts';
import type { Enrolment } from '../../../idp/factors/factors.ts';
import type { WebauthnFactor } from '../../../idp/factors/webauthn/webauthn.ts';
import { cbor, FLAGS, type Forged } from './authenticator.ts';
import { factorsFixture, ISSUER, type FactorsFixture, type Outcome } from '../fixture.ts';
import { device, enrolFlow, enrolled, firstFlow, offered, requested, setUp, use } from './holder.ts';

let fixture: FactorsFixture;
let factor: WebauthnFactor;
let citizenId: CitizenId;

beforeAll(async () => {
  fixture = await factorsFixture();
  factor = fixture.passkey();
  citizenId = (await fixture.newCitizen()).id;
});
afterAll(() => fixture.close());

const again = expect.objectContaining({ is: 'again' });

describe('is refused in words', () => {
  const map = (entries: readonly (readonly [number, number | Uint8Array])[]) => () => new Map(entries);
  const point = randomBytes(32);
  const FORGED: readonly (readonly [string, Forged])[] = [
    ['another origin', { clientData: { origin: 'https://login.example.gov.cn.evil.example' } }],
    ['another port of our host', { clientData: { origin: `${ISSUER.origin}:8443` } }],
    ['another domain in the signed data', { rpId: 'example.gov.cn' }],
    ['a use instead of a registration', { clientData: { type: 'webauthn.get' } }],
    ['a page in a frame', { clientData: { crossOrigin: true } }],
    ['a page in a frame of ours', { clientData: { topOrigin: ISSUER.origin } }],
    ['a challenge of nobody', { clientData: { challenge: randomBytes(70).toString('base64url') } }],
    ['a challenge that is too short', { clientData: { challenge: 'AAAA' } }],
    ['nobody present', { flags: (flags) => flags & ~FLAGS.up }],
    ['nobody verified', { flags: (flags) => flags & ~FLAGS.uv }],
    ['backed up and not eligible', { flags: (flags) => flags | FLAGS.bs }],
    ['no key inside', { flags: (flags) => flags & ~FLAGS.at }],
    ['extensions announced and missing', { flags: (flags) => flags | FLAGS.ed }],
    ['bytes behind the authenticator data', { authData: (data) => Buffer.concat([data, Buffer.from([0])]) }],
    ['authenticator data cut off', { authData: (data) => data.subarray(0, 60) }],
    ['bytes behind the attestation', { attestationObject: (all) => Buffer.concat([all, Buffer.from([0])]) }],
    ['an attestation cut off', { attestationObject: (all) => all.subarray(0, -1) }],
    ['an attestation that is no map', { attestationObject: () => cbor('none') }],
    ['an array of four billion things', { attestationObject: () => Buffer.from('9affffffff', 'hex') }],
    ['a text of four billion characters', { attestationObject: () => Buffer.from('7affffffff00', 'hex') }],
    ['boxes in boxes', { attestationObject: () => Buffer.alloc(4000, 0x81) }],
    ['more than anyone needs', { attestationObject: () => cbor(randomBytes(5000)) }],
    [
      'a statement where there is none',
      { attestation: (all) => all.set('attStmt', new Map([['sig', point]])) },
    ],
    ['a certificate', { attestation: (all) => all.set('fmt', 'fido-u2f') }],
    ['a format of nobody', { attestation: (all) => all.set('fmt', 'tongxing') }],
    ['a credential id that is too short', { credentialId: randomBytes(8) }],
    ['a credential id that is too long', { credentialId: randomBytes(1024) }],
    ['an algorithm nobody asked for', { cose: (key) => key.set(3, -36) }],
    ['RSA by name, a curve by nature', { cose: (key) => key.set(3, -257) }],
    ['a curve by name, RSA by nature', { cose: (key) => key.set(1, 3) }],
    ['another curve', { cose: (key) => key.set(-1, 2) }],
    ['a point that is not on the curve', { cose: (key) => key.set(-2, point) }],
    [
      'a key without its point',
      {
        cose: map([
          [1, 2],
          [3, -7],
          [-1, 1],
        ]),
      },
    ],
    [
      'a small RSA key',
      {
        cose: map([
          [1, 3],
          [3, -257],
          [-1, randomBytes(128)],
          [-2, Buffer.from([1, 0, 1])],
        ]),
      },
    ],
    [
      'a key of numbers',
      {
        cose: map([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, 1],
          [-3, 1],
        ]),
      },
    ],
    ['two identifiers', { response: (all) => ({ ...all, rawId: randomBytes(32).toString('base64url') }) }],
    [
      'the identifier of another key',
      {
        response: (all) => ({ ...all, id: 'AAAAAAAAAAAAAAAAAAAAAA', rawId: 'AAAAAAAAAAAAAAAAAAAAAA' }),
      },
    ],
    ['another type', { response: (all) => ({ ...all, type: 'password' }) }],
    ['no response', { response: (all) => ({ ...all, response: undefined }) }],
    ['a list', { response: (all) => [all] }],
  ];

  test.each(FORGED)('%s', async (_, forged) => {
    expect(await setUp(enrolFlow(factor, { citizenId }), device(), forged)).toEqual(again);
    expect(await factor.brings(citizenId)).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a long text', 'x'.repeat(15_000)],
  ])('%s', async (_, credential) => {
    expect(await enrolFlow(factor, { citizenId }).submit({ credential })).toEqual(again);
  });

  test('a challenge of another sign-in, of another citizen, of a use, and one that is too old', async () => {
    const other = (await fixture.newCitizen()).id;
    const [one, two] = [enrolFlow(factor, { citizenId }), enrolFlow(factor, { citizenId })];
    const foreign = enrolFlow(factor, { citizenId: other }, { flow: 'a' });
    const own = enrolFlow(factor, { citizenId }, { flow: 'a' });
    const { challenge } = await requested(firstFlow(factor, { flow: 'a' }));
    const ofUse = { ...(await offered(own)), challenge };
    expect(await own.submit({ credential: device().create(ofUse) })).toEqual(again);
    expect(await two.submit({ credential: device().create(await offered(one)) })).toEqual(again);
    expect(await own.submit({ credential: device().create(await offered(foreign)) })).toEqual(again);
    const late = await offered(own);
    fixture.clock.forward(301);
    expect(await own.submit({ credential: device().create(late) })).toEqual(again);
  });

  test('who has shown one factor only, and who has no account yet', async () => {
    const forbidden = { is: 'fault', code: 'forbidden' };
    expect(await enrolFlow(factor, { citizenId, aal: 1 }).submit({ credential: '{}' })).toMatchObject(
      forbidden,
    );
    expect(await enrolFlow(factor, {}).submit({ credential: '{}' })).toMatchObject(forbidden);
  });
});

describe('one credential', () => {
  test('is one citizen’s: a second registration of it is refused, for others and for its own', async () => {
    const [one, two] = [await fixture.newCitizen(), await fixture.newCitizen()];
    const credentialId = randomBytes(20);
    await enrolled(fixture, factor, one.id, device({ credentialId }));
    for (const { id } of [one, two])
      expect(await setUp(enrolFlow(factor, { citizenId: id }), device({ credentialId }))).toEqual(again);
    expect(await factor.brings(two.id)).toEqual([]);
  });

  test('registered by ten at once is one citizen’s, and nothing of the others is written', async () => {
    const people = await Promise.all(Array.from({ length: 10 }, () => fixture.newCitizen()));
    const credentialId = randomBytes(20);
    const outcomes = await Promise.all(
      people.map(({ id }) => setUp(enrolFlow(factor, { citizenId: id }), device({ credentialId }))),
    );
    const write = (outcome: Outcome<Enrolment>, id: CitizenId): Promise<void> =>
      outcome.is === 'done'
        ? fixture.audit.change((tx) => outcome.value.write(tx, id))
        : Promise.reject(new Error(outcome.is));
    const written = await Promise.allSettled(outcomes.map((outcome, at) => write(outcome, people[at]!.id)));
    expect(written.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(written.filter(({ status }) => status === 'rejected')).toHaveLength(9);
    for (const each of written)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'conflict' });
    const held = await Promise.all(people.map(({ id }) => factor.brings(id)));
    expect(held.flat()).toHaveLength(1);
  });
});

describe('what is asked of the browser', () => {
  test('a key that finds its account and verifies its user, under names that say little', async () => {
    const { id, phone } = await fixture.newCitizen();
    const held = device();
    await enrolled(fixture, factor, id, held);
    const options = await offered(enrolFlow(factor, { citizenId: id }));
    expect(options).toMatchObject({
      rp: { id: ISSUER.hostname },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ id: held.credentialId.toString('base64url'), transports: ['internal'] }],
    });
    const text = JSON.stringify(options);
    for (const told of [id, phone, phone.slice(3)]) expect(text).not.toContain(told);
    expect(text).toContain(`${phone.slice(3, 6)}****${phone.slice(-4)}`);
  });

  test('one handle for all keys of an account, a new one when the last key is gone', async () => {
    const { id } = await fixture.newCitizen();
    const handle = async (): Promise<string> => (await offered(enrolFlow(factor, { citizenId: id }))).user.id;
    expect(await handle()).not.toBe(await handle());
    await enrolled(fixture, factor, id, device());
    const kept = await handle();
    expect(await handle()).toBe(kept);
    expect(Buffer.from(kept, 'base64url')).toHaveLength(32);
    const key = device();
    await enrolled(fixture, factor, id, key);
    expect(await use(firstFlow(factor), key)).toMatchObject({ is: 'done' });
    for (const { id: passkey } of (await factor.account?.list(id, 'en', new Date())) ?? [])
      await fixture.audit.change((tx) => factor.account!.remove!(tx, id, passkey));
    expect(await handle()).not.toBe(kept);
  });
});

test.each([['ES256'], ['EdDSA'], ['RS256']] as const)('a key of %s is set up and used', async (alg) => {
  const { id } = await fixture.newCitizen();
  const key = device({ alg });
  await enrolled(fixture, factor, id, key);
  expect(await fixture.events('factor.passkey_added', id)).toBe(1);
  expect(await use(firstFlow(factor), key)).toMatchObject({ is: 'done', value: { citizenId: id } });
});

test('a domain that is not the issuer’s stops the start', () => {
  expect(() => fixture.passkey({ rpId: 'example.com' })).toThrow(/^webauthn\.rpId/);
  expect(() => fixture.passkey({ rpId: 'in.example.gov.cn' })).toThrow(/^webauthn\.rpId/);
  expect(fixture.passkey({ rpId: 'example.gov.cn' }).id).toBe('passkey');
});
