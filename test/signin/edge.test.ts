// What a browser may send to the sign-in pages that no form of ours would: other browsers' flows, skipped steps, forged
// and malformed posts, presses twice.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  byCode,
  citizenBrowser,
  headingOf,
  metadataOf,
  reached,
  serviceOf,
} from '../resilience/trial-client.ts';
import { signIn, testApp, type Persona, type TestApp } from '../support/app.ts';
import { forms, type Browser, type Page } from '../support/browser.ts';

let system: TestApp;
let citizen: Persona;
const service = serviceOf(() => system.issuer, 'edge', 'edge-secret-0123456789abc');

beforeAll(async () => {
  system = await testApp({ env: { TONGXING_SMS__RESEND_AFTER: '1s' } });
  await system.app.registry.import(metadataOf(service.clientId, service.secret), 'test');
  citizen = await system.persona('verified');
});
afterAll(() => system.close());

const hidden = (page: Page): Record<string, string> =>
  Object.fromEntries(Object.entries(forms(page)[0]?.fields ?? {}).filter(([name]) => name.startsWith('_')));

async function opened(): Promise<{ browser: Browser; page: Page; uid: string }> {
  const browser = citizenBrowser();
  const page = await browser.get(service.begin().url);
  return { browser, page, uid: new URL(page.url).pathname.split('/')[2] ?? '' };
}

const cookieOf = (browser: Browser): string =>
  browser.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');

/** A post with everything chosen by hand, without following redirects. */
function raw(
  url: string,
  browser: Browser,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      cookie: cookieOf(browser),
      origin: system.issuer,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body,
  });
}

describe('a step that does not stand yet', () => {
  test.each(['consent', 'prove', 'password-enrol', 'sms-second', 'refused', 'nonsense'])(
    'POST %s before anybody is identified only leads back to the page that stands',
    async (step) => {
      const { browser, page, uid } = await opened();
      const back = await browser.post(`${system.issuer}/signin/${uid}/${step}`, {
        ...hidden(page),
        decision: 'allow',
        name: citizen.name,
        id_number: citizen.id_number,
        consent: 'yes',
      });
      expect(reached(back)).toBe(false);
      expect(back.text).toContain('name="password"');
    },
  );

  test('consent pressed twice at once ends at the service, and a late press is told that this sign-in has ended', async () => {
    const { browser, page } = await opened();
    const consent = await signIn(browser, page, citizen);
    const [first, second] = await Promise.all([
      browser.submit(consent, { decision: 'allow' }),
      browser.submit(consent, { decision: 'allow' }),
    ]);
    const codes = [first, second].filter((back) => reached(back) && back.url.includes('code='));
    expect(codes.length).toBeGreaterThanOrEqual(1);
    // Who comes second is told that this sign-in has ended; it has, at the service.
    for (const back of [first, second]) {
      expect(reached(back) || [400, 403, 410].includes(back.status)).toBe(true);
      expect(reached(back) || headingOf(back) !== '').toBe(true);
    }
  });
});

describe('a sign-in belongs to the browser that began it', () => {
  test('its address in another browser, with or without a sign-in of its own, is a clear page', async () => {
    const { page } = await opened();
    const stranger = await citizenBrowser().get(page.url);
    expect([403, 410]).toContain(stranger.status);
    expect(headingOf(stranger)).not.toBe('');
    const other = await opened();
    const shared = await other.browser.get(page.url);
    expect([403, 410]).toContain(shared.status);
    expect(shared.text).not.toContain('name="password"');
  });

  test('the cookie of one sign-in does not open another, and a made-up one opens none', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    const swapped = await fetch(theirs.page.url, { headers: { cookie: cookieOf(mine.browser) } });
    expect([403, 410]).toContain(swapped.status);
    const forged = await fetch(theirs.page.url, {
      headers: { cookie: `signin=${theirs.uid}; signin.sig=${'A'.repeat(43)}` },
    });
    expect([403, 410]).toContain(forged.status);
  });

  test('two tabs of one browser are two sign-ins: the second takes over, the first says so', async () => {
    const { browser, page } = await opened();
    const second = await browser.get(service.begin().url);
    const done = await browser.submit(await browser.get(second.url), {
      phone: citizen.phone,
      password: citizen.password,
    });
    expect(reached(done) || done.text.includes('name="decision"')).toBe(true);
    const first = await browser.get(page.url);
    expect(first.status === 200 || [403, 410].includes(first.status)).toBe(true);
  });
});

