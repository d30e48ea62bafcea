import { randomBytes } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import { decode, encode } from 'fast-png';
import { isBrought, readLogo, type Brought } from '../../../idp/registry/logos/bringing.ts';
import type { Rule } from '../../../idp/registry/checks/rules.ts';
import { testApp, type TestApp } from '../../support/app.ts';
import { register } from '../../oidc/relying-party.ts';

const chunk = (type: string, body: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(type), body]);
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  crc.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, crc]);
};
const head = (width: number, height: number, depth = 8, color = 2): Buffer => {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width, 0);
  body.writeUInt32BE(height, 4);
  body.set([depth, color], 8);
  return chunk('IHDR', body);
};
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const END = chunk('IEND', Buffer.alloc(0));
const png = (size: number, ...chunks: Buffer[]): Buffer =>
  Buffer.concat([SIGNATURE, head(size, size), ...chunks, END]);
const dots = (size: number): Buffer => chunk('IDAT', deflateSync(Buffer.alloc(size * (size * 3 + 1), 0)));
const plainLogo = png(64, dots(64));
const read = (bytes: Uint8Array): Brought | Rule => readLogo(Buffer.from(bytes).toString('base64'));
const faultOf = (one: Brought | Rule): string => (isBrought(one) ? 'accepted' : one.en);
const drawn = (bytes: Uint8Array): Buffer => {
  const one = read(bytes);
  if (!isBrought(one) || !one.made) throw new Error(faultOf(one));
  return one.made.png;
};

describe('a picture is refused that', () => {
  test.each<[string, unknown, string]>([
    ['is no text', 7, 'must be a PNG in base64'],
    ['is an address elsewhere', 'https://portal.example.gov.cn/logo.png', 'must be a PNG in base64'],
    ['is an address beside ours', '/logos/../admin', 'must be a PNG in base64'],
    ['is SVG', Buffer.from('<svg onload="alert(1)"/>').toString('base64'), 'must be a PNG picture'],
    ['is SVG and says otherwise', 'data:image/svg+xml;base64,PHN2Zy8+', 'must be a PNG in base64'],
    ['is GIF', Buffer.from('GIF89a'.padEnd(64)).toString('base64'), 'must be a PNG picture'],
    ['is large', Buffer.alloc(65_537, SIGNATURE).toString('base64'), 'at most 64 kB'],
    ['is endless', 'A'.repeat(200_000), 'at most 64 kB'],
  ])('%s', (_what, value, expected) => {
    expect(faultOf(readLogo(value))).toContain(expected);
  });

  test.each<[string, Buffer, string]>([
    ['is small', png(63, dots(63)), 'is 63 x 63; it must be a square'],
    ['is not square', Buffer.concat([SIGNATURE, head(64, 65), dots(65), END]), 'is 64 x 65'],
    [
      'is a bomb by its size',
      Buffer.concat([SIGNATURE, head(60_000, 60_000), dots(64), END]),
      'is 60000 x 60000',
    ],
    [
      'is a bomb by its data',
      png(64, chunk('IDAT', deflateSync(Buffer.alloc(50_000_000)))),
      'cannot be read',
    ],
    ['has two heads', png(64, head(9_000, 9_000), dots(64)), 'cannot be read'],
    ['does not end', plainLogo.subarray(0, -12), 'cannot be read'],
    ['has no dots', png(64), 'cannot be read'],
    ['has too few dots', png(64, dots(32)), 'cannot be read'],
    ['is cut off', plainLogo.subarray(0, 60), 'cannot be read'],
    ['has one bit a dot', Buffer.concat([SIGNATURE, head(64, 64, 1, 0), dots(64), END]), '8 or 16 bits'],
  ])('%s', (_what, bytes, expected) => {
    const started = performance.now();
    expect(faultOf(read(bytes))).toContain(expected);
    expect(performance.now() - started).toBeLessThan(500);
  });

  test('is noise in every form, and none of it is a crash', () => {
    for (let turn = 0; turn < 300; turn += 1) {
      const broken = Buffer.from(plainLogo);
      broken.set(randomBytes(3), 8 + (turn % (broken.length - 11)));
      expect(faultOf(read(broken))).toMatch(/accepted|cannot be read|must be a|8 or 16 bits/);
    }
  });
});

describe('what is not a dot does not come through:', () => {
  const script = Buffer.from('<script>alert(1)</script>');
  test.each<[string, Buffer]>([
    ['a second file behind the first', Buffer.concat([plainLogo, script, Buffer.from('PK\u0003\u0004')])],
    ['a comment', png(64, chunk('tEXt', Buffer.concat([Buffer.from('Comment\0'), script])), dots(64))],
    [
      'a profile that unpacks to 50 MB',
      png(
        64,
        chunk('iCCP', Buffer.concat([Buffer.from('p\0\0'), deflateSync(Buffer.alloc(50_000_000))])),
        dots(64),
      ),
    ],
    ['an unknown chunk', png(64, chunk('evIL', script), dots(64))],
  ])('%s', (_what, bytes) => {
    expect(drawn(bytes).includes(script)).toBe(false);
    expect(drawn(bytes)).toEqual(drawn(plainLogo));
  });

  test('the dots do, whatever form they had', () => {
    const rgba = Uint8Array.from({ length: 64 * 64 * 4 }, (_, at) => at % 251);
    const one = encode({ width: 64, height: 64, data: rgba, channels: 4, depth: 8 });
    expect(decode(Uint8Array.from(drawn(one))).data).toEqual(rgba);
    const deep = Uint16Array.from({ length: 64 * 64 }, (_, at) => (at % 251) * 256 + 7);
    const grey = encode({ width: 64, height: 64, data: deep, channels: 1, depth: 16 });
    expect(decode(Uint8Array.from(drawn(grey))).data.slice(0, 3)).toEqual(Uint8Array.from([0, 1, 2]));
    const palette = Buffer.from([255, 0, 0, 0, 255, 0]);
    const rows = Buffer.alloc(64 * 65, 1);
    for (let row = 0; row < 64; row += 1) rows[row * 65] = 0;
    const indexed = Buffer.concat([
      SIGNATURE,
      head(64, 64, 8, 3),
      chunk('PLTE', palette),
      chunk('IDAT', deflateSync(rows)),
      END,
    ]);
    expect(decode(Uint8Array.from(drawn(indexed))).data.slice(0, 3)).toEqual(Uint8Array.from([0, 255, 0]));
  });
});

describe('a client with a picture', () => {
  let system: TestApp;
  beforeAll(async () => {
    system = await testApp();
  });
  afterAll(() => system.close());

  test('shows it from our own origin, as a picture and nothing else', async () => {
    const service = await register(system, { tongxing_logo: plainLogo.toString('base64') });
    const logo = (await system.app.registry.find(service.id))?.logo ?? '';
    expect(logo).toMatch(/^\/logos\/[0-9a-f]{64}\.png$/);
    const answer = await fetch(new URL(logo, system.issuer));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(drawn(plainLogo));
    const page = (await fetch(service.request().url, { redirect: 'manual' })).headers.get('location');
    expect(page).toContain('/signin/');
    const again = await register(system, { tongxing_logo: logo });
    expect((await system.app.registry.find(again.id))?.logo).toBe(logo);
  });

  test('cannot name one that was never brought', async () => {
    const none = `/logos/${'0'.repeat(64)}.png`;
    await expect(register(system, { tongxing_logo: none })).rejects.toMatchObject({ code: 'bad_request' });
    expect((await fetch(new URL(none, system.issuer))).status).toBe(404);
    expect((await fetch(new URL('/logos/x', system.issuer))).status).toBe(404);
  });
});
