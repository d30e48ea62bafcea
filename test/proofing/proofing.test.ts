import type { CitizenId } from '../../idp/citizens/citizens.ts';
import { sql } from '../../idp/platform/store/postgres.ts';
import type { Authority } from '../../idp/proofing/proofing.ts';
import {
  formOf,
  personaOf,
  proofingFixture,
  runJobs,
  visitor,
  type Built,
  type ProofingFixture,
} from './fixture.ts';

const NO_MATCH = '没能核对上您的信息';
const WAITING = '暂时没法核对';
const DONE = '实名认证完成';

let fixture: ProofingFixture;
let proofing: Built;
let serial = 13_711_110_000;
const newPhone = (): string => String((serial += 1));

beforeAll(async () => {
  fixture = await proofingFixture();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  await fixture.forget();
  proofing = fixture.build();
});

const levelOf = async (id: CitizenId): Promise<number> => (await fixture.citizens.find(id))?.ial ?? -1;
const eventsOf = async (id: CitizenId) => {
  const history = await fixture.audit.history(id, 50);
  return history.map((event) => event.type).toReversed();
};
const casesOf = (id: CitizenId) =>
  fixture.database.postgres.rows<{ state: string; sealed: boolean; findings: unknown }>(
    sql`select state, name_sealed is not null or number_sealed is not null as sealed, findings
      from proofing.case where citizen_id = ${id} order by id`,
  );
const newcomer = async (phone = newPhone()) => {
  const id = await fixture.account(phone);
  return { id, browser: visitor(proofing.step, id) };
};

describe('the form is refused', () => {
  it('field by field, before any authority is asked or any try is spent', async () => {
    const { id, browser } = await newcomer();
    for (let n = 0; n < 8; n += 1)
      expect(await browser.submit({ name: '张', id_number: '110105194912310021' })).toMatchObject({
        is: 'again',
        problems: [{ field: 'name' }, { field: 'id_number' }, { field: 'consent' }],
        forget: ['consent', 'consent_more'],
      });
    expect(await browser.submit({})).toMatchObject({ is: 'again' });
    expect(await casesOf(id)).toEqual([]);
  });

  it('without the consent of its own, with an error that says so', async () => {
    const { browser } = await newcomer();
    const { name, id_number } = formOf('unverified');
    const answer = await browser.submit({ name: name ?? '', id_number: id_number ?? '' });
    expect(answer).toMatchObject({ is: 'again', problems: [{ field: 'consent' }] });
    const problems = answer.is === 'again' ? answer.problems : [];
    const html = await browser.page(problems, { name: name ?? '' });
    expect(html).toMatch(/<input[^>]*name="consent"[^>]*aria-invalid="true"/);
    expect(html).not.toMatch(/name="consent"[^>]*checked/);
  });

  it('after five tries a day by one account, with the tries left told from three', async () => {
    const { browser } = await newcomer();
    const said = [];
    for (let n = 0; n < 5; n += 1) {
      await browser.submit(formOf('mismatch', { name: `陈大${'甲乙丙丁戊'[n]}` }));
      said.push(/今天还可以再试 (\d) 次/.exec(await browser.page())?.[1] ?? '-');
    }
    expect(said).toEqual(['-', '3', '2', '1', '-']);
    expect(await browser.page()).toContain('今天的次数用完了');
    await expect(browser.submit(formOf('not-found'))).rejects.toMatchObject({
      code: 'too_many',
      detail: { retryAfterSeconds: expect.any(Number) },
    });
  });

  it('after five tries a day for one number, by however many accounts', async () => {
    const number = '330106198501011231';
    for (let n = 0; n < 5; n += 1)
      await (
        await newcomer()
      ).browser.submit(formOf('verified', { id_number: number, name: `林晓${'甲乙丙丁戊'[n]}` }));
    const late = await newcomer();
    await expect(late.browser.submit(formOf('verified', { id_number: number }))).rejects.toMatchObject({
      code: 'too_many',
    });
  });
});

