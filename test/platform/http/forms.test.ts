// Forms and the forgery guard, over HTTP.
import fc from 'fast-check';
import { parseForm } from '../../../idp/platform/http/body.ts';
import { ask, FORM, keysOf, serve, type Serving } from './serving.ts';

let serving: Serving;
beforeAll(async () => {
  serving = await serve();
});
afterAll(() => serving.close());

interface Visitor {
  readonly cookie: string;
  readonly token: string;
}

async function visitor(server: Serving = serving): Promise<Visitor> {
  const { cookies, text } = await ask(`${server.url}/echo/1`);
  const [cookie = ''] = (cookies.find((line) => line.startsWith('browser=')) ?? '').split(';');
  return { cookie, token: (JSON.parse(text) as { token: string }).token };
}

const post = (
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  server: Serving = serving,
) =>
  ask(`${server.url}${path}`, {
    method: 'POST',
    body,
    headers: { accept: 'application/json', ...FORM, ...headers },
  });

const errorOf = ({ status, text }: { status: number; text: string }) => [
  status,
  (JSON.parse(text) as { error?: string }).error,
];

describe('the forgery guard refuses', () => {
  test('no token, an empty token, a token cut short', async () => {
    const { cookie, token } = await visitor();
    for (const body of ['a=1', '_csrf=', `_csrf=${token.slice(1)}`, '_csrf=%F0%9F%92%A9'])
      expect(errorOf(await post('/guarded', body, { cookie }))).toEqual([403, 'forgery']);
  });

  test('the token of another browser, and a browser without its cookie', async () => {
    const [mine, theirs] = [await visitor(), await visitor()];
    expect(errorOf(await post('/guarded', `_csrf=${theirs.token}`, { cookie: mine.cookie }))).toEqual([
      403,
      'forgery',
    ]);
    expect(errorOf(await post('/guarded', `_csrf=${mine.token}`))).toEqual([403, 'forgery']);
  });

  test('a foreign Origin, whatever the token', async () => {
    const { cookie, token } = await visitor();
    for (const origin of [
      'https://evil.example',
      'https://login.example',
      'http://login.example.evil.example',
    ])
      expect(errorOf(await post('/guarded', `_csrf=${token}`, { cookie, origin }))).toEqual([403, 'forgery']);
  });

  test('tokens under keys that are unknown or not active yet', async () => {
    const waiting = await serve({ keys: keysOf(['active', 7], ['next', 1]) });
    const { cookie, token } = await visitor();
    expect(errorOf(await post('/guarded', `_csrf=${token}`, { cookie }, waiting))).toEqual([403, 'forgery']);
    await waiting.close();
  });
});

describe('the forgery guard lets through', () => {
  test('the token of this browser, with our Origin, a hidden one or none; the handler reads the same form', async () => {
    const { cookie, token } = await visitor();
    for (const origin of [{}, { origin: 'http://login.example' }, { origin: 'null' }]) {
      const answer = await post('/guarded', `_csrf=${token}&name=%E5%BC%A0+%E4%B8%89`, { cookie, ...origin });
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.text)).toMatchObject({ name: '张 三' });
    }
  });

  test('a token made before the key was rotated', async () => {
    const rotated = await serve({ keys: keysOf(['active', 9], ['retired', 1]) });
    const { cookie, token } = await visitor();
    expect((await post('/guarded', `_csrf=${token}`, { cookie }, rotated)).status).toBe(200);
    await rotated.close();
  });
});

