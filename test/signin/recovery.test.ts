// Getting back into an account: frozen and opened again, a forgotten password. Refusals first: threats A65, A70, A82, A83.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testApp, type Persona, type TestApp } from '../support/app.ts';
import { createBrowser, type Browser, type Page } from '../support/browser.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import { until } from '../support/until.ts';
import { codeOf, showAll } from '../account/signed-in.ts';
import { asks, walk } from '../oidc/relying-party.ts';
import { headingOf } from '../resilience/trial-client.ts';

let system: TestApp;
let clock: TestClock;

beforeAll(async () => {
  clock = testClock();
  system = await testApp({ clock });
});
afterAll(() => system.close());

const at = (path: string): string => `${system.issuer}${path}`;
const pathOf = (page: Page): string => new URL(page.url).pathname;
const events = async (type: string): Promise<readonly Record<string, unknown>[]> =>
  (
    await system.database.postgres.rows<{ data: Record<string, unknown> }>({
      name: '',
      text: 'select data from audit.event where type = $1',
      values: [type],
    })
  ).map(({ data }) => data);

/** Shows the face where the proof is asked for; `scene` is what the stand-in reports. */
async function byFace(browser: Browser, form: Page, scene = 'passed'): Promise<Page> {
  return looked(browser, await browser.submit(form, { consent: 'yes', consent_more: 'yes' }), scene);
}

async function looked(browser: Browser, handed: Page, scene = 'passed'): Promise<Page> {
  const face = /href="(http[^"]*\/face\/check\/[^"]*)"/.exec(handed.text)?.[1] ?? '';
  const check = await browser.get(face);
  const hidden = [...check.text.matchAll(/name="scene" value="(\w+)"/g)].map(([, value]) => value);
  expect(hidden).toContain(scene);
  await createBrowser({ stopAt: /^https:/ }).post(face, { scene });
  clock.forward(3);
  return browser.get(handed.url);
}

const freeze = async (persona: Persona): Promise<void> => {
  const browser = createBrowser();
  const page = await walk(browser, persona, await browser.get(at('/account/security/freeze')));
  expect(headingOf(page)).toBe('冻结账号？');
  expect(pathOf(await browser.submit(page, {}))).toBe('/account/frozen');
  clock.forward(2);
};
const byPassword = async (browser: Browser, persona: Persona, path = '/account'): Promise<Page> =>
  browser.submit(await browser.get(at(path)), { phone: persona.phone, password: persona.password });

describe('a frozen account', () => {
  test('is not frozen by a press without a token, nor by anybody who is not signed in', async () => {
    const browser = createBrowser();
    expect((await browser.post(at('/account/security/freeze'), {})).status).toBe(403);
    expect(pathOf(await browser.get(at('/account/security/freeze')))).toMatch(/^\/signin\//);
    expect(await events('citizen.frozen')).toEqual([]);
  });

  test('of a proven citizen: all is ended at once, a face of somebody else opens nothing, their own opens it', async () => {
    const persona = await system.persona('verified');
    const elsewhere = createBrowser();
    await walk(elsewhere, persona, await elsewhere.get(at('/account')));
    clock.forward(2);
    await freeze(persona);
    expect(await events('citizen.frozen')).toEqual([{ reason: 'own_wish' }]);
    expect((await system.message(persona.phone)).text).toContain('账号已冻结');
    expect(pathOf(await elsewhere.get(at('/account')))).toMatch(/^\/signin\//);

    const browser = createBrowser();
    const blocked = await byPassword(browser, persona);
    expect(blocked.status).toBe(403);
    expect(headingOf(blocked)).toBe('这个账号暂时不能使用');
    const form = await browser.submit(blocked, { answer: 'open' });
    expect(form.text).not.toContain('name="id_number"');
    const refused = await byFace(browser, form, 'another');
    expect(headingOf(refused)).not.toBe('实名认证已完成');
    expect(await events('citizen.unfrozen')).toEqual([]);
    // Another person's number is not looked at: the account's own document is what is asked about.
    const other = await system.persona('verified-two');
    const anew = await browser.submit(refused, { again: '1' });
    expect(anew.text).not.toContain('name="id_number"');
    const hidden = /name="_csrf" value="([^"]+)"/.exec(anew.text)?.[1] ?? '';
    const { name, id_number } = other;
    const forged = await browser.post(
      at(`${pathOf(anew)}/prove`),
      { _csrf: hidden, name, id_number, consent: 'yes', consent_more: 'yes' },
      { origin: system.issuer },
    );
    const face = await browser.get(/href="(http[^"]*\/face\/check\/[^"]*)"/.exec(forged.text)?.[1] ?? '');
    expect(face.text).toContain('林**');
    const proven = await looked(browser, forged);
    const opened = await browser.submit(proven, {});
    expect(pathOf(opened)).toBe('/account');
    expect(await events('citizen.unfrozen')).toEqual([{ by: 'proof' }]);
  });

  test('of a citizen who was never proven: opens a day later, by password and code, not before and not by one', async () => {
    const persona = await system.persona('unverified');
    await freeze(persona);
    const early = createBrowser();
    const told = await early.submit(await byPassword(early, persona), { answer: 'open' });
    expect(headingOf(told)).toBe('时间还没有到');
    clock.forward(86_400);
    const browser = createBrowser();
    const second = await browser.submit(await byPassword(browser, persona), { answer: 'open' });
    expect(second.text).not.toContain('解除冻结？');
    const sent = await browser.submit(second, {});
    const confirm = await browser.submit(sent, { code: await codeOf(system, persona.phone) });
    expect(headingOf(confirm)).toBe('解除冻结？');
    const before = await events('citizen.unfrozen');
    expect(pathOf(await browser.submit(confirm, { answer: 'open' }))).toBe('/account');
    expect(await events('citizen.unfrozen')).toEqual([...before, { by: 'factors' }]);
  });
});

