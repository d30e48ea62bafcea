// The pages of real-name proofing beside the plain form: documents, ways, hand-overs, and how each can end.
import { expect } from '@jest/globals';
import { follow, heading, press, say, type Citizen } from '../citizen.ts';
import type { Gallery } from '../look.ts';
import {
  anotherDocument,
  anotherWay,
  chooseWay,
  goOn,
  goThere,
  identity,
  newcomer,
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

// What a guarded number and a phone that passed on lead to is walked through, and its headings read, in the journeys.
export const PROOFING_TOURS = { documents, elsewhere, byAnOfficer };