describe('nobody is proven', () => {
  it('and the page is the same for a mismatch, an unknown number and a person who has died', async () => {
    const pages = [];
    for (const persona of ['mismatch', 'not-found', 'deceased']) {
      const { id, browser } = await newcomer();
      await browser.submit(formOf(persona));
      expect(await levelOf(id)).toBe(0);
      pages.push((await browser.page()).replace(/[0-9A-F]{4}-[0-9A-F]{4}/, 'NUMBER'));
      expect(await casesOf(id)).toMatchObject([{ state: 'refused', sealed: false }]);
    }
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]).toContain(NO_MATCH);
  });

  it('under 14, and no authority is asked', async () => {
    const asked: string[] = [];
    const authorities = fixture.authorities().map((authority): Authority => ({
      ...authority,
      examine: (claimed, requestId) => {
        asked.push(requestId);
        return authority.examine(claimed, requestId);
      },
    }));
    const id = await fixture.account(newPhone());
    const browser = visitor(fixture.build({ authorities }).step, id);
    await browser.submit(formOf('child'));
    expect(await browser.title()).toBe('要由监护人陪同办理');
    expect(asked).toEqual([]);
    expect(await eventsOf(id)).toEqual(['citizen.registered', 'case.opened', 'case.decided']);
  });

  it.each(['slow', 'down', 'error', 'bad_signature', 'half'])(
    'by a register that is %s: the case waits, and the citizen is told',
    async (behaviour) => {
      await fixture.sandbox.tell('population-register', behaviour);
      const { id, browser } = await newcomer();
      await browser.submit(formOf('unverified'));
      expect(await browser.title()).toBe(WAITING);
      expect(await levelOf(id)).toBe(0);
      expect(await proofing.standing(id)).toMatchObject({ is: 'waiting', reaches: 2 });
    },
  );

  it('by a document that another account holds, on the page that everybody gets', async () => {
    const first = await newcomer(personaOf('elder').phone);
    await first.browser.submit(formOf('elder'));
    expect(await levelOf(first.id)).toBe(2);
    const second = await newcomer();
    await second.browser.submit(formOf('elder'));
    expect(await second.browser.title()).toBe(NO_MATCH);
    expect(await second.browser.page()).toContain('您以前认证过：退出后用当时的手机号登录');
    expect(await levelOf(second.id)).toBe(0);
    expect((await fixture.citizens.attributes(second.id)).name).toBeUndefined();
  });
});

describe('a citizen proves the real name', () => {
  it('with one form, sees that it worked, and goes on', async () => {
    const { id, browser } = await newcomer(personaOf('unverified').phone);
    expect(await browser.page()).toContain('第 1 步');
    expect(await browser.submit(formOf('unverified'))).toMatchObject({ is: 'next' });
    const page = await browser.page();
    expect(page).toContain(DONE);
    expect(page).toContain('何**');
    expect(page).not.toContain(personaOf('unverified').id_number);
    expect(await browser.submit({})).toEqual({ is: 'done', value: { is: 'reached', ial: 2 } });
    expect(await eventsOf(id)).toEqual([
      'citizen.registered',
      'case.opened',
      'citizen.level_raised',
      'case.decided',
    ]);
    expect(await proofing.standing(id)).toEqual({ is: 'proven', ial: 2 });
    expect(await casesOf(id)).toMatchObject([{ state: 'proven', sealed: false }]);
    expect((await fixture.citizens.find(id))?.ialExpiresAt).toBeInstanceOf(Date);
  });

  it.each(['rare-character', 'middle-dot', 'minor'])('as %s', async (persona) => {
    const { id, browser } = await newcomer(personaOf(persona).phone);
    await browser.submit(formOf(persona));
    expect(await levelOf(id)).toBe(2);
    expect((await fixture.citizens.attributes(id)).name?.reveal()).toBe(personaOf(persona).name);
  });

  it('to nothing by name and number alone: anybody may know those of another', async () => {
    const id = await fixture.account(newPhone());
    const browser = visitor(proofing.step, id, { wanted: 1 });
    await browser.submit(formOf('verified-two'));
    expect(await levelOf(id)).toBe(0);
    expect((await fixture.citizens.attributes(id)).name).toBeUndefined();
    const findings = (await casesOf(id))[0]?.findings as readonly { authority: string; finding: object }[];
    expect(findings.find(({ authority }) => authority === 'population-register')?.finding).toMatchObject({
      is: 'match',
    });
  });

  it('to nothing as phone-of-another, on the very page of a mismatch, and the owner is not shut out', async () => {
    const { id, browser } = await newcomer(personaOf('phone-of-another').phone);
    await browser.submit(formOf('phone-of-another'));
    expect(await levelOf(id)).toBe(0);
    expect((await fixture.citizens.attributes(id)).documentNumber).toBeUndefined();
    const stranger = await newcomer();
    await stranger.browser.submit(formOf('mismatch'));
    const plain = (page: string): string => page.replace(/[0-9A-F]{4}-[0-9A-F]{4}/, 'NUMBER');
    expect(plain(await browser.page())).toBe(plain(await stranger.browser.page()));
  });

  it.each(['virtual-operator', 'mismatch'])(
    'to nothing with a virtual operator’s phone, whether %s fits or not: another way is needed',
    async (persona) => {
      const { id, browser } = await newcomer(`170${newPhone().slice(3)}`);
      await browser.submit(formOf(persona));
      expect(await levelOf(id)).toBe(0);
      expect(await browser.title()).toBe('请换一种方式认证');
    },
  );

  it('is let through when the level was reached in another window', async () => {
    const { id } = await newcomer(personaOf('verified').phone);
    const [one, other] = [visitor(proofing.step, id), visitor(proofing.step, id)];
    await one.submit(formOf('verified'));
    expect(await other.title()).toBe(DONE);
    expect(await other.submit(formOf('verified'))).toEqual({ is: 'done', value: { is: 'reached', ial: 2 } });
  });
});

