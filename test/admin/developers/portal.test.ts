// The developer portal by HTTP, as one walk: from nothing to a sandbox client, a tried login and the checklist.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from '../../../idp/platform/store/postgres.ts';
import { decode, forms, type Page } from '../../support/browser.ts';
import { testApp, type TestApp } from '../../support/app.ts';
import { register, walk } from '../../oidc/relying-party.ts';
import { invitation, person, type Person } from '../console.ts';

let system: TestApp;
let developer: Person;
let stranger: Person;

const plain = (page: Page): string => decode(page.text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');

beforeAll(async () => {
  system = await testApp();
  developer = person(system, await system.persona('verified'), 'en');
  stranger = person(system, await system.persona('verified-two'), 'en');
});
afterAll(() => system.close());

const path = (page: Page): string => new URL(page.url).pathname;

/** Sends the form of the page that goes to `action`, also what is typed into areas, chosen or pressed. */
async function send(
  who: Person,
  page: Page,
  action: string,
  fields: Readonly<Record<string, string>>,
): Promise<Page> {
  const form = forms(page).find((one) => new URL(one.action).pathname === action);
  if (!form) throw new Error(`no form to ${action} on ${page.url}`);
  const standing = Object.entries(form.fields).filter(([name]) => !name.startsWith('?'));
  const all = { ...Object.fromEntries(standing), ...fields };
  return await who.browser.post(form.action, all, { origin: system.issuer });
}

async function make(who: Person, fields: Readonly<Record<string, string>>): Promise<Page> {
  const home = await who.open('/developers');
  return await send(who, home, '/developers/clients', { name: 'Housing Fund', ...fields });
}

let client: string;
let secret: string;

describe('a sandbox client', () => {
  test('is made by anybody with a real name, with three fields; the secret is shown once', async () => {
    const home = await developer.open('/developers');
    expect([home.status, path(home)]).toEqual([200, '/developers']);
    const page = await developer.browser.submit(home, {
      name: 'Housing Fund',
      redirect_uri: 'http://localhost:3000/cb',
      method: 'client_secret_basic',
    });
    expect(page.status).toBe(200);
    client = path(page).split('/').at(-1) ?? '';
    expect(path(page)).toBe(`/developers/clients/${client}`);
    secret = /<code>([\w-]{43})<\/code>/.exec(page.text)?.[1] ?? '';
    expect(secret).not.toBe('');
    const again = await developer.browser.get(page.url);
    expect(again.text).not.toContain(secret);
    expect(page.hops.join(' ')).not.toContain(secret);
    expect((await developer.open('/developers')).text).toContain(`/developers/clients/${client}`);
  });

  test('is refused with the field that is wrong, and what was typed stays', async () => {
    const empty = await make(developer, { name: ' ', redirect_uri: '' });
    expect([empty.status, plain(empty).includes('Enter a name')]).toEqual([422, true]);
    const page = await make(developer, { name: 'A', redirect_uri: 'https://a.example.gov.cn/#x' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('value="https://a.example.gov.cn/#x"');
    expect(page.text).toContain('href="#redirect-uri"');
    const key = await make(developer, {
      method: 'private_key_jwt',
      jwks: '{',
      redirect_uri: 'http://localhost/cb',
    });
    expect(plain(key)).toContain('The key is not JSON');
  });

  test('shows markup that stands in its name as text', async () => {
    const page = await make(stranger, {
      name: '<script>alert(1)</script>',
      redirect_uri: 'http://localhost:1/cb',
    });
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('<script>alert');
    expect(plain(page)).toContain('<script>alert(1)</script>');
  });

  test('is hidden from everybody else, page by page, like one that does not exist', async () => {
    for (const id of [client, 'nobody']) {
      for (const page of ['', '/checklist'])
        expect((await stranger.open(`/developers/clients/${id}${page}`)).status).toBe(404);
      const form = await stranger.open('/developers/explain');
      const asked = `${system.issuer}/oidc/authorize?client_id=${id}`;
      const explained = await send(stranger, form, '/developers/explain', { request: asked });
      expect(plain(explained)).toContain('There is no such client');
      const home = await stranger.open('/developers');
      const csrf = /name="_csrf" value="([^"]+)"/.exec(home.text)?.[1] ?? '';
      for (const page of ['/try', '/checklist']) {
        const posted = await stranger.browser.post(
          `${system.issuer}/developers/clients/${id}${page}`,
          { _csrf: csrf, item: 'all' },
          { origin: system.issuer },
        );
        expect(posted.status).toBe(404);
      }
    }
  });

  test('has quick starts with its own values and no secret', async () => {
    const page = await developer.open(`/developers/clients/${client}`);
    for (const language of ['Node', 'Java Spring Boot', '.NET', 'PHP', 'Python', 'Go', 'HTTP'])
      expect(page.text).toContain(`aria-label="${language}"`);
    expect(page.text.split(client).length).toBeGreaterThan(8);
    expect(page.text).not.toContain(secret);
    expect(page.text).toContain('TONGXING_SECRET');
  });
});

/** From the page of the client through the whole login to the page that it ends on. */
async function tryLogin(
  who: Person,
  id: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const page = await who.open(`/developers/clients/${id}`);
  const at = await send(who, page, `/developers/clients/${id}/try`, { who: 'me', ...fields });
  return await walk(who.browser, who.persona, at);
}

describe('a team', () => {
  test('of a unit is asked for a passkey before its clients are shown', async () => {
    const colleague = person(system, await system.persona('provincial-approver'), 'en');
    const link = await invitation(system, 'cn', 'developer');
    await colleague.browser.submit(await colleague.open(link), { accept: 'yes' });
    const home = await colleague.open('/developers');
    expect(plain(home)).toContain('Come in with a passkey');
    expect(home.text).not.toContain(client);
  });
});

describe('try login', () => {
  test('goes the real way and ends with each step, the tokens and the claims', async () => {
    const page = await tryLogin(developer, client);
    expect(plain(page)).toContain('Try login succeeded');
    expect(page.text.match(/class="st ok"/g)).toHaveLength(6);
    expect(plain(page)).toContain('"nonce"');
    expect(plain(page)).toContain(developer.persona.name);
    // The code was gone from the address before anything was drawn.
    expect(page.url).not.toMatch(/code=|state=/);
    expect(page.hops.join(' ')).not.toContain(secret);
  });

  test('shows what a rehearsed fault looks like to a careful service', async () => {
    const page = await tryLogin(developer, client, { rehearse: 'bad_signature' });
    expect(plain(page)).toContain('Wrong: signature. Your client must find it too');
    const denied = await tryLogin(developer, client, { rehearse: 'access_denied' });
    expect(plain(denied)).toContain('Came back with access_denied');
  });

  test('is the own result of who began it, in that browser', async () => {
    const page = await tryLogin(developer, client);
    const theirs = await stranger.open(path(page));
    expect([theirs.status, plain(theirs).includes(developer.persona.name)]).toEqual([410, false]);
    const forged = await developer.browser.get(
      `${system.issuer}/developers/try/callback?code=x&state=${'s'.repeat(43)}&iss=${system.issuer}`,
    );
    expect(forged.status).toBe(410);
  });

  test('stops where only the service itself can prove who it is, with the request to send', async () => {
    const jwks = {
      keys: [
        {
          kty: 'EC',
          crv: 'P-256',
          kid: 'a',
          x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
          y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
        },
      ],
    };
    const fields = {
      method: 'private_key_jwt',
      jwks: JSON.stringify(jwks),
      redirect_uri: 'http://localhost:3000/cb',
    };
    const made = await make(developer, fields);
    const page = await tryLogin(developer, path(made).split('/').at(-1) ?? '');
    expect(plain(page)).toContain('Try login stopped before the exchange');
    expect(page.text).toContain('code_verifier=');
  });

  test('works for an app without a secret, and never for a production client', async () => {
    const made = await make(developer, { method: 'none', redirect_uri: 'http://localhost:3000/cb' });
    expect(plain(await tryLogin(developer, path(made).split('/').at(-1) ?? ''))).toContain(
      'Try login succeeded',
    );
    const production = await register(system);
    const { url } = production.request({ redirect_uri: `${system.issuer}/developers/try/callback` });
    expect((await developer.browser.get(url)).status).toBe(400);
  });
});

describe('what happened, and what is missing', () => {
  test('the last requests stand on the page of the client, with why each failed', async () => {
    const wrong = new URL(`${system.issuer}/oidc/authorize`);
    wrong.search = new URLSearchParams({
      client_id: client,
      redirect_uri: 'http://localhost:3000/cb/',
      response_type: 'code',
    }).toString();
    await developer.browser.get(wrong.href);
    await system.app.parties.activity.flush();
    const page = plain(await developer.open(`/developers/clients/${client}`));
    expect(page).toContain(
      'Not registered: got http://localhost:3000/cb/, registered http://localhost:3000/cb (extra "/" at the end)',
    );
    expect(page).toContain('Tokens were given');
  });

  test('a request is explained in both languages', async () => {
    const form = await developer.open('/developers/explain');
    const asked = `${system.issuer}/oidc/authorize?client_id=${client}&response_type=code&scope=openid&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2FCB`;
    const page = await send(developer, form, '/developers/explain', { request: asked });
    expect(plain(page)).toContain('This request will be refused. Errors: 2');
    expect(plain(page)).toContain('the path differs in capital letters');
    const chinese = person(system, developer.persona, 'zh-CN');
    const blank = await chinese.open('/developers/explain');
    const drawn = await send(chinese, blank, '/developers/explain', { request: asked });
    expect(plain(drawn)).toContain('路径的大小写不同');
  });

  test('the checklist looks for itself and says what to do', async () => {
    const page = await developer.open(`/developers/clients/${client}/checklist`);
    expect(page.text.match(/Not checked/g)).toHaveLength(9);
    const looked = await send(developer, page, `/developers/clients/${client}/checklist`, { item: 'all' });
    const text = plain(looked);
    expect(text).toContain('http://localhost:3000/cb is on one machine only');
    expect(text).toContain('In the rehearsal your client did not go on with that login');
    expect(text).toContain('A person or a rehearsal said no once');
    expect(text).toContain('There is no policy_uri');
    expect(text).toContain('0 registered; at least 2 are needed');
    const apply = await developer.browser.follow(looked, /Ask to go live/);
    expect([apply.status, plain(apply).includes('Nothing of a trial unit goes live')]).toEqual([200, true]);
    const rows = await system.database.postgres.rows(
      sql`select item from registry.golive_check where client_id = ${client}`,
    );
    expect(rows).toHaveLength(9);
  });

  test('the inspector has no form to send anything with, and says so without scripts', async () => {
    const page = await developer.open('/developers/inspector');
    const main = /<main[\s\S]*<\/main>/.exec(page.text)?.[0] ?? '';
    expect(main).not.toContain('<form');
    expect(plain(page)).toContain('This page needs scripts');
    expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'");
    const script = /src="(\/assets\/inspector[^"]+)"/.exec(page.text)?.[1] ?? '';
    expect((await fetch(`${system.issuer}${script}`)).status).toBe(200);
  });
});
