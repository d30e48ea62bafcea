// Passkeys at a real browser with virtual authenticators: offered, found by the account field, asked for as the second of
// a sign-in, refused where they are not enough.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { decodeJwt } from 'jose';
import { metadataOf, serviceOf } from '../../resilience/trial-client.ts';
import type { Persona } from '../../support/app.ts';
import { freePort } from '../../support/global-setup.ts';
import {
  agree,
  citizen,
  enter,
  follow,
  heading,
  openChromium,
  password,
  press,
  register,
  say,
  type Browser,
  type Citizen,
} from '../citizen.ts';
import { holder } from './holder.ts';
import { createGallery } from '../look.ts';
import { openWorld, type World } from '../world.ts';

jest.setTimeout(60_000);

let world: World;
let browser: Browser;
/** The door of the strict service: it lets everybody in and reads nothing. */
let door: { readonly server: Server; readonly url: string };
const gallery = createGallery();
const service = serviceOf(() => world.issuer, 'strict', 'strict-secret-0123456789abc');

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld({}, { host: 'localhost' }), openChromium()]);
  const port = await freePort();
  const server = createServer((_, answer) =>
    answer.setHeader('content-type', 'text/html').end('<h1>in</h1>'),
  );
  await once(server.listen(port, 'localhost'), 'listening');
  door = { server, url: `http://localhost:${port}/callback` };
  const metadata = metadataOf(service.clientId, service.secret, {
    scope: 'openid',
    redirect_uris: [door.url],
    post_logout_redirect_uris: [],
  });
  await world.app.registry.import(metadata, 'test');
});
afterAll(async () => {
  await browser.close();
  door.server.closeAllConnections();
  door.server.close();
  await world.close();
});

/** As if an officer at a counter had proven them: no stand-in raises anyone so far in a sign-in. */
async function proven({ phone }: Persona): Promise<void> {
  const { postgres } = world.database;
  const text = `update citizens.citizen set ial = 4 where id in
    (select citizen_id from audit.event join citizens.citizen on citizen.id = citizen_id
     where type = 'citizen.seeded' and data->>'persona' = $1)`;
  const { id } =
    (await world.persona('verified')).phone === phone ? { id: 'verified' } : { id: 'verified-two' };
  expect(await postgres.run({ name: '', text, values: [id] })).toBe(1);
}

/** To the strict service, which accepts nothing below this level. */
async function demand({ page, locale }: Citizen, level: 'l3' | 'l4'): Promise<{ readonly verifier: string }> {
  const acr = { essential: true, value: `urn:tongxing:acr:${level}` };
  const { url, verifier } = service.begin({
    redirect_uri: door.url,
    scope: 'openid',
    ui_locales: locale,
    claims: JSON.stringify({ id_token: { acr } }),
  });
  await page.goto(url);
  return { verifier };
}

async function reachedBy({ page }: Citizen, verifier: string): Promise<Record<string, unknown>> {
  await page.waitForURL(`${door.url}**`);
  const { body } = await service.token({
    grant_type: 'authorization_code',
    code: new URL(page.url()).searchParams.get('code') ?? '',
    redirect_uri: door.url,
    code_verifier: verifier,
  });
  const claims = decodeJwt(String(body['id_token']));
  return { acr: String(claims['acr']).slice(-2), amr: claims['amr'] };
}

const setUp = (who: Citizen): Promise<void> => press(who.page, say(who, '现在设置', 'Set up now'));
const useKey = (who: Citizen): Promise<void> =>
  press(who.page, say(who, '用人脸、指纹或锁屏密码登录', 'Sign in with face, fingerprint or screen lock'));
const confirm = (who: Citizen): Promise<void> =>
  press(who.page, say(who, '用人脸、指纹或锁屏密码确认', 'Confirm with face, fingerprint or screen lock'));

