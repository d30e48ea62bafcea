// Whose word counts: refusals first. Every one of them is the same answer.
import { GeneralSign, SignJWT, type GeneralJWS } from 'jose';
import { createSecretKey, randomUUID } from 'node:crypto';
import { ask, type Answer } from '../../../platform/http/serving.ts';
import {
  APPROVE,
  DOCUMENT,
  FACTS,
  JOSE,
  LOOKUP,
  SUBMISSIONS,
  approvalOf,
  bodyOf,
  counterFixture,
  newSigner,
  type CounterFixture,
  type Opened,
  type Signer,
  type Signing,
} from './fixture.ts';

let fixture: CounterFixture;
let opened: Opened;
/** Keys that nobody registered. */
let unknown: Signer;
beforeAll(async () => {
  fixture = await counterFixture();
  opened = await fixture.open();
  unknown = await newSigner('unknown');
});
afterAll(() => fixture.close());
beforeEach(() => fixture.tamper("delete from platform.ephemeral where key like 'limit:%'"));

const send = (path: string, body: string, headers: Record<string, string> = JOSE): Promise<Answer> =>
  ask(fixture.serving.url + path, { method: 'POST', body, headers });
const lookUp = (signing: Signing = {}): Promise<Answer> =>
  fixture.post(LOOKUP, { ticket: opened.ticket }, signing);
const now = (): number => Math.floor(fixture.clock.now().getTime() / 1000);

function expectUnsigned(answer: Answer): void {
  expect([answer.status, bodyOf(answer)]).toEqual([
    401,
    { error: 'unsigned', reference: answer.headers['x-reference'] },
  ]);
  expect(answer.headers['www-authenticate']).toBe('JWS');
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.cookies).toEqual([]);
}

const lookedUp = async (): Promise<number> =>
  Number(
    (await fixture.tamper(`select count(*) as n from audit.event where type = 'counter.case_looked_up'`))
      .rows[0]?.n,
  );

test('a request that both have signed is answered', async () => {
  expect((await lookUp()).status).toBe(200);
});

