// What comes in is CBOR in base64url in JSON from anyone: however it is broken, the answer is words, never a failure of
// ours, and no bit of what was signed can change.
import fc from 'fast-check';
import type { CitizenId } from '../../../idp/citizens/citizens.ts';
import type { Factor } from '../../../idp/factors/factors.ts';
import type { Authenticator } from './authenticator.ts';
import { factorsFixture, type FactorsFixture } from '../fixture.ts';
import { device, enrolFlow, enrolled, firstFlow, offered, requested, use } from './holder.ts';

let fixture: FactorsFixture;
let factor: Factor;
let citizenId: CitizenId;
let key: Authenticator;

beforeAll(async () => {
  fixture = await factorsFixture();
  factor = fixture.passkey();
  citizenId = (await fixture.newCitizen()).id;
  // An Ed25519 signature has one encoding. The DER around one of ES256 is read leniently: who writes it otherwise has the
  // same signature of the same challenge, which is good once.
  key = device({ alg: 'EdDSA' });
  await enrolled(fixture, factor, citizenId, key);
});
afterAll(() => fixture.close());

/** One byte changed, some put in, or all behind a place cut off. */
const damage = fc.record({
  at: fc.nat(4096),
  by: fc.integer({ min: 1, max: 255 }),
  more: fc.uint8Array({ maxLength: 8 }),
  how: fc.constantFrom('change', 'insert', 'cut'),
});
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(bytes: Buffer, { at, by, more, how }: Damage): Buffer {
  const place = at % bytes.length;
  if (how === 'cut') return bytes.subarray(0, place);
  const [before, after] = [bytes.subarray(0, place), Buffer.from(bytes.subarray(place))];
  if (how === 'insert') return Buffer.concat([before, Buffer.from([by, ...more]), after]);
  after[0] = (after[0] ?? 0) ^ by;
  return Buffer.concat([before, after]);
}

const member = (part: unknown, wrong: Damage): string =>
  damaged(Buffer.from(String(part), 'base64url'), wrong).toString('base64url');

test('a registration that is broken anywhere is answered in words, or is another honest one', async () => {
  await fc.assert(
    fc.asyncProperty(damage, async (wrong) => {
      const flow = enrolFlow(factor, { citizenId });
      const response = (all: { response: Record<string, unknown> }): unknown => ({
        ...all,
        response: { ...all.response, attestationObject: member(all.response['attestationObject'], wrong) },
      });
      const answer = await flow.submit({ credential: device().create(await offered(flow), { response }) });
      // Nothing signs a registration without attestation: another model or counter is only another device.
      expect(['again', 'done']).toContain(answer.is);
    }),
    { numRuns: 80 },
  );
});

test.each(['authenticatorData', 'clientDataJSON', 'signature', 'userHandle'])(
  'a use with %s broken anywhere is refused in words',
  async (part) => {
    await fc.assert(
      fc.asyncProperty(damage, async (wrong) => {
        const flow = firstFlow(factor);
        const response = (all: { response: Record<string, unknown> }): unknown => ({
          ...all,
          response: { ...all.response, [part]: member(all.response[part], wrong) },
        });
        const answer = await flow.submit({ credential: key.get(await requested(flow), { response }) });
        expect(answer.is).toBe('again');
      }),
      { numRuns: 30 },
    );
    expect(await use(firstFlow(factor), key)).toMatchObject({ is: 'done' });
  },
);

test('whatever is posted is answered in words', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string({ maxLength: 200 })), async (credential) => {
      expect(await firstFlow(factor).submit({ credential })).toMatchObject({ is: 'again' });
      expect(await enrolFlow(factor, { citizenId }).submit({ credential })).toMatchObject({ is: 'again' });
    }),
    { numRuns: 50 },
  );
});