describe('a case that waits', () => {
  it('is asked again on request, at the earliest after a few seconds, with what was claimed', async () => {
    await fixture.sandbox.tell('population-register', 'error');
    const { id, browser } = await newcomer(personaOf('verified-two').phone);
    await browser.submit(formOf('verified-two'));
    await fixture.sandbox.tell('population-register', 'normal');
    await browser.submit({});
    expect(await browser.title()).toBe(WAITING);
    fixture.clock.forward(6);
    const returning = visitor(proofing.step, id);
    expect(await returning.title()).toBe(WAITING);
    await returning.submit({});
    expect(await levelOf(id)).toBe(2);
    expect(await returning.title()).toBe(DONE);
  });

  it('waits while the operator is down, and reaches 2 by itself afterwards', async () => {
    await fixture.sandbox.tell('mobile-operator', 'error');
    const { id, browser } = await newcomer(personaOf('rare-character').phone);
    await browser.submit(formOf('rare-character'));
    expect(await levelOf(id)).toBe(0);
    expect(await proofing.standing(id)).toMatchObject({ is: 'waiting', reaches: 2 });
    await fixture.sandbox.tell('mobile-operator', 'normal');
    await runJobs(proofing);
    expect(await levelOf(id)).toBe(0);
    fixture.clock.forward(120);
    await runJobs(proofing);
    expect(await levelOf(id)).toBe(2);
    expect(await casesOf(id)).toMatchObject([{ state: 'proven', sealed: false }]);
  });

  it('is asked about with the same request id every time', async () => {
    const ids: string[] = [];
    const authorities = fixture.authorities().map((authority): Authority => ({
      ...authority,
      examine: async (_, requestId) => {
        ids.push(requestId);
        return { is: 'unavailable', reason: 'down', at: fixture.clock.now() };
      },
    }));
    const built = fixture.build({ authorities });
    await visitor(built.step, await fixture.account(newPhone())).submit(formOf('verified'));
    for (let n = 0; n < 3; n += 1) {
      fixture.clock.forward(3_700);
      await runJobs(built);
    }
    expect(ids).toHaveLength(8);
    expect(new Set(ids).size).toBe(2);
  });

  it('is taken up by the job when its process died between asking and writing', async () => {
    let died = false;
    const authorities = fixture.authorities().map((authority): Authority => ({
      ...authority,
      async examine(claimed, requestId) {
        const finding = await authority.examine(claimed, requestId);
        if (!died) {
          died = true;
          throw new Error('killed');
        }
        return finding;
      },
    }));
    const id = await fixture.account(personaOf('middle-dot').phone);
    const browser = visitor(fixture.build({ authorities }).step, id);
    await expect(browser.submit(formOf('middle-dot'))).rejects.toThrow('killed');
    expect(await casesOf(id)).toMatchObject([{ state: 'open', sealed: true }]);
    expect(await levelOf(id)).toBe(0);
    fixture.clock.forward(120);
    await runJobs(proofing);
    expect(await levelOf(id)).toBe(2);
  });

  it('is given up after a week, and its claim is erased', async () => {
    const { id, browser } = await newcomer();
    await browser.submit(formOf('register-down'));
    expect(await casesOf(id)).toMatchObject([{ state: 'waiting', sealed: true }]);
    fixture.clock.forward(8 * 86_400);
    await runJobs(proofing);
    expect(await casesOf(id)).toMatchObject([{ state: 'refused', sealed: false }]);
    expect(await browser.page()).toContain('name="id_number"');
    expect(await proofing.standing(id)).toEqual({ is: 'none' });
  });

  it('gives way to a new claim by the same citizen', async () => {
    const { id, browser } = await newcomer();
    await browser.submit(formOf('register-down'));
    await browser.submit({ again: '1' });
    expect(await browser.page()).toContain('name="id_number"');
    await browser.submit(formOf('not-found'));
    expect(await casesOf(id)).toMatchObject([{ state: 'refused', sealed: false }, { state: 'refused' }]);
  });
});

