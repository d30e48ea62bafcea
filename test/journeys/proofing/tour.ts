// The pages of real-name proofing beside the plain form: documents, ways, hand-overs, and how each can end.
import { createPopulation } from '../../../idp/sandbox/population.ts';
import { expect } from '@jest/globals';
import { enter, follow, heading, press, say, type Citizen } from '../citizen.ts';
import type { Gallery } from '../look.ts';
import {
  anotherDocument,
  anotherWay,
  chooseWay,
  goOn,
  goThere,
  identity,
  newcomer,
  notMe,
  regradeToNothing,
  send,
  stranger,
  takesTheirTime,
  type Stage,
} from './proving.ts';

/** That it is the page that was meant: the rest is looked at. */
const reads = async (who: Citizen, zh: string, en: string): Promise<void> =>
  expect(await heading(who.page)).toBe(say(who, zh, en));

type Tour = (stage: Stage, who: Citizen, gallery: Gallery) => Promise<void>;

const documents: Tour = async (stage, { locale }, gallery) => {
  const one = await newcomer(stage, 'passport-holder', { locale });
  await press(one.page, anotherDocument(one));
  await gallery.look(one, 'realname-document');
  await press(one.page, goOn(one));
  expect(await one.page.locator('.error-summary a').count()).toBe(1);
  await gallery.look(one, 'realname-document-empty');
  await one.page.locator('input[value=PASSPORT]').check();
  await press(one.page, goOn(one));
  await gallery.look(one, 'realname-passport');
  await send(one, {
    name: 'Müller 1',
    issuer: 'ZZZ',
    id_number: '12',
    birthdate: '19901340',
    bank_card: '12',
  });
  await gallery.look(one, 'realname-passport-wrong');
  await one.close();

  const permit = await stage.world.persona('hong-kong-resident');
  const two = await newcomer(stage, permit, { locale });
  await send(two, identity(permit));
  await gallery.look(two, 'realname-recognised');
  await two.close();
};

const elsewhere: Tour = async (stage, { locale }, gallery) => {
  const persona = await stage.world.persona('elder');
  const one = await newcomer(stage, persona, { locale });
  const { page } = one;
  await press(page, anotherWay(one));
  await gallery.look(one, 'realname-way');
  await press(page, goOn(one));
  expect(await one.page.locator('.error-summary a').count()).toBe(1);
  await gallery.look(one, 'realname-way-empty');
  await page.locator('input[value=face]').check();
  await press(page, goOn(one));
  await gallery.look(one, 'realname-face');
  await send(one, identity(persona));
  await gallery.look(one, 'realname-hand-over');
  await goThere(one);
  await takesTheirTime(one);
  await press(page, '没有活体 · Not a live person');
  await follow(page, '返回 · Back');
  await reads(one, '没能确认是您本人', 'We could not confirm that it is you');
  await gallery.look(one, 'realname-not-live');
  await chooseWay(one, 'network-identity');
  await gallery.look(one, 'realname-network-identity');
  await send(one);
  await goThere(one);
  await gallery.look(one, 'network-identity-app');
  await takesTheirTime(one);
  await page.locator('select').selectOption('elder');
  await press(page, '出示网证并刷脸 · Present, with face');
  await gallery.look(one, 'network-identity-presented');
  await follow(page, '返回 · Go back');
  await gallery.look(one, 'realname-done-unnamed');
  await one.close();
};

const byAnOfficer: Tour = async (stage, { locale }, gallery) => {
  const persona = await stage.world.persona('verified-two');
  const desk = await newcomer(stage, stranger(), { locale });
  await chooseWay(desk, 'face');
  await send(desk, identity(persona));
  await goThere(desk);
  await takesTheirTime(desk);
  await press(desk.page, '需要人工 · A person has to look');
  await follow(desk.page, '返回 · Back');
  await reads(desk, '要由工作人员核对', 'An officer has to look at this');
  await gallery.look(desk, 'realname-officer');
  await desk.close();
};

const guarded: Tour = async (stage, { locale }, gallery) => {
  const { id_number } = await stage.world.persona('middle-dot');
  for (let n = 0; n < 3; n += 1) {
    const guesser = await newcomer(stage, stranger(), { locale, scripts: false });
    await send(guesser, { name: `王${'一二三'[n]}`, id_number });
    await guesser.close();
  }
  const holder = await newcomer(stage, stranger(), { locale });
  await send(holder, { name: '阿依古丽·买买提', id_number });
  await reads(holder, '请换一种方式认证', 'Choose another way');
  await gallery.look(holder, 'realname-guarded');
  await holder.close();
};

const passedOn: Tour = async (stage, { locale }, gallery) => {
  const before = await stage.world.persona('phone-of-another');
  const one = await newcomer(stage, before, { locale });
  await chooseWay(one, 'bank-card');
  await gallery.look(one, 'realname-bank-card');
  await send(one, { ...identity(before), bank_card: before.bank_card });
  await regradeToNothing(stage.world, 'bank_card.name_number_card_phone');
  await enter(one, stage.world.fund);
  await one.page.locator('input[name=phone]').fill(before.phone);
  await one.page.locator('input[name=password]').fill(before.password);
  await press(one.page, say(one, '登录', 'Sign in'));
  await gallery.look(one, 'realname-known');
  await press(one.page, notMe(one));
  const after = createPopulation().holder(before.phone);
  await send(one, { name: after?.name ?? '', id_number: after?.number ?? '' });
  await reads(one, '这个手机号以前在别人的账号上', 'This phone number was on somebody else’s account');
  await gallery.look(one, 'realname-phone-released');
  await one.close();
};

export const PROOFING_TOURS = { documents, elsewhere, byAnOfficer, guarded, passedOn };
