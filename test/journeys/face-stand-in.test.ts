// The page that stands in for the face check, in a real browser: on a narrow phone, light and dark.
import { jest } from '@jest/globals';
import { systemClock } from '../../idp/platform/base/clock.ts';
import { createFace } from '../../idp/proofing/authorities/face/face.ts';
import { claimOf } from '../proofing/authorities/claims.ts';
import { runSandbox, type Running } from '../sandbox/running.ts';
import { citizen, openChromium, press, type Browser } from './citizen.ts';
import { createGallery } from './look.ts';

jest.setTimeout(60_000);

let running: Running;
let chromium: Browser;
beforeAll(async () => {
  running = await runSandbox();
  chromium = await openChromium();
});
afterAll(async () => {
  await chromium.close();
  await running.close();
});

test('the stand-in for the face check can be read and used on a narrow phone, in the dark too', async () => {
  const { collect } = createFace({ settings: running.face, clock: systemClock });
  if (collect.by !== 'hand_over') throw new Error('hands nobody over');
  const begun = await collect.begin(claimOf('unverified'), 'request-1', 'https://id.example.gov.cn/back');
  if (begun.is !== 'begun') throw new Error(begun.is);
  const gallery = createGallery();
  const who = await citizen(chromium, { width: 320 });
  await who.page.goto(begun.address);
  await gallery.look(who, 'face-check');
  await who.page.setViewportSize({ width: 320, height: 800 });
  const small = await who.page
    .locator('button')
    .evaluateAll((all) =>
      (all as { getBoundingClientRect(): { height: number; right: number } }[])
        .map((each) => each.getBoundingClientRect())
        .filter(({ height, right }) => height < 48 || right > 320),
    );
  expect(small).toEqual([]);
  await press(who.page, '看镜头，通过 · Look and pass');
  await gallery.look(who, 'face-check-done');
  await who.page.goto(`${begun.address}0`);
  await gallery.look(who, 'face-check-ended');
  expect(gallery.findings).toEqual([]);
  expect(who.complaints).toEqual([]);
  await who.close();
});