describe('at the same time', () => {
  it('a hundred accounts claim one number: exactly one is proven, the others are led to sign in to it', async () => {
    const { step } = fixture.build({
      triesPerDay: 1000,
      authorities: fixture.authorities().map((authority): Authority => ({
        ...authority,
        examine: async () => ({ is: 'match', transaction: 't', at: fixture.clock.now() }),
      })),
    });
    const ids = await Promise.all(Array.from({ length: 100 }, () => fixture.account(newPhone())));
    const browsers = ids.map((id) => visitor(step, id));
    const number = '110101199003070011';
    await Promise.all(browsers.map((browser) => browser.submit(formOf('verified', { id_number: number }))));
    const levels = await Promise.all(ids.map(levelOf));
    expect(levels.filter((level) => level === 2)).toHaveLength(1);
    const titles = await Promise.all(browsers.map((browser) => browser.title()));
    expect(titles.filter((title) => title === NO_MATCH)).toHaveLength(99);
  });

  it('one form is sent twenty times: one case is proven, one level raised', async () => {
    const { id } = await newcomer(personaOf('minor').phone);
    const browsers = Array.from({ length: 20 }, () => visitor(fixture.build({ triesPerDay: 100 }).step, id));
    await Promise.all(browsers.map((browser) => browser.submit(formOf('minor'))));
    expect(await levelOf(id)).toBe(2);
    expect((await casesOf(id)).filter(({ state }) => state === 'proven')).toHaveLength(1);
    expect((await eventsOf(id)).filter((type) => type === 'citizen.level_raised')).toHaveLength(1);
  });
});

describe('at the same time', () => {
  it('the job and the citizen ask about one case: it is decided once', async () => {
    await fixture.sandbox.tell('population-register', 'error');
    const { id, browser } = await newcomer(personaOf('verified').phone);
    await browser.submit(formOf('verified'));
    await fixture.sandbox.tell('population-register', 'normal');
    fixture.clock.forward(120);
    await Promise.all([browser.submit({}), browser.submit({}), runJobs(proofing), runJobs(proofing)]);
    expect(await levelOf(id)).toBe(2);
    expect(await browser.title()).toBe(DONE);
    expect((await eventsOf(id)).filter((type) => type === 'citizen.level_raised')).toHaveLength(1);
  });
});

describe('the pages', () => {
  it.each(['zh-CN', 'en'] as const)(
    'name the fields the same in %s, tick nothing, and escape',
    async (locale) => {
      const id = await fixture.account(newPhone());
      const page = visitor(proofing.step, id, { locale, service: '<b>x</b>' });
      const html = await page.page([], { name: '"><script>' });
      for (const field of ['name', 'id_number', 'consent']) expect(html).toContain(`name="${field}"`);
      expect(html).not.toContain('checked');
      expect(html).not.toContain('<script>');
      expect(html).not.toContain('<b>x</b>');
      expect(html.match(/<h1>/g)).toHaveLength(1);
      expect(html.match(/<button class="button"/g)).toHaveLength(1);
    },
  );
});

describe('what is kept', () => {
  it('holds no name, number or phone in clear, and neither do the events', async () => {
    const { id, browser } = await newcomer();
    await browser.submit(formOf('register-slow'));
    const rows = await fixture.database.postgres.rows(
      sql`select * from proofing.case where citizen_id = ${id}`,
    );
    const kept = JSON.stringify([rows, await fixture.audit.history(id, 50)]);
    const { name, id_number: number } = personaOf('register-slow');
    for (const datum of [
      name,
      number,
      Buffer.from(name).toString('hex'),
      Buffer.from(number).toString('hex'),
    ])
      expect(kept).not.toContain(datum);
  });
});