describe('forms', () => {
  test.each([
    ['a field twice', 'a=1&a=2', 400, 'bad_request'],
    ['a field twice, once encoded', 'a=1&%61=2', 400, 'bad_request'],
    ['51 fields', Array.from({ length: 51 }, (_, i) => `f${i}=`).join('&'), 400, 'bad_request'],
    ['NUL', 'a=%00', 400, 'bad_request'],
    ['broken percent-encoding', 'a=%zz', 400, 'bad_request'],
    ['percent-encoding that is not UTF-8', 'a=%ff', 400, 'bad_request'],
    ['16 kB and one byte', `a=${'x'.repeat(16_383)}`, 413, 'too_large'],
  ])('%s is refused', async (_, body, status, error) => {
    expect(errorOf(await post('/form', body))).toEqual([status, error]);
  });

  test('bytes that are not UTF-8 are refused', async () => {
    expect(errorOf(await post('/form', Buffer.from([0x61, 0x3d, 0xff])))).toEqual([400, 'bad_request']);
  });

  test('another content type, or a compressed body, is refused', async () => {
    expect(errorOf(await post('/form', '{}', { 'content-type': 'application/json' }))).toEqual([
      415,
      'unsupported_media',
    ]);
    expect(errorOf(await post('/form', '', { 'content-type': 'text/plain' }))).toEqual([
      415,
      'unsupported_media',
    ]);
    expect(errorOf(await post('/form', 'a=1', { 'content-encoding': 'gzip' }))).toEqual([
      415,
      'unsupported_media',
    ]);
  });

  test('a large body without a length is refused while it comes in', async () => {
    const answer = await fetch(`${serving.url}/form`, {
      method: 'POST',
      headers: { accept: 'application/json', ...FORM },
      body: new ReadableStream({
        start(controller) {
          for (let i = 0; i < 20; i += 1) controller.enqueue(new Uint8Array(1_024).fill(97));
          controller.close();
        },
      }),
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(413);
  });

  test('16 kB exactly, 50 fields, and an empty form are read', async () => {
    expect((await post('/form', `a=${'x'.repeat(16_382)}`)).status).toBe(200);
    expect((await post('/form', Array.from({ length: 50 }, (_, i) => `f${i}=`).join('&'))).status).toBe(200);
    expect((await post('/form', '')).text).toBe('{}');
    expect(
      (await post('/form', 'a=1', { 'content-type': `${FORM['content-type']}; charset=utf-8` })).status,
    ).toBe(200);
  });

  test('names of prototypes are fields like others', () => {
    const form = parseForm(Buffer.from('__proto__=x&constructor=y&toString=z'));
    expect(Object.entries(form)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['toString', 'z'],
    ]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('what a browser sends comes back unchanged', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(
        fc.dictionary(text.filter(Boolean), text, { maxKeys: 20, noNullPrototype: true }),
        (fields) => {
          const sent = new URLSearchParams(Object.entries(fields)).toString();
          expect(new Map(Object.entries(parseForm(Buffer.from(sent))))).toEqual(
            new Map(Object.entries(fields)),
          );
        },
      ),
    );
  });
});

describe('an address for programs', () => {
  const WORDS = { 'content-type': 'application/x-words; charset=utf-8', accept: 'text/html' };
  const send = (body: string | Buffer, headers: Record<string, string> = WORDS) =>
    ask(`${serving.url}/program`, { method: 'POST', body, headers });

  test('reads one kind of body, and sets no cookie', async () => {
    const answer = await send('字');
    expect([answer.status, answer.text]).toEqual([200, '{"text":"字"}']);
    expect(answer.cookies).toEqual([]);
  });

  test.each([
    ['another kind of body', 'x', { 'content-type': 'text/plain' }, 415, 'unsupported_media'],
    ['an encoded body', 'x', { ...WORDS, 'content-encoding': 'gzip' }, 415, 'unsupported_media'],
    ['more than 16 kB', 'x'.repeat(16_385), WORDS, 413, 'too_large'],
    ['invalid UTF-8', Buffer.from([0xff]), WORDS, 400, 'bad_request'],
  ])('refuses %s in JSON, whatever the caller accepts', async (_, body, headers, status, error) => {
    const answer = await send(body, { accept: 'text/html', ...headers });
    expect(errorOf(answer)).toEqual([status, error]);
    expect(answer.cookies).toEqual([]);
  });
});
