// What was shown on the pages of a sign-in that is still open when everything is ended: nothing any more.
import { sql } from '../../idp/platform/store/postgres.ts';
import { asks, citizenBrowser, register, type Service } from '../oidc/relying-party.ts';
import { signIn, testApp, type Persona, type TestApp } from '../support/app.ts';

let system: TestApp;
let citizen: Persona;
let service: Service;
beforeAll(async () => {
  system = await testApp();
  citizen = await system.persona('verified');
  service = await register(system);
  await system.database.postgres.run(sql`update citizens.citizen set ial = 3 where ial = 2`);
});
afterAll(() => system.close());

test('a password that was typed before a sign-out everywhere is asked for again, whatever comes second', async () => {
  const browser = citizenBrowser();
  const claims = { id_token: { acr: { essential: true, values: ['urn:tongxing:acr:l3'] } } };
  const { url } = service.request({ claims: JSON.stringify(claims) });
  const second = await signIn(browser, await browser.get(url), citizen);
  expect([second.status, asks(second, 'password')]).toEqual([200, false]);
  const sent = await browser.submit(second, {});
  const { code } = await system.message(citizen.phone);
  await system.database.postgres.run(
    sql`update citizens.citizen set sessions_not_before = ${new Date()} where ial = 3`,
  );
  const after = await browser.submit(sent, { code });
  expect(after.url).toBe(second.url);
  expect(asks(after, 'password')).toBe(true);
});