test.each<[string, () => Signing]>([
  ['one signature, the terminal’s', () => ({ signers: [fixture.terminal] })],
  ['one signature, the officer’s', () => ({ signers: [fixture.officers[0]] })],
  ['three signatures', () => ({ signers: [fixture.terminal, ...fixture.officers.slice(0, 2)] })],
  ['the terminal twice', () => ({ signers: [fixture.terminal, fixture.terminal] })],
  ['two officers and no terminal', () => ({ signers: fixture.officers.slice(0, 2) })],
  ['the officer before the terminal', () => ({ signers: [fixture.officers[0], fixture.terminal] })],
  ['a terminal that nobody registered', () => ({ signers: [unknown, fixture.officers[0]] })],
  ['an officer whom nobody registered', () => ({ signers: [fixture.terminal, unknown] })],
  [
    'another key under the terminal’s name',
    () => ({ signers: [{ ...unknown, id: fixture.terminal.id }, fixture.officers[0]] }),
  ],
  [
    'another key under the officer’s name',
    () => ({ signers: [fixture.terminal, { ...unknown, id: fixture.officers[0].id }] }),
  ],
  ['an officer of another office', () => ({ signers: [fixture.terminal, fixture.elsewhere.officer] })],
  ['a terminal of another office', () => ({ signers: [fixture.elsewhere.terminal, fixture.officers[0]] })],
  ['an old signature', () => ({ header: { iat: now() - 61 } })],
  ['a signature from the future', () => ({ header: { iat: now() + 62 } })],
  ['one old signature of two', () => ({ first: { iat: now() - 61 } })],
  ['a time that is no whole number', () => ({ header: { iat: 'now' } })],
  ['another address', () => ({ header: { htu: 'https://login.example.gov.cn/counter/submissions' } })],
  ['another host', () => ({ header: { htu: `https://login.example.com${LOOKUP}` } })],
  ['another method', () => ({ header: { htm: 'GET' } })],
  ['two marks', () => ({ first: { jti: randomUUID() } })],
  ['a mark that is too short', () => ({ header: { jti: 'x' } })],
  ['no mark', () => ({ header: { jti: undefined } })],
  ['no address', () => ({ header: { htu: undefined } })],
  ['a member that is not known', () => ({ header: { nonce: 'x' } })],
  ['a key of its own', () => ({ header: { jwk: unknown.jwk } })],
  ['a name of nothing', () => ({ first: { kid: '' } })],
])('%s is refused', async (_, signing) => {
  const before = await lookedUp();
  expectUnsigned(await lookUp(signing()));
  expect(await lookedUp()).toBe(before);
});

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each<[string, (jws: GeneralJWS) => unknown]>([
  ['another ticket', (jws) => ({ ...jws, payload: encode({ ticket: '0000-0000-0000' }) })],
  ['a member beside', (jws) => ({ ...jws, header: {} })],
  ['nothing signed', () => ({ payload: encode({}), signatures: [] })],
  ['signatures that are no signatures', ({ payload }) => ({ payload, signatures: [{}, {}] })],
  ['empty signatures', (jws) => each(jws, (one) => ({ ...one, signature: '' }))],
  ['signatures that are no base64url', (jws) => each(jws, (one) => ({ ...one, signature: '!?*' }))],
  ['a header that is no base64url', (jws) => each(jws, (one) => ({ ...one, protected: '\u0000' }))],
  ['an unprotected header', (jws) => each(jws, (one) => ({ ...one, header: { kid: 'hz-1' } }))],
  ['signatures changed about', (jws) => ({ ...jws, signatures: jws.signatures.toReversed() })],
  ['one signature twice', (jws) => ({ ...jws, signatures: [jws.signatures[0], jws.signatures[0]] })],
  [
    'a header without algorithm',
    (jws) => each(jws, (one) => ({ ...one, protected: withAlg(one.protected, 'none'), signature: '' })),
  ],
  ['an array', (jws) => [jws]],
  ['a text', () => 'jws'],
  ['nothing', () => null],
])('what was signed and then became %s is refused', async (_, change) => {
  expectUnsigned(await lookUp({ change }));
});

type One = GeneralJWS['signatures'][number];
const each = (jws: GeneralJWS, change: (one: One) => unknown): unknown => ({
  ...jws,
  signatures: jws.signatures.map(change),
});
const withAlg = (header: string | undefined, alg: string): string =>
  encode({ ...(JSON.parse(Buffer.from(header ?? '', 'base64url').toString()) as object), alg });

test('a public key is not taken for a shared secret', async () => {
  const sign = new GeneralSign(new TextEncoder().encode(JSON.stringify({ ticket: opened.ticket })));
  const common = { htm: 'POST', htu: `https://login.example.gov.cn${LOOKUP}`, iat: now(), jti: randomUUID() };
  for (const { id, jwk } of [fixture.terminal, fixture.officers[0]])
    sign
      .addSignature(createSecretKey(Buffer.from(JSON.stringify(jwk))))
      .setProtectedHeader({ alg: 'HS256', kid: id, ...common });
  expectUnsigned(await send(LOOKUP, JSON.stringify(await sign.sign())));
});

test('a compact token is no request', async () => {
  const token = await new SignJWT({ ticket: opened.ticket })
    .setProtectedHeader({ alg: 'ES256', kid: fixture.terminal.id })
    .sign(fixture.terminal.key);
  expectUnsigned(await send(LOOKUP, token));
});

test.each(['', '{', 'null', '[]', '{"payload":1,"signatures":[]}'])(
  'the body %j is refused',
  async (body) => {
    expectUnsigned(await send(LOOKUP, body));
  },
);