describe('a forged form', () => {
  const attempts = (
    page: Page,
    stranger: Page,
  ): readonly (readonly [string, string, Record<string, string>])[] => {
    const login = { phone: citizen.phone, password: citizen.password };
    const form = (extra: Record<string, string>): string =>
      new URLSearchParams({ ...login, ...extra }).toString();
    return [
      ['no token', form({}), {}],
      ['the token of another browser', form(hidden(stranger)), {}],
      ['a foreign origin', form(hidden(page)), { origin: 'https://evil.example' }],
      [
        'an origin that only begins like ours',
        form(hidden(page)),
        { origin: `${system.issuer}.evil.example` },
      ],
      ['a text body', form(hidden(page)), { 'content-type': 'text/plain' }],
      ['a JSON body', JSON.stringify({ ...login, ...hidden(page) }), { 'content-type': 'application/json' }],
    ];
  };

  test('is refused on every page that can be posted, whatever is wrong with it', async () => {
    const stranger = (await opened()).page;
    const { browser, page, uid } = await opened();
    for (const step of ['password', 'sms', 'consent', 'prove', 'leave'])
      for (const [what, body, headers] of attempts(page, stranger)) {
        const answer = await raw(`${system.issuer}/signin/${uid}/${step}`, browser, body, headers);
        expect([step, what, [403, 415].includes(answer.status)]).toEqual([step, what, true]);
      }
    expect((await browser.get(page.url)).text).toContain('name="password"');
  });

  test('is refused in the account centre and at sign-out', async () => {
    const { browser, page } = await opened();
    expect(reached(await signIn(browser, page, citizen))).toBe(true);
    const stop = await raw(`${system.issuer}/account/services/${service.clientId}`, browser, 'x=1');
    expect(stop.status).toBe(403);
    const leave = await raw(`${system.issuer}/oidc/logout/confirm`, browser, 'logout=yes&xsrf=guessed');
    expect([400, 403]).toContain(leave.status);
    expect((await browser.get(`${system.issuer}/account`)).url).toBe(`${system.issuer}/account`);
  });
});

describe('a malformed form', () => {
  const fill = (count: number): string => Array.from({ length: count }, (_, n) => `f${n}=x`).join('&');
  test.each([
    ['a body of one megabyte', () => `password=${'x'.repeat(1_000_000)}`, 413],
    ['ten thousand fields', () => fill(10_000), 413],
    ['a hundred fields', () => fill(100), 400],
    ['a field twice', () => 'phone=1&phone=2', 400],
    ['NUL in a field', () => 'phone=%00', 400],
    ['bytes that are no UTF-8', () => 'phone=%ff%fe', 400],
    ['half a percent sign', () => 'phone=%4', 400],
    ['fields of the prototype', () => '__proto__=x&constructor=y', 403],
  ])('%s is refused at once', async (_what, body, status) => {
    const { browser, page, uid } = await opened();
    const begun = performance.now();
    const answer = await raw(
      `${system.issuer}/signin/${uid}/password`,
      browser,
      `${new URLSearchParams(status === 403 ? {} : hidden(page)).toString()}&${body()}`,
    );
    expect(answer.status).toBe(status);
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(await answer.text()).not.toMatch(/at .*\.[jt]s/);
  });
});

describe('an account made in the middle of a sign-in', () => {
  test('is the same one for everybody who confirmed the phone at the same time', async () => {
    const phone = '13900014444';
    const browsers = Array.from({ length: 5 }, () => citizenBrowser());
    const waiting: [Browser, Page][] = [];
    for (const [n, browser] of browsers.entries()) {
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      waiting.push([
        browser,
        await byCode(browser, service.begin({ scope: 'openid' }).url, phone, system, {
          register: true,
          after: n,
        }),
      ]);
    }
    const after = await Promise.all(
      waiting.map(([browser, page]) => browser.submit(page, { password: 'wagtails-on-the-stone-bridge' })),
    );
    const settled = await Promise.all(
      after.map(async (page, n) => (reached(page) ? page : browsers[n]!.submit(page, { decision: 'allow' }))),
    );
    expect(settled.map((page) => page.url.includes('code='))).toEqual([true, true, true, true, true]);
  });
});
