// Language, display and the cookies that keep them.
import { ask, serve, type Serving } from './serving.ts';

let plain: Serving;
let secure: Serving;
beforeAll(async () => {
  plain = await serve();
  secure = await serve({ publicUrl: 'https://login.example' });
});
afterAll(async () => {
  await plain.close();
  await secure.close();
});

interface Seen {
  readonly locale: string;
  readonly display: { readonly mode: string; readonly theme: string };
  readonly browser: string;
}

async function see(query: string, headers: Record<string, string> = {}, path = '/echo/1') {
  const { text, cookies } = await ask(`${plain.url}${path}${query}`, { headers });
  return { seen: JSON.parse(text) as Seen, cookies };
}

test('values off the list are no choice, and no cookie is set for them', async () => {
  const { seen, cookies } = await see('?lang=<script>&mode=huge&theme=pink', { cookie: 'lang=xx; mode=yy' });
  expect(seen).toMatchObject({ locale: 'zh-CN', display: { mode: 'standard', theme: 'auto' } });
  expect(cookies.filter((line) => /^(lang|mode|theme)=/.test(line))).toEqual([]);
});

test('the address goes before the cookie, the cookie before what the browser prefers', async () => {
  const english = { 'accept-language': 'en-GB,en;q=0.9' };
  expect((await see('', english)).seen.locale).toBe('en');
  expect((await see('', { ...english, cookie: 'lang=zh-CN' })).seen.locale).toBe('zh-CN');
  expect((await see('?lang=en', { cookie: 'lang=zh-CN' })).seen.locale).toBe('en');
  expect((await see('?ui_locales=en')).seen.locale).toBe('en');
});

test('a choice in the address is kept for a year', async () => {
  const { seen, cookies } = await see('?lang=en&mode=elder&theme=dark');
  expect(seen).toMatchObject({ locale: 'en', display: { mode: 'elder', theme: 'dark' } });
  for (const name of ['lang=en', 'mode=elder', 'theme=dark'])
    expect(cookies).toContain(`${name}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000`);
});

test('a service’s wish counts only where the citizen has not chosen', async () => {
  expect((await see('', {}, '/asked')).seen).toMatchObject({ locale: 'en', display: { mode: 'elder' } });
  const cookie = 'lang=zh-CN; mode=standard';
  expect((await see('', { cookie }, '/asked')).seen).toMatchObject({
    locale: 'zh-CN',
    display: { mode: 'standard' },
  });
  expect((await see('?lang=zh-CN', {}, '/asked')).seen.locale).toBe('zh-CN');
});

describe('the browser value', () => {
  test('is set once, and one of the wrong shape is replaced', async () => {
    const { seen, cookies } = await see('');
    expect(cookies).toContain(`browser=${seen.browser}; Path=/; HttpOnly; SameSite=Lax`);
    const again = await see('', { cookie: `browser=${seen.browser}` });
    expect(again.cookies).toEqual([]);
    expect(again.seen.browser).toBe(seen.browser);
    expect((await see('', { cookie: 'browser=planted' })).seen.browser).not.toBe('planted');
  });

  test('is bound to the host and to https when there is https', async () => {
    const { cookies } = await ask(`${secure.url}/echo/1?lang=en`);
    expect(cookies.find((line) => line.startsWith('__Host-browser='))).toMatch(/; Secure$/);
    expect(cookies.find((line) => line.startsWith('lang='))).toMatch(/; Secure$/);
    const planted = await ask(`${secure.url}/echo/1`, { headers: { cookie: `browser=${'a'.repeat(32)}` } });
    expect((JSON.parse(planted.text) as Seen).browser).not.toBe('a'.repeat(32));
  });

  test('is not set on protocol requests', async () => {
    expect((await ask(`${plain.url}/oidc/token`)).cookies).toEqual([]);
  });
});
