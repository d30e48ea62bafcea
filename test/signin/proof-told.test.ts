// Why a name is not proven, as the service is told and as the citizen reads: in the OAuth error when the sign-in ends at
// the proof, and in a claim when it went on.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { sql } from '../../idp/platform/store/postgres.ts';
import { CALLBACK, configured, registration } from '../oidc/ida/asking.ts';
import { byCode } from '../resilience/trial-client.ts';
import { signIn, testApp, type Persona, type TestApp } from '../support/app.ts';
import { createBrowser, type Browser, type Page } from '../support/browser.ts';

const PASSWORD = 'a-long-enough-password-of-mine';
const L2 = 'urn:tongxing:acr:l2';
const DEMAND = { id_token: { acr: { essential: true, value: L2 } } };
const STATUS = { proofing_status: null };
const WENT_BACK = 'the citizen went back to the service';

let app: TestApp;
let config: client.Configuration;
let phones = 13_733_330_000;

beforeAll(async () => {
  app = await testApp({ env: { TONGXING_SMS__RESEND_AFTER: '1s', TONGXING_PROOFING__TRIES_PER_DAY: '50' } });
  await app.app.registry.import(
    [
      registration('told', ['name', 'proofing_status']),
      registration('untold', ['name']),
      registration('choosy', [], {
        tongxing_claims: { proofing_status: { purpose: '提示办理进度', required: false } },
      }),
    ],
    'test',
  );
  config = await configured(app, 'told');
});
afterAll(() => app.close());

interface Begun {
  readonly browser: Browser;
  readonly url: string;
  /** The answer at the service, checked by its library. */
  answer(end: Page): Promise<client.TokenEndpointResponse & client.TokenEndpointResponseHelpers>;
}

async function begin(
  claims: object | undefined,
  more: Readonly<Record<string, string>> = {},
  of = config,
  browser = createBrowser({ stopAt: /^http:\/\/127\.0\.0\.1:4999/ }),
): Promise<Begun> {
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(of, {
    redirect_uri: CALLBACK,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(claims ? { claims: JSON.stringify(claims) } : {}),
    ...more,
  });
  return {
    browser,
    url: url.href,
    answer: (end) => client.authorizationCodeGrant(of, new URL(end.url), { pkceCodeVerifier: verifier }),
  };
}

/** A new account, from the service's request to the first page after its password. */
async function newcomer({ browser, url }: Begun): Promise<{ page: Page; phone: string }> {
  const phone = String((phones += 1));
  const page = await byCode(browser, url, phone, app, { register: true });
  return { page: await browser.submit(page, { password: PASSWORD }), phone };
}

type Form = Readonly<Record<string, string>>;
const claimed = ({ name, id_number }: Persona, changes: Form = {}): Form => ({
  name,
  id_number,
  consent: 'yes',
  ...changes,
});

type Prove = (browser: Browser, page: Page) => Promise<Page>;
const proves =
  (id: string, changes: Form = {}): Prove =>
  async (browser, page) =>
    browser.submit(page, claimed(await app.persona(id), changes));

const toTheApp: Prove = async (browser, page) => {
  const ways = await browser.submit(page, { choose: 'way' });
  const form = await browser.submit(ways, { way: 'network-identity' });
  return browser.submit(form, { begin: '1', consent: 'yes', consent_more: 'yes' });
};

const whileDown =
  (prove: Prove): Prove =>
  async (browser, page) => {
    await app.behave('population-register', 'down');
    const after = await prove(browser, page);
    await app.behave('population-register', 'normal');
    return after;
  };

// Each has failed a lookup of its own, so that the breaker of the register never opens.
const ENDINGS: readonly (readonly [string, string, Prove])[] = [
  ['none', '还没有实名认证', (_, page) => Promise.resolve(page)],
  ['failed', '没能核对上信息', proves('mismatch')],
  ['pending', '实名认证还没有办完', toTheApp],
  ['unavailable', '负责核对的系统还没有回应', whileDown(proves('elder'))],
  ['review', '要由工作人员核对', proves('elder', { name: '孙\u{E863}英' })],
  ['guardian', '要由监护人陪同办理', proves('child')],
];

const error = (code: string, description: string) => ({ error: code, error_description: description });

