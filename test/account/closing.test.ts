// Closing an account: asked for twice, done once, and nothing of the person is left but what the page said.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { testApp, type Persona, type TestApp } from '../support/app.ts';
import type { Browser, Page } from '../support/browser.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import { until } from '../support/until.ts';
import { receiver, type Receiver } from '../oidc/receiver.ts';
import {
  backEnds,
  citizenBrowser,
  enter,
  landed,
  register,
  signedIn,
  userinfo,
  walk,
  type Service,
  type Tokens,
} from '../oidc/relying-party.ts';
import { byCode, headingOf, prove, through } from '../resilience/trial-client.ts';
import { leftOf } from './left-behind.ts';

const CLOSING = '/account/data/close';

describe.each(backEnds)('closing an account, short-lived state in %s', (store) => {
  let system: TestApp;
  let clock: TestClock;
  /** Insists on the session in a logout, and may come back while the citizen is away. */
  let strict: Service;
  let plain: Service;
  let strictHeard: Receiver;
  let plainHeard: Receiver;

  beforeAll(async () => {
    clock = testClock();
    system = await testApp({
      store,
      clock,
      env: { TONGXING_PASSWORD__MAX_QUEUE: '400', TONGXING_PASSWORD__MAX_WAIT_MS: '10000' },
    });
    [strictHeard, plainHeard] = await Promise.all([receiver(200), receiver(200)]);
    strict = await register(system, {
      client_name: '严格服务',
      backchannel_logout_uri: strictHeard.url,
      backchannel_logout_session_required: true,
    });
    plain = await register(system, { client_name: '普通服务', backchannel_logout_uri: plainHeard.url });
  });
  afterAll(async () => {
    await system.close();
    await Promise.all([strictHeard.close(), plainHeard.close()]);
  });

  const at = (path: string): string => `${system.issuer}${path}`;
  const open = async (browser: Browser, persona: Persona, path = CLOSING): Promise<Page> =>
    walk(browser, persona, await browser.get(at(path)));
  const ask = <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    system.database.postgres.rows<Row>({ name: '', text, values });
  const closings = async (citizenId?: string): Promise<number> =>
    (
      await ask(
        `select 1 from audit.event where type = 'citizen.closed' and ($1::uuid is null or citizen_id = $1)`,
        [citizenId ?? null],
      )
    ).length;
  const idOf = async (persona: Persona): Promise<string> => {
    const { createBlindIndex } = await import('../../idp/platform/crypto/blind-index.ts');
    const digest = createBlindIndex(system.app.keyring).digest('phone', `+86${persona.phone}`);
    const [row] = await ask<{ citizen_id: string }>(
      'select citizen_id from citizens.lookup where digest = $1',
      [digest],
    );
    return row?.citizen_id ?? '';
  };

  describe('is refused, and nothing is lost,', () => {
    let persona: Persona;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      persona = await system.persona('verified');
      browser = citizenBrowser();
      page = await open(browser, persona);
      expect(headingOf(page)).toBe('注销账号');
    });
    const stands = async (): Promise<void> => {
      expect(await closings()).toBe(0);
      expect(await idOf(persona)).not.toBe('');
    };

    test('without a token of this browser, or from another origin', async () => {
      expect((await browser.post(at(CLOSING), { confirm: 'yes' })).status).toBe(403);
      const hidden = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const foreign = await browser.post(
        at(CLOSING),
        { _csrf: hidden, confirm: 'yes' },
        { origin: 'https://evil.example' },
      );
      expect(foreign.status).toBe(403);
      await stands();
    });

    test('when the box is not ticked: the page says so and links to it', async () => {
      const again = await browser.submit(page, {});
      expect(again.status).toBe(422);
      expect(again.text).toContain('href="#confirm"');
      expect(again.text).toContain('请先勾选');
      await stands();
    });

    test('when nobody is signed in: one signs in and comes to the page', async () => {
      const stranger = citizenBrowser();
      const first = await stranger.get(at('/help'));
      expect(first.status).toBe(200);
      const landedAt = await walk(stranger, persona, await stranger.get(at(CLOSING)));
      expect(new URL(landedAt.url).pathname).toBe(CLOSING);
      await stands();
    });

    test('when the sign-in is older than five minutes: one signs in again and is told that nothing happened', async () => {
      clock.forward(301);
      const asked = await browser.submit(page, { confirm: 'yes' });
      expect(new URL(asked.url).pathname).toMatch(/^\/signin\//);
      await stands();
      const back = await walk(browser, persona, asked);
      expect(new URL(back.url).pathname).toBe(CLOSING);
      expect(back.text).toContain('还没有注销');
      await stands();
    });

    test('looking at the page is not free after five minutes either', async () => {
      clock.forward(301);
      const asked = await browser.get(at(CLOSING));
      expect(new URL(asked.url).pathname).toMatch(/^\/signin\//);
    });
  });

  test('the page says what goes, what stays and why, and names the services that stop', async () => {
    const persona = await system.persona('verified');
    const browser = citizenBrowser();
    await enter(plain, browser, persona, { scope: 'openid profile' });
    const page = await open(browser, persona);
    for (const text of [
      '马上删除',
      '继续保存',
      '至少 3 年',
      '：3 年',
      '不能再用本账号登录：普通服务',
      '新账号',
    ])
      expect(page.text).toContain(text);
    const english = await browser.get(at(`${CLOSING}?lang=en`));
    for (const text of ['Deleted at once', 'Still kept', 'at least 3 years', ': 3 years', 'new account'])
      expect(english.text).toContain(text);
  });

  describe('leaves nothing of the person', () => {
    let persona: Persona;
    let id: string;
    let tokens: Tokens;
    const here = citizenBrowser();
    const there = citizenBrowser();
    let before: readonly string[];

    beforeAll(async () => {
      persona = await system.persona('rare-character');
      await newcomer(here);
      tokens = await signedIn(strict, here, persona, {
        scope: 'openid profile phone offline_access',
        prompt: 'consent',
      });
      await enter(strict, there, persona, { scope: 'openid profile phone offline_access' });
      await enter(plain, there, persona, { scope: 'openid profile' });
      id = await idOf(persona);
      before = await leftOf(system, persona);
      const closed = await here.submit(await open(here, persona), { confirm: 'yes' });
      expect(headingOf(closed)).toBe('账号已注销');
    }, 60_000);

    /** From a phone number to a proven name. */
    async function newcomer(browser: Browser): Promise<Page> {
      const { url } = plain.request({ scope: 'openid profile', acr_values: 'urn:tongxing:acr:l2' });
      const sent = (await outbox(persona.phone)).length;
      const password = await byCode(browser, url, persona.phone, system, { register: true, after: sent });
      const proving = await browser.submit(password, { password: persona.password });
      const proven = await prove(browser, proving, persona);
      expect(headingOf(proven)).toBe('实名认证完成');
      return through(browser, proven);
    }
    const outbox = async (phone: string): Promise<unknown[]> =>
      (await (await fetch(`${system.sandbox.sms}/outbox.json?phone=${phone}`)).json()) as unknown[];

    test('in any table, while the search had found them before', async () => {
      expect(before).toEqual([
        'digest in citizens.likeness.digest',
        'digest in citizens.lookup.digest',
        'sealed in citizens.citizen.phone',
        'sealed in citizens.document.name',
        'sealed in citizens.document.number',
      ]);
      expect(await leftOf(system, persona)).toEqual([]);
    });

    test('by its identifier: only what the page said', async () => {
      const tables = await ask<{ table: string }>(
        `select table_schema || '.' || table_name as table from information_schema.columns
         where column_name = 'citizen_id' and format('%I.%I', table_schema, table_name)::regclass in
           (select oid from pg_class where not relispartition)`,
      );
      const left: Record<string, number> = {};
      for (const { table } of tables) {
        const rows = await ask(`select 1 from ${table} where citizen_id = $1`, [id]);
        if (rows.length > 0) left[table] = rows.length;
      }
      expect(
        Object.keys(left)
          .filter((table) => table !== 'oidc.logout_delivery')
          .sort(),
      ).toEqual(['audit.event', 'proofing.case', 'proofing.evidence']);
      const [account] = await ask('select * from citizens.citizen where id = $1', [id]);
      expect(account).toMatchObject({
        status: 'closed',
        phone_sealed: null,
        phone_verified_at: null,
        ial: 0,
      });
      expect(
        await ask('select 1 from proofing.evidence where citizen_id = $1 and account_closed_at is null', [
          id,
        ]),
      ).toEqual([]);
    });

    test('signed in, on any device', async () => {
      for (const browser of [here, there]) {
        const page = await browser.get(at('/account'));
        expect(new URL(page.url).pathname).toMatch(/^\/signin\//);
        const silent = landed(await browser.get(plain.request({ prompt: 'none' }).url));
        expect(silent.get('error')).toBe('login_required');
      }
    });

    test('that a token opens', async () => {
      expect((await userinfo(system.issuer, tokens.access_token)).status).toBe(401);
      const refreshed = await strict.refresh(tokens.refresh_token ?? 'none');
      expect([refreshed.status, refreshed.json['error']]).toEqual([400, 'invalid_grant']);
    });

    test('that a service believes to be signed in: each session is ended there', async () => {
      await until(() => strictHeard.tokens.length >= 2 && plainHeard.tokens.length >= 1, 15);
      const notices = strictHeard.tokens.map((token) => decodeJwt(token));
      const { sub, sid } = decodeJwt(tokens.id_token);
      expect(new Set(notices.map((notice) => notice['sid'])).size).toBe(2);
      expect(notices.map((notice) => notice['sid'])).toContain(sid);
      expect(notices.every((notice) => notice.sub === sub)).toBe(true);
      expect(plainHeard.tokens.map((token) => 'sid' in decodeJwt(token))).toEqual([false]);
    }, 20_000);

    test('but one event, in a chain that holds', async () => {
      expect(await closings(id)).toBe(1);
      await system.app.audit.flush();
      await system.app.audit.seal();
      expect(await system.app.audit.verify()).toMatchObject({ sound: true });
    });

    test('to be in the way: the same phone and document make a new account', async () => {
      const browser = citizenBrowser();
      await newcomer(browser);
      const again = await signedIn(strict, browser, persona, { scope: 'openid profile phone' });
      const fresh = await idOf(persona);
      expect(fresh).not.toBe(id);
      expect(decodeJwt(again.id_token).sub).not.toBe(decodeJwt(tokens.id_token).sub);
      const claims = await userinfo(system.issuer, again.access_token);
      expect(claims.json).toMatchObject({ name: persona.name, realname_verified: true });
      const mine = await open(browser, persona, '/account/history');
      expect(mine.text).not.toContain('注销账号');
    }, 30_000);
  });

  test('a claim that no authority has answered yet goes with the account', async () => {
    const persona = await system.persona('register-down');
    const browser = citizenBrowser();
    const { url } = plain.request({ scope: 'openid profile', acr_values: 'urn:tongxing:acr:l2' });
    const password = await byCode(browser, url, persona.phone, system, { register: true });
    const proving = await browser.submit(password, { password: persona.password });
    expect(headingOf(await prove(browser, proving, persona))).toBe('暂时没法核对');
    expect(await leftOf(system, persona)).toContain('sealed in proofing.case.number');
    const other = citizenBrowser();
    await other.submit(await open(other, persona), { confirm: 'yes' });
    expect(await leftOf(system, persona)).toEqual([]);
  });

  test('a hundred times at once is closing once', async () => {
    const persona = await system.persona('verified-two');
    const browser = citizenBrowser();
    const page = await open(browser, persona);
    const id = await idOf(persona);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => browser.submit(page, { confirm: 'yes' })),
    );
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const ends = new Set(answers.map(({ url }) => new URL(url).pathname.replace(/^\/signin\/.*/, '/signin')));
    expect([...ends].filter((end) => end !== '/account/closed' && end !== '/signin')).toEqual([]);
    expect(ends).toContain('/account/closed');
    expect(await closings(id)).toBe(1);
    expect(await leftOf(system, persona)).toEqual([]);
  }, 60_000);
});
