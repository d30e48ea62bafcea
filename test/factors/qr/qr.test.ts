// A computer, a phone, and a thief between them (A88, RFC 10027): who gets in, and who does not.
import { decodeJwt } from 'jose';
import { sql } from '../../../idp/platform/store/postgres.ts';
import { asks, enter, landed, register, walk, type Service } from '../../oidc/relying-party.ts';
import { testApp, type Persona, type TestApp } from '../../support/app.ts';
import { forms, type Browser, type Page } from '../../support/browser.ts';
import { testClock } from '../../support/clock.ts';
import {
  browserAt,
  choices,
  ELSEWHERE,
  expectNoTrace,
  forge,
  heading,
  HERE,
  pick,
  phoneOf,
  pressDone,
  readCode,
  reasons,
  showCode,
  stageOf,
  wrongOf,
  type Showing,
} from './phones.ts';

const clock = testClock();
let system: TestApp;
let service: Service;
let citizen: Persona;
let other: Persona;

beforeAll(async () => {
  system = await testApp({
    clock,
    env: { TONGXING_HTTP__TRUSTED_PROXY_HOPS: '1', TONGXING_LOG_LEVEL: 'info' },
  });
  service = await register(system);
  [citizen, other] = await Promise.all([system.persona('verified'), system.persona('verified-two')]);
});
afterAll(() => system.close());
beforeEach(async () => {
  await system.database.postgres.run(sql`delete from platform.ephemeral where key like 'limit:qr.account:%'`);
});

/** The computer has nothing but the page that it had. */
const expectOut = async (computer: Pick<Showing, 'browser' | 'page'>): Promise<void> => {
  const page = await pressDone(computer);
  expect(page.status).not.toBe(0);
  expect((await computer.browser.get(`${system.issuer}/account`)).url).toContain('/signin/');
};

describe('a computer and a phone of one person', () => {
  test('sign the computer in, and leave no trace of the code', async () => {
    const computer = await showCode(service);
    expect(computer.address).toBe(`${system.issuer}/scan/${computer.id}`);
    expect(await stageOf(computer.watch)).toBe('shown');
    const phone = await phoneOf(system, citizen);
    const asked = await phone.get(computer.address);
    expect(asked.text).toContain(service.id);
    for (const words of [`${service.id}.example.gov.cn`, '电脑（Chrome 浏览器）', '今天', '同一个网络附近'])
      expect(asked.text).toContain(words);
    expect(choices(asked)).toHaveLength(3);
    expect(choices(asked)).toContain(computer.number);
    expect(asked.text).not.toContain(citizen.name);
    expect(await stageOf(computer.watch)).toBe('scanned');
    const early = await pressDone(computer);
    expect([early.status, early.text.includes('手机上还没有确认')]).toEqual([422, true]);

    expect(heading(await pick(phone, asked, computer.number))).toBe('已经同意在电脑上登录');
    expect(await stageOf(computer.watch)).toBe('approved');
    const code = landed(await walk(computer.browser, citizen, await pressDone(computer))).get('code') ?? '';
    const answer = await service.redeem(code, computer.verifier);
    const claims = decodeJwt(String(answer.json['id_token']));
    expect([claims['amr'], claims['acr']]).toEqual([['mca'], 'urn:tongxing:acr:l2']);
    const history = await phone.get(`${system.issuer}/account/history`);
    expect(history.text).toContain('同意在电脑上登录');

    await expectNoTrace(system, computer);
    // The log was open: it names routes, not addresses.
    for (const route of ['/scan/:id', '/qr/:watch']) expect(system.logged.join('\n')).toContain(route);
  });

  test('who is not signed in on the phone signs in first and comes back to the code', async () => {
    const computer = await showCode(service);
    const phone = browserAt('10.20.3.3');
    const signin = await phone.get(computer.address);
    expect(asks(signin, 'password')).toBe(true);
    await expectNoTrace(system, computer);
    const asked = await phone.submit(signin, { phone: citizen.phone, password: citizen.password });
    expect(asked.url).toBe(computer.address);
    await pick(phone, asked, computer.number);
    landed(await walk(computer.browser, citizen, await pressDone(computer)));
  });

  test('a code that nobody has shown makes nobody sign in', async () => {
    for (const id of ['A'.repeat(22), 'short', '..%2f..%2faccount', 'A'.repeat(23)]) {
      const page = await browserAt('10.20.3.3').get(`${system.issuer}/scan/${id}`);
      expect([page.status, heading(page)]).toEqual([410, '这个二维码已经过期']);
    }
    expect(await stageOf(`${system.issuer}/qr/${'A'.repeat(22)}`)).toBe('gone');
  });

  test('a new code is another one, and ends the one before', async () => {
    const computer = await showCode(service);
    const next = readCode(await computer.browser.submit(computer.page, { fresh: '1' }));
    expect(next.id).not.toBe(computer.id);
    const phone = await phoneOf(system, citizen);
    expect((await phone.get(computer.address)).status).toBe(410);
    // Looking at the page again is not a new code.
    expect(readCode(await computer.browser.get(next.page.url)).id).toBe(next.id);
  });
});