describe('a citizen who leaves at the proof', () => {
  test.each(ENDINGS)(
    '%s: reads what the service is told, and it is told no more',
    async (word, text, prove) => {
      const begun = await begin(DEMAND);
      const { page } = await newcomer(begun);
      const stands = await prove(begun.browser, page);
      const leave = await begun.browser.follow(stands, /\/leave$/);
      expect(leave.text).toContain(text);
      expect(leave.text).toContain('可以接着办理实名认证');
      expect(leave.text).not.toContain('不会提供任何信息');
      const end = await begun.browser.submit(leave, {});
      await expect(begun.answer(end)).rejects.toMatchObject(error('access_denied', `proofing: ${word}`));
    },
  );

  test('is told so in English too', async () => {
    const begun = await begin(DEMAND, { ui_locales: 'en' });
    const { page } = await newcomer(begun);
    const stands = await proves('mismatch')(begun.browser, page);
    const leave = await begun.browser.follow(stands, /\/leave$/);
    expect(leave.text).toContain('Details could not be matched');
  });

  test('that our own account centre asked for tells nobody anything', async () => {
    const browser = createBrowser({ stopAt: /\/account\/signed-in\?/ });
    const page = await byCode(browser, `${app.issuer}/account/verify`, String((phones += 1)), app, {
      register: true,
    });
    const form = await browser.submit(page, { password: PASSWORD });
    expect(form.text).toContain('name="id_number"');
    const leave = await browser.follow(form, /\/leave$/);
    expect(leave.text).not.toContain('还没有实名认证');
    const end = new URL((await browser.submit(leave, {})).url);
    expect(end.searchParams.get('error_description')).toBe(WENT_BACK);
  });

  test('of a level that the account had once, and has no more: nothing is there', async () => {
    const begun = await begin(DEMAND);
    const { page } = await newcomer(begun);
    const stands = await proves('virtual-operator')(begun.browser, page);
    await app.database.postgres.run(sql`
      update proofing.case set state = 'proven', decision = '{"is":"reached","ial":2}'
      where id = (select id from proofing.case order by created_at desc limit 1)`);
    const leave = await begun.browser.follow(stands, /\/leave$/);
    expect(leave.text).toContain('还没有实名认证');
    const end = await begun.browser.submit(leave, {});
    await expect(begun.answer(end)).rejects.toMatchObject(error('access_denied', 'proofing: none'));
  });
});

describe('a citizen who leaves anywhere else', () => {
  const leaves = async ({ browser }: Begun, page: Page): Promise<Page> => {
    const leave = await browser.follow(page, /\/leave$/);
    expect(leave.text).toContain('不会提供任何信息');
    return browser.submit(leave, {});
  };

  test('before anybody signed in', async () => {
    const begun = await begin(DEMAND);
    const end = await leaves(begun, await begun.browser.get(begun.url));
    await expect(begun.answer(end)).rejects.toMatchObject(error('access_denied', WENT_BACK));
  });

  test('or who does not agree to share, tells nothing of a proof', async () => {
    const verified = await app.persona('verified');
    const begun = await begin({ ...DEMAND, userinfo: STATUS });
    const consent = await signIn(begun.browser, await begun.browser.get(begun.url), verified);
    const end = await leaves(begun, consent);
    await expect(begun.answer(end)).rejects.toMatchObject(error('access_denied', WENT_BACK));
    const again = await begin({ ...DEMAND, userinfo: STATUS });
    const page = await signIn(again.browser, await again.browser.get(again.url), verified);
    const denied = await again.browser.submit(page, { decision: 'deny' });
    await expect(again.answer(denied)).rejects.toMatchObject(
      error('access_denied', 'the citizen did not agree to share'),
    );
  });
});

describe('a service that must not ask', () => {
  /** A session of somebody whose details could not be matched, who then went on without. */
  async function afterFailing(): Promise<Browser> {
    const begun = await begin(undefined, { acr_values: L2 });
    const { page } = await newcomer(begun);
    const stands = await proves('mismatch')(begun.browser, page);
    const consent = await begun.browser.follow(stands, /later=1/);
    await begun.answer(await begun.browser.submit(consent, { decision: 'allow' }));
    return begun.browser;
  }

  test('is told why when it is registered for that, and else only that', async () => {
    const browser = await afterFailing();
    const told = await begin(DEMAND, { prompt: 'none' }, config, browser);
    await expect(told.answer(await browser.get(told.url))).rejects.toMatchObject(
      error('unmet_authentication_requirements', 'proofing: failed'),
    );
    const untold = await begin(DEMAND, { prompt: 'none' }, await configured(app, 'untold'), browser);
    await expect(untold.answer(await browser.get(untold.url))).rejects.toMatchObject(
      error('unmet_authentication_requirements', 'the requested authentication level was not reached'),
    );
  });

  test('hears of another complaint first: nothing about who is not meant', async () => {
    const other = await begin(undefined);
    const page = await signIn(
      other.browser,
      await other.browser.get(other.url),
      await app.persona('verified'),
    );
    const tokens = await other.answer(await other.browser.submit(page, { decision: 'allow' }));
    const browser = await afterFailing();
    const hinted = await begin(
      DEMAND,
      { prompt: 'none', id_token_hint: tokens.id_token ?? '' },
      config,
      browser,
    );
    await expect(hinted.answer(await browser.get(hinted.url))).rejects.toMatchObject({
      error: 'login_required',
    });
    const nobody = await begin(DEMAND, { prompt: 'none' });
    await expect(nobody.answer(await nobody.browser.get(nobody.url))).rejects.toMatchObject({
      error: 'login_required',
    });
  });
});