test('a newcomer takes the offer and comes back by the account field; a locked device is told in words', async () => {
  const { who, unlocks, taps } = await holder(browser, 'zh-CN', true);
  const { page } = who;
  await enter(who, world.portal);
  await register(world, who, await world.persona('rare-character'));
  expect(await heading(page)).toBe('下次登录更快');
  await gallery.look(who, 'passkey-offer');
  await setUp(who);
  await agree(who);
  await page.waitForURL(`${world.portal}/`);

  await page.context().clearCookies();
  await enter(who, world.portal);
  await page.waitForURL(`${world.portal}/`);
  expect(await page.locator('h1').textContent()).toContain('您好');

  await page.context().clearCookies();
  await taps(false);
  await enter(who, world.portal);
  await follow(page, '通行密钥');
  await gallery.look(who, 'passkey-tab');
  await unlocks(false);
  await taps(true);
  await useKey(who);
  await page.getByText('没有完成。可以再试一次，或者换一种方式。').waitFor();
  await unlocks(true);
  await useKey(who);
  await page.waitForURL(`${world.portal}/`);
  expect(who.complaints).toEqual([]);
  await who.close();
});

test('a synced passkey is enough for the third level and refused for the fourth', async () => {
  const { who, taps } = await holder(browser, 'en', true);
  const { page } = who;
  const persona = await world.persona('verified');
  await proven(persona);
  const first = await demand(who, 'l3');
  await password(who, persona);
  await press(page, 'Send the code');
  await page.locator('input[name=code]').waitFor();
  await page.locator('input[name=code]').fill((await world.message(persona.phone)).code);
  await press(page, 'Continue');
  await setUp(who);
  await agree(who);
  expect(await reachedBy(who, first.verifier)).toEqual({ acr: 'l3', amr: ['pwd', 'sms', 'swk', 'user'] });

  await page.context().clearCookies();
  await taps(false);
  const second = await demand(who, 'l3');
  await password(who, persona);
  expect(await heading(page)).toBe('Confirm it’s you once more');
  await gallery.look(who, 'passkey-second');
  await taps(true);
  await confirm(who);
  expect(await reachedBy(who, second.verifier)).toEqual({ acr: 'l3', amr: ['pwd', 'swk', 'user'] });

  await demand(who, 'l4');
  expect(await heading(page)).toBe('You cannot go on yet');
  expect(who.complaints).toEqual([]);
  await who.close();
});

test('a passkey on one device reaches the fourth level', async () => {
  const { who, taps } = await holder(browser, 'zh-CN', false);
  const { page } = who;
  const persona = await world.persona('verified-two');
  await proven(persona);
  const first = await demand(who, 'l3');
  await password(who, persona);
  await press(page, '发送验证码');
  await page.locator('input[name=code]').waitFor();
  await page.locator('input[name=code]').fill((await world.message(persona.phone)).code);
  await press(page, '继续');
  await setUp(who);
  await agree(who);
  expect(await reachedBy(who, first.verifier)).toEqual({ acr: 'l4', amr: ['pwd', 'sms', 'hwk', 'user'] });

  await page.context().clearCookies();
  await taps(false);
  const second = await demand(who, 'l4');
  await password(who, persona);
  expect(await heading(page)).toBe('再确认一次是您本人');
  await taps(true);
  await confirm(who);
  expect(await reachedBy(who, second.verifier)).toEqual({ acr: 'l4', amr: ['pwd', 'hwk', 'user'] });
  expect(who.complaints).toEqual([]);
  await who.close();
});

test('without a script the tab says to use another way, and every page looked at is sound', async () => {
  const who = await citizen(browser, { scripts: false });
  await enter(who, world.portal);
  await follow(who.page, '通行密钥');
  expect(await who.page.getByText('改用上面的其他方式登录').isVisible()).toBe(true);
  expect(await who.page.locator('main button:visible').count()).toBe(0);
  await who.close();
  expect(gallery.findings).toEqual([]);
});