describe('a phone that was signed in some time ago, or by a message alone,', () => {
  const showMore = async (computer: Showing, phone: Browser): Promise<void> => {
    const waiting = await pick(phone, await phone.get(computer.address), computer.number);
    expect(heading(waiting)).toBe('再确认一次是您本人');
    expect(heading(await forge(phone, waiting.url, { confirm: 'yes' }))).toBe('再确认一次是您本人');
    await expectOut(computer);
    const signin = await phone.follow(waiting, /去确认/);
    const back = await phone.submit(signin, { phone: citizen.phone, password: citizen.password });
    expect(heading(back)).toBe('确认在电脑上登录');
    expect(await stageOf(computer.watch)).toBe('picked');
    await expectOut(computer);
    expect(heading(await phone.submit(back, { confirm: 'yes' }))).toBe('已经同意在电脑上登录');
    landed(await walk(computer.browser, citizen, await pressDone(computer)));
  };

  test('old: shows more first, and even then approves only by pressing', async () => {
    const phone = await phoneOf(system, citizen);
    clock.forward(301);
    await showMore(await showCode(service), phone);
  });

  test('by a message: the same, and another message is not more', async () => {
    const phone = browserAt('10.20.8.8');
    const byMessage = async (page: Page): Promise<Page> => {
      const sent = await phone.submit(await phone.get(`${page.url}?way=sms`), { phone: citizen.phone });
      return phone.submit(sent, { code: (await system.message(citizen.phone)).code });
    };
    await byMessage(await phone.get(`${system.issuer}/account`));
    const computer = await showCode(service);
    const waiting = await pick(phone, await phone.get(computer.address), computer.number);
    const back = await byMessage(await phone.follow(waiting, /去确认/));
    expect(heading(back)).toBe('再确认一次是您本人');
    await computer.browser.submit(computer.page, { fresh: '1' });
    await showMore(await showCode(service), phone);
  });

  test('has three minutes for it', async () => {
    const phone = await phoneOf(system, citizen);
    clock.forward(301);
    const computer = await showCode(service);
    const waiting = await pick(phone, await phone.get(computer.address), computer.number);
    clock.forward(271);
    const signin = await phone.follow(waiting, /去确认/);
    const back = await phone.submit(signin, { phone: citizen.phone, password: citizen.password });
    expect(back.status).toBe(410);
    await forge(phone, computer.address, { confirm: 'yes' });
    await expectOut(computer);
  });
});