test('other kinds of bodies, and endless ones, are refused in JSON', async () => {
  const body = await fixture.signed(LOOKUP, { ticket: opened.ticket });
  const wrong = await send(LOOKUP, body, { 'content-type': 'application/x-www-form-urlencoded' });
  expect([wrong.status, bodyOf(wrong)['error']]).toEqual([415, 'unsupported_media']);
  const long = await send(LOOKUP, body + ' '.repeat(17_000));
  expect([long.status, bodyOf(long)['error']]).toEqual([413, 'too_large']);
});

// One second of the younger side is left for the way.
test.each([-59, 60])('a clock that is off by %d seconds is borne with', async (off) => {
  expect((await lookUp({ header: { iat: now() + off } })).status).toBe(200);
});

test('a request is taken once, also of fifty at the same time', async () => {
  const body = await fixture.signed(LOOKUP, { ticket: opened.ticket });
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(LOOKUP, body)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const answer of answers) if (answer.status !== 200) expectUnsigned(answer);
  expectUnsigned(await send(LOOKUP, body));
});

test('what was signed for one address is nothing at another', async () => {
  const { ticket } = await fixture.open();
  const payload = { ticket, document: DOCUMENT, facts: FACTS };
  expectUnsigned(await send(SUBMISSIONS, await fixture.signed(LOOKUP, payload)));
  const [first, second] = [
    await fixture.submitted(await fixture.open()),
    await fixture.submitted({ ...opened, ticket }),
  ];
  const body = await fixture.signed(approvalOf(first), APPROVE, {
    signers: [fixture.terminal, fixture.officers[1]],
  });
  expectUnsigned(await send(approvalOf(second), body));
  expect((await send(approvalOf(first), body)).status).toBe(200);
});

test('a stranger cannot use up the mark of a request that is on its way', async () => {
  const body = await fixture.signed(LOOKUP, { ticket: opened.ticket });
  const forged = JSON.stringify({ ...(JSON.parse(body) as object), payload: encode({ ticket: 'x' }) });
  expectUnsigned(await send(LOOKUP, forged));
  expect((await send(LOOKUP, body)).status).toBe(200);
});

test('what both signed and is no JSON, or nothing that is asked for, is named wrong', async () => {
  for (const payload of ['{', '[]', '"x"', '', '{}', { ticket: 1 }, { ticket: 'x', more: 1 }]) {
    const answer = await fixture.post(LOOKUP, payload);
    expect([answer.status, bodyOf(answer)['error']]).toEqual([422, 'bad_request']);
  }
});

test('a key that is disabled is dead at once, and nothing brings it back', async () => {
  const { directory } = fixture.counter;
  const [terminal, officer] = [await newSigner('hz-9'), await newSigner('o-109')];
  await directory.addTerminal({ id: 'hz-9', office: 'hangzhou', name: '9', key: terminal.jwk }, 'test');
  await directory.addOfficer({ id: 'o-109', office: 'hangzhou', key: officer.jwk }, 'test');
  expect((await lookUp({ signers: [terminal, officer] })).status).toBe(200);
  expect(await directory.disableTerminal('hz-9', 'test')).toBe(true);
  expectUnsigned(await lookUp({ signers: [terminal, officer] }));
  expect((await lookUp({ signers: [fixture.terminal, officer] })).status).toBe(200);
  expect(await directory.disableOfficer('o-109', 'test')).toBe(true);
  expectUnsigned(await lookUp({ signers: [fixture.terminal, officer] }));
  for (const id of ['hz-9', 'hz-10'])
    await expect(
      directory.addTerminal({ id, office: 'hangzhou', name: '9', key: terminal.jwk }, 'test'),
    ).rejects.toMatchObject({ code: 'conflict' });
});

test('the addresses answer programs under POST alone', async () => {
  for (const path of [LOOKUP, SUBMISSIONS, approvalOf(randomUUID())])
    expect((await ask(fixture.serving.url + path, { headers: { accept: 'application/json' } })).status).toBe(
      405,
    );
});