describe('the claim proofing_status', () => {
  const wish = { acr_values: L2 };
  const asked = { id_token: STATUS, userinfo: STATUS };

  test.each(ENDINGS)(
    '%s: goes along with a login that went on without the level',
    async (word, text, prove) => {
      const begun = await begin(asked, wish);
      const { page } = await newcomer(begun);
      const consent = await begun.browser.follow(await prove(begun.browser, page), /later=1/);
      expect(consent.text).toContain('实名认证办到哪一步');
      expect(consent.text).toContain(text);
      const tokens = await begun.answer(await begun.browser.submit(consent, { decision: 'allow' }));
      const idToken = tokens.claims();
      expect(idToken).toMatchObject({ acr: 'urn:tongxing:acr:l1', proofing_status: word });
      const userinfo = await client.fetchUserInfo(config, tokens.access_token, idToken?.sub ?? '');
      expect(userinfo).toEqual({ sub: idToken?.sub, proofing_status: word });
    },
  );

  test('is as it is now, each time it is asked for', async () => {
    const begun = await begin(asked, wish);
    const { page } = await newcomer(begun);
    const consent = await begun.browser.follow(await proves('mismatch')(begun.browser, page), /later=1/);
    const tokens = await begun.answer(await begun.browser.submit(consent, { decision: 'allow' }));
    expect(tokens.claims()).toMatchObject({ proofing_status: 'failed' });
    const again = await begin(DEMAND, {}, config, begun.browser);
    const form = await again.browser.get(again.url);
    expect((await toTheApp(again.browser, form)).text).toContain('用手机扫一扫');
    const subject = tokens.claims()?.sub ?? '';
    expect(await client.fetchUserInfo(config, tokens.access_token, subject)).toMatchObject({
      proofing_status: 'pending',
    });
  });

  test('says verified of somebody who is, and goes along with a level that was reached', async () => {
    const begun = await begin({ ...asked, id_token: { ...STATUS, ...DEMAND.id_token } });
    const verified = await app.persona('verified-two');
    const consent = await signIn(begun.browser, await begun.browser.get(begun.url), verified);
    const tokens = await begun.answer(await begun.browser.submit(consent, { decision: 'allow' }));
    expect(tokens.claims()).toMatchObject({ acr: L2, proofing_status: 'verified' });
  });

  test('is not given when it is not asked for, not registered, or not agreed to', async () => {
    const verified = await app.persona('verified');
    const cases = [
      ['told', { id_token: {} }],
      ['untold', asked],
      ['choosy', asked],
    ] as const;
    for (const [id, claims] of cases) {
      const of = await configured(app, id);
      const begun = await begin(claims, {}, of);
      const consent = await signIn(begun.browser, await begun.browser.get(begun.url), verified);
      const end = consent.status === 0 ? consent : await begun.browser.submit(consent, { decision: 'allow' });
      const tokens = await begun.answer(end);
      expect(tokens.claims()).not.toHaveProperty('proofing_status');
      const userinfo = await client.fetchUserInfo(of, tokens.access_token, tokens.claims()?.sub ?? '');
      expect(userinfo).not.toHaveProperty('proofing_status');
    }
  });

  test('costs nothing while nobody asks: no answer reads a case', async () => {
    const verified = await app.persona('verified');
    const first = await begin(asked);
    const consent = await signIn(first.browser, await first.browser.get(first.url), verified);
    const agreed = await first.answer(await first.browser.submit(consent, { decision: 'allow' }));
    await app.database.postgres.run(sql`alter table proofing."case" rename to case_away`);
    try {
      const second = await begin({ userinfo: { name: null } }, { prompt: 'consent' }, config, first.browser);
      const page = await second.browser.get(second.url);
      const tokens = await second.answer(await second.browser.submit(page, { decision: 'allow' }));
      const subject = tokens.claims()?.sub ?? '';
      expect(await client.fetchUserInfo(config, tokens.access_token, subject)).toMatchObject({
        name: '林晓夏',
      });
      await expect(client.fetchUserInfo(config, agreed.access_token, subject)).rejects.toThrow();
    } finally {
      await app.database.postgres.run(sql`alter table proofing.case_away rename to "case"`);
    }
  });
});