describe('a thief who shows the code of his own computer to somebody', () => {
  test('gets nothing when the number is guessed wrong, and the code is over', async () => {
    const thief = await showCode(service);
    const victim = await phoneOf(system, citizen);
    const asked = await victim.get(thief.address);
    const over = await pick(victim, asked, wrongOf(asked, thief));
    expect([heading(over), over.text.includes('选的数字和电脑上的不一样')]).toEqual(['没有让电脑登录', true]);
    // The second guess comes too late.
    expect(heading(await pick(victim, asked, thief.number))).toBe('没有让电脑登录');
    expect(await stageOf(thief.watch)).toBe('refused');
    await expectOut(thief);
    expect((await pressDone(thief)).text).toContain('手机上没有同意登录');
    expect(await reasons(system, 'signin.qr_refused')).toEqual(['wrong_number']);
    expect((await victim.get(`${system.issuer}/account/history`)).text).toContain('没有让电脑登录');
  });

  test('gets nothing from another city, whoever picks what', async () => {
    const thief = await showCode(service, ELSEWHERE);
    const victim = await phoneOf(system, citizen);
    const over = await victim.get(thief.address);
    expect(over.text).toContain('电脑和这部手机不在一个地方');
    expect(choices(over)).toEqual([]);
    for (const act of [{ pick: thief.number }, { confirm: 'yes' }]) await forge(victim, thief.address, act);
    expect((await reasons(system, 'signin.qr_refused')).at(-1)).toBe('new_place');
    await expectOut(thief);
  });

  test('gets nothing when the phone has moved on between looking and picking', async () => {
    const thief = await showCode(service);
    const victim = await phoneOf(system, citizen);
    const asked = await victim.get(thief.address);
    const [csrf = ''] = [/name="_csrf" value="([^"]+)"/.exec(asked.text)?.[1]];
    const over = await victim.post(
      thief.address,
      { _csrf: csrf, pick: thief.number },
      { 'x-forwarded-for': ELSEWHERE },
    );
    expect(heading(over)).toBe('没有让电脑登录');
    await expectOut(thief);
  });

  test('gets nothing when the person says that it is not them', async () => {
    const thief = await showCode(service);
    const victim = await phoneOf(system, citizen);
    const over = await victim.submit(await victim.get(thief.address), { refuse: 'yes' });
    expect(over.text).toContain('您按了“不是我”');
    expect((await reasons(system, 'signin.qr_refused')).at(-1)).toBe('citizen');
    await forge(victim, thief.address, { pick: thief.number });
    await expectOut(thief);
  });

  test('gets nothing after ninety seconds, seen or unseen', async () => {
    const [unseen, seen] = [await showCode(service), await showCode(service)];
    const victim = await phoneOf(system, citizen);
    const asked = await victim.get(seen.address);
    clock.forward(91);
    expect((await victim.get(unseen.address)).status).toBe(410);
    expect((await pick(victim, asked, seen.number)).status).toBe(410);
    for (const thief of [unseen, seen]) {
      const page = await pressDone(thief);
      expect([page.status, page.text.includes('二维码已经过期')]).toEqual([422, true]);
      expect(readCode(page).id).not.toBe(thief.id);
      await expectOut(thief);
    }
  });

  test('gets nothing by the code of another flow: it is worth something in its own alone', async () => {
    const [computer, thief] = [await showCode(service), await showCode(service)];
    const phone = await phoneOf(system, citizen);
    await pick(phone, await phone.get(computer.address), computer.number);
    await expectOut(thief);
    // The form of that very computer, sent by another browser: it never began that sign-in.
    const [own] = forms(computer.page);
    expect((await forge(thief.browser, own?.action ?? '', {})).status).toBe(410);
    expect((await thief.browser.get(computer.page.url)).status).toBe(410);
    landed(await walk(computer.browser, citizen, await pressDone(computer)));
  });

  test('gets nothing with a second phone: the first that opened the code owns it', async () => {
    const computer = await showCode(service);
    const [mine, theirs, alsoMine] = await Promise.all([
      phoneOf(system, citizen),
      phoneOf(system, other),
      phoneOf(system, citizen),
    ]);
    const phones = [mine, theirs, alsoMine];
    const opened = await Promise.all(phones.map((phone) => phone.get(computer.address)));
    const first = opened.findIndex(({ status }) => status === 200);
    for (const late of phones.filter((_, at) => at !== first)) {
      const page = await late.get(computer.address);
      expect([page.status, heading(page)]).toEqual([403, '这个二维码已被使用']);
      for (const act of [{ pick: computer.number }, { confirm: 'yes' }, { refuse: 'yes' }])
        expect((await forge(late, computer.address, act)).status).toBe(403);
    }
    expect(await stageOf(computer.watch)).toBe('scanned');
    const [owner, asked] = [phones[first], opened[first]];
    if (!owner || !asked) throw new Error('nobody could open it');
    expect(heading(await pick(owner, asked, computer.number))).toBe('已经同意在电脑上登录');
    landed(await walk(computer.browser, citizen, await pressDone(computer)));
  });

  test('gets nothing without a pick, without opening, by a form of his own, or by an address', async () => {
    const thief = await showCode(service);
    const victim = await phoneOf(system, citizen);
    for (const act of [{ pick: thief.number }, { confirm: 'yes' }]) await forge(victim, thief.address, act);
    const asked = await victim.get(`${thief.address}?pick=${thief.number}&confirm=yes`);
    expect(choices(asked)).toHaveLength(3);
    await forge(victim, thief.address, { confirm: 'yes' });
    expect((await victim.post(thief.address, { pick: thief.number })).status).toBe(403);
    const [own] = forms(asked);
    const foreign = await victim.post(thief.address, own?.fields ?? {}, { origin: 'https://thief.example' });
    expect(foreign.status).toBe(403);
    expect(await stageOf(thief.watch)).toBe('scanned');
    await expectOut(thief);
  });
});

