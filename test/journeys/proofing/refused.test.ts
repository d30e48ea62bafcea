// Real-name proofing that does not go through at once: what a citizen is told, and the way out that they take.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { follow, heading, openChromium, press, say, type Browser, type Citizen } from '../citizen.ts';
import {
  arrives,
  chooseDocument,
  chooseWay,
  goThere,
  identity,
  newcomer,
  newestAccount,
  send,
  stranger,
  takesTheirTime,
} from './proving.ts';
import { openWorld, type World } from '../world.ts';

jest.setTimeout(60_000);

let world: World;
let browser: Browser;
const stage = () => ({ world, browser });

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld(), openChromium()]);
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

/** The whole document, without what is each visit's own. */
async function plain({ page }: Citizen): Promise<string> {
  const html = await page.content();
  return html
    .replaceAll(/\b[0-9A-Z]{4}(?:-[0-9A-Z]{4})+\b/g, 'NUMBER')
    .replaceAll(/\/signin\/[\w-]+/g, '/signin/UID')
    .replaceAll(/name="_csrf" value="[^"]*"/g, 'CSRF');
}

test('a mismatch, a person who has died and a number of another account are one page, byte by byte', async () => {
  const pages = new Set<string>();
  for (const [id, from] of [
    ['mismatch', 'mismatch'],
    ['deceased', 'deceased'],
    ['verified', 'phone-of-another'],
  ] as const) {
    const who = await newcomer(stage(), from);
    await send(who, identity(await world.persona(id)));
    expect(await heading(who.page)).toBe('没能核对上您的信息');
    expect(await newestAccount(world)).toEqual({ ial: 0, documents: [] });
    pages.add(await plain(who));
    await who.close();
  }
  expect(pages.size).toBe(1);
});

test.each(['zh-CN', 'en'] as const)(
  'a face that did not pass, and one that was broken off, can be shown again (%s)',
  async (locale) => {
    const persona = await world.persona(locale === 'en' ? 'minor' : 'elder');
    const who = await newcomer(stage(), persona, { locale, scripts: locale !== 'en' });
    await chooseWay(who, 'face');
    for (const [scene, zh, en] of [
      ['没有活体 · Not a live person', '没能确认是您本人', 'We could not confirm that it is you'],
      ['取消 · Cancel', '刚才没有完成', 'It was not finished'],
      ['看镜头，通过 · Look and pass', '实名认证完成', "You're verified"],
    ] as const) {
      await send(who, identity(persona));
      await goThere(who);
      await takesTheirTime(who);
      await press(who.page, scene);
      await follow(who.page, '返回 · Back');
      expect(await heading(who.page)).toBe(say(who, zh, en));
      if (zh !== '实名认证完成') await press(who.page, say(who, '再试一次', 'Try once more'));
    }
    await arrives(world, who, persona.name, 'l3');
  },
);

test('a phone that no operator can be asked about: another way is one press away', async () => {
  const persona = await world.persona('virtual-operator');
  const who = await newcomer(stage(), persona);
  await send(who, identity(persona));
  expect(await heading(who.page)).toBe('请换一种方式认证');
  await press(who.page, '用这种方式 用银行卡核对');
  await send(who, { ...identity(persona), bank_card: persona.bank_card });
  await arrives(world, who, persona.name);
});

test('a number that many accounts tried: its holder is sent to ways that show the person, and gets through', async () => {
  const persona = await world.persona('middle-dot');
  for (const name of ['王一', '王二', '王三']) {
    const guesser = await newcomer(stage(), stranger(), { scripts: false });
    await send(guesser, { name, id_number: persona.id_number });
    expect(await heading(guesser.page)).toBe('没能核对上您的信息');
    await guesser.close();
  }
  const who = await newcomer(stage(), persona);
  await send(who, identity(persona));
  expect(await heading(who.page)).toBe('请换一种方式认证');
  expect(await who.page.locator('.steps').textContent()).not.toContain('银行卡');
  await press(who.page, '用这种方式 刷脸核验');
  await send(who, identity(persona));
  await goThere(who);
  await takesTheirTime(who);
  await press(who.page, '看镜头，通过 · Look and pass');
  await follow(who.page, '返回 · Back');
  await arrives(world, who, persona.name, 'l3');
  expect((await newestAccount(world)).ial).toBe(3);
});

test('a bank that is down: the page waits with what was typed, in English and without scripts, and goes on', async () => {
  const persona = await world.persona('foreign-resident');
  const who = await newcomer(stage(), persona, { locale: 'en', scripts: false });
  await chooseDocument(who, 'CN_FPR_2023');
  await world.behave('bank-card', 'error');
  await send(who, { ...identity(persona), bank_card: persona.bank_card });
  expect(await heading(who.page)).toBe('We cannot check at the moment');
  await world.behave('bank-card', 'normal');
  await who.page.waitForTimeout(5_100);
  await press(who.page, 'Check again');
  await arrives(world, who, persona.name);
  expect(await newestAccount(world)).toEqual({ ial: 2, documents: ['CN_FPR_2023'] });
});