describe('a forgotten password', () => {
  /** From the sign-in page to the page after the code. */
  const confirmed = async (browser: Browser, phone: string): Promise<Page> => {
    clock.forward(61);
    const first = await browser.get(at('/account'));
    const form = await browser.follow(first, /way=recover/);
    const sent = await browser.submit(form, { phone });
    return browser.submit(sent, { code: await codeOf(system, phone) });
  };
  const NEW = 'seventeen-kites-above-a-river';

  test('known and unknown numbers get the same page, until control of one is shown', async () => {
    const known = await system.persona('verified');
    const pages = [];
    for (const phone of [known.phone, '13900016666']) {
      const browser = createBrowser();
      const form = await browser.follow(await browser.get(at('/account')), /way=recover/);
      const sent = await browser.submit(form, { phone });
      expect(sent.status).toBe(200);
      const wrong = await browser.submit(sent, { code: '000001' });
      pages.push(
        [sent, wrong].map(({ status, text }) => [
          status,
          text
            .replaceAll(`${phone.slice(0, 3)}****${phone.slice(7)}`, 'masked')
            .replaceAll(/\/signin\/[\w-]+/g, '/signin/uid')
            .replaceAll(/value="[^"]*"/g, '')
            .replaceAll(/data-seconds="\d+"/g, ''),
        ]),
      );
    }
    expect(pages[0]).toEqual(pages[1]);
    const browser = createBrowser();
    expect(headingOf(await confirmed(browser, '13900016667'))).toBe('这个手机号还没有账号');
  });

  test('of a proven citizen is not replaced by the phone alone: the face of the account’s document, then a new one', async () => {
    const persona = await system.persona('verified-two');
    const signedIn = createBrowser();
    await walk(signedIn, persona, await signedIn.get(at('/account')));
    const browser = createBrowser();
    const proof = await confirmed(browser, persona.phone);
    expect(asks(proof, 'password')).toBe(false);
    const uid = pathOf(proof).split('/')[2] ?? '';
    const hidden = /name="_csrf" value="([^"]+)"/.exec(proof.text)?.[1] ?? '';
    const skipped = await browser.post(
      at(`/signin/${uid}/password-new`),
      { _csrf: hidden, password: NEW },
      { origin: system.issuer },
    );
    expect(asks(skipped, 'password')).toBe(false);
    expect(await events('citizen.recovered')).toEqual([]);
    const proven = await byFace(browser, skipped);
    const choose = await browser.submit(proven, {});
    expect(asks(choose, 'password')).toBe(true);
    clock.forward(2);
    const done = await browser.submit(choose, { password: NEW });
    expect(pathOf(done)).toBe('/account');
    expect(await events('citizen.recovered')).toEqual([{ by: 'prove' }]);
    expect((await system.message(persona.phone)).text).toContain('刚设置了新密码');
    expect(pathOf(await signedIn.get(at('/account')))).toMatch(/^\/signin\//);
    // The session has the phone alone: neither the face nor the password just chosen counts as a factor (A83).
    await until(async () => (await events('signin.completed')).at(-1)?.['amr'] === 'sms', 3, 'the sign-in');
    const old = createBrowser();
    expect((await byPassword(old, persona)).status).toBe(422);
    const fresh = createBrowser();
    expect(pathOf(await byPassword(fresh, { ...persona, password: NEW }))).toBe('/account');
  });

  describe('of a citizen who was never proven waits a day', () => {
    let persona: Persona;
    let browser: Browser;
    const linkOf = async (): Promise<string> =>
      /http\S+\/recovery\/[\w.-]+/.exec((await system.message(persona.phone)).text)?.[0] ?? '';

    beforeAll(async () => {
      persona = await system.persona('unverified');
      browser = createBrowser();
    });
    const ask = async (): Promise<Page> => {
      const page = await confirmed(browser, persona.phone);
      return browser.submit(page, { answer: 'ask' });
    };

    test('and its owner cancels by the link in the message: looking at it changes nothing, a hundred presses cancel once', async () => {
      expect(headingOf(await ask())).toBe('已经申请，时间还没有到');
      const link = await linkOf();
      const owner = createBrowser();
      const page = await owner.get(link);
      expect(headingOf(page)).toBe('取消这次申请？');
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
      expect((await owner.post(link, {})).status).toBe(403);
      expect(await events('citizen.recovery_cancelled')).toEqual([]);
      const presses = await Promise.all(Array.from({ length: 100 }, () => owner.submit(page, {})));
      expect(presses.filter((answer) => headingOf(answer) === '已经取消')).toHaveLength(1);
      expect(await events('citizen.recovery_cancelled')).toHaveLength(1);
      expect((await owner.get(link)).status).toBe(404);
      expect((await owner.get(at('/recovery/nobody.at-all'))).status).toBe(404);
      expect(system.logged.join('\n')).not.toContain(link.split('/').at(-1));
    });

    test('and after it a new password can be chosen, once', async () => {
      expect(headingOf(await ask())).toBe('已经申请，时间还没有到');
      expect(headingOf(await confirmed(createBrowser(), persona.phone))).toBe('已经申请，时间还没有到');
      clock.forward(86_400);
      browser = createBrowser();
      const choose = await confirmed(browser, persona.phone);
      expect(asks(choose, 'password')).toBe(true);
      clock.forward(2);
      expect(pathOf(await browser.submit(choose, { password: NEW }))).toBe('/account');
      expect((await events('citizen.recovered')).at(-1)).toEqual({ by: 'wait' });
      const again = await confirmed(createBrowser(), persona.phone);
      expect(headingOf(again)).toBe('要等一段时间才能改密码');
    });
  });

  test('with a recovery code in place of the proof', async () => {
    const persona = { ...(await system.persona('unverified')), password: NEW };
    const browser = createBrowser();
    clock.forward(61);
    const make = await showAll(
      system,
      browser,
      persona,
      await browser.get(at('/account/security/add/recovery-code')),
    );
    const shown = await browser.submit(make, {});
    const code = /<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2})<\/li>/.exec(shown.text)?.[1] ?? '';
    await browser.submit(shown, { kept: 'yes' });
    const fresh = createBrowser();
    const asked = await confirmed(fresh, persona.phone);
    expect((await fresh.submit(asked, { code: 'AAAA-BBBB-CCCC' })).status).toBe(422);
    const choose = await fresh.submit(asked, { code });
    expect(asks(choose, 'password')).toBe(true);
    clock.forward(2);
    expect(pathOf(await fresh.submit(choose, { password: 'eleven-lanterns-on-the-lake' }))).toBe('/account');
    expect((await events('citizen.recovered')).at(-1)).toEqual({ by: 'recovery-code' });
  });
});