describe('an approval', () => {
  const approved = async (): Promise<Showing> => {
    const computer = await showCode(service);
    const phone = await phoneOf(system, citizen);
    await pick(phone, await phone.get(computer.address), computer.number);
    return computer;
  };

  test('is taken once by a hundred presses, and never again', async () => {
    await enter(service, browserAt(HERE), citizen);
    const before = (await reasons(system, 'signin.completed')).length;
    const computer = await approved();
    const [own] = forms(computer.page);
    const cookie = computer.browser.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const presses = await Promise.all(
      Array.from({ length: 100 }, () =>
        fetch(own?.action ?? '', {
          method: 'POST',
          redirect: 'manual',
          headers: { cookie },
          body: new URLSearchParams(own?.fields),
        }),
      ),
    );
    const left = presses.filter(({ headers }) => headers.get('location')?.includes('/oidc/authorize/'));
    expect(left).toHaveLength(1);
    expect(presses.filter(({ status }) => status === 422)).toHaveLength(99);
    expect(await reasons(system, 'signin.completed')).toHaveLength(before + 1 + 1);
  });

  test('is one for a hundred picks of one phone', async () => {
    const computer = await showCode(service);
    const phone = await phoneOf(system, citizen);
    const asked = await phone.get(computer.address);
    const before = (await reasons(system, 'signin.qr_approved')).length;
    await Promise.all(Array.from({ length: 100 }, () => pick(phone, asked, computer.number)));
    expect((await reasons(system, 'signin.qr_approved')).length).toBe(before + 1);
  });

  test('waits a minute for the computer', async () => {
    const computer = await approved();
    clock.forward(61);
    await expectOut(computer);
  });

  test.each([
    [
      'frozen',
      sql`update citizens.citizen set status = 'frozen'`,
      sql`update citizens.citizen set status = 'active'`,
    ],
    [
      'signed out everywhere',
      sql`update citizens.citizen set sessions_not_before = now() + interval '1 day'`,
      sql`update citizens.citizen set sessions_not_before = now() - interval '1 day'`,
    ],
  ])('is nothing once the account is %s', async (_, end, undo) => {
    const computer = await approved();
    await system.database.postgres.run(end);
    await expectOut(computer);
    await system.database.postgres.run(undo);
  });
});

describe('a service that asks for more than one factor', () => {
  test('is not offered a code, and says why', async () => {
    const strict = await register(system, { tongxing_minimum_level: 'l3' });
    const wishes: readonly (readonly [Service, Record<string, string>])[] = [
      [strict, {}],
      [service, { acr_values: 'urn:tongxing:acr:l3' }],
    ];
    for (const [at, changed] of wishes) {
      const browser = browserAt('10.20.0.1');
      const first = await browser.get(at.request(changed).url);
      const page = await browser.get(`${first.url}?way=qr`);
      expect(page.text).toContain('这项服务不能扫码登录');
      expect(page.text).not.toMatch(/<svg[^>]*role="img"/);
      expect(asks(await browser.follow(page, /换一种方式登录/), 'password')).toBe(true);
    }
  });

  test('asks who was signed in by a code to sign in anew; one that merely wishes for more asks nothing', async () => {
    const strict = await register(system, { tongxing_minimum_level: 'l3' });
    const computer = await showCode(service);
    const phone = await phoneOf(system, citizen);
    await pick(phone, await phone.get(computer.address), computer.number);
    landed(await walk(computer.browser, citizen, await pressDone(computer)));
    landed(await computer.browser.get(service.request({ acr_values: 'urn:tongxing:acr:l3' }).url));
    expect(asks(await computer.browser.get(strict.request().url), 'password')).toBe(true);
  });
});

describe('how often', () => {
  test('a flow is shown twenty codes in ten minutes', async () => {
    const { browser, page: begun } = await showCode(service);
    let page = begun;
    for (let made = 1; made < 20; made += 1) page = await browser.submit(page, { fresh: '1' });
    expect(readCode(page).number).toMatch(/^\d\d$/);
    const over = await browser.submit(page, { fresh: '1' });
    expect([over.status, over.text.includes('二维码换得太多了')]).toEqual([429, true]);
  });

  test('a phone opens ten codes in ten minutes', async () => {
    const phone = await phoneOf(system, other);
    for (let opened = 0; opened < 10; opened += 1)
      expect((await phone.get((await showCode(service)).address)).status).toBe(200);
    expect((await phone.get((await showCode(service)).address)).status).toBe(429);
  });

  test('stands in the list of limits', async () => {
    const lines: string[] = [];
    const command = system.app.commands.find(({ name }) => name === 'limits');
    await command?.run([], { out: (line) => void lines.push(line), err: () => undefined });
    for (const name of ['qr.flow: 20 in 600 s', 'qr.address: 100000 in 600 s', 'qr.account: 10 in 600 s'])
      expect(lines.join('\n')).toContain(name);
  });
});
