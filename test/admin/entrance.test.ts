// Who comes into the console, by which door, and for how long (threats A113, A114).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Actor, Role, UnitId } from '../../idp/registry/registry.ts';
import { testApp, type TestApp } from '../support/app.ts';
import { testClock, type TestClock } from '../support/clock.ts';
import { createBrowser } from '../support/browser.ts';
import { invitation, MACHINE, operator, person, withPasskey, type Person } from './console.ts';

let system: TestApp;
let clock: TestClock;

beforeAll(async () => {
  clock = testClock();
  system = await testApp({ host: 'localhost', clock });
});
afterAll(() => system.close());

describe('without a passkey', () => {
  test('the console stays shut, with the way to one; the portal is open', async () => {
    const visitor = person(system, await system.persona('verified'));
    const page = await visitor.open('/admin');
    expect([page.status, new URL(page.url).pathname]).toEqual([403, '/admin/signed-in']);
    expect(page.text).toContain('先设置一个通行密钥');
    expect(page.text).toContain('href="/account/security"');
    // Nothing that was not shown just now lets anybody in.
    const again = await visitor.browser.get(`${system.issuer}/admin`);
    expect(again.url).toContain('/signin/');
  });
});

describe('with a passkey', () => {
  let owner: Person;
  beforeAll(async () => {
    owner = await withPasskey(system, 'verified-two');
  });

  test('and no post, the page says who gives one', async () => {
    const page = await owner.open('/admin');
    expect([page.status, page.text.includes('您还没有管理台的岗位')]).toEqual([403, true]);
  });

  test('an invitation is taken up once, by one person', async () => {
    const link = await invitation(system, 'cn', 'auditor');
    const page = await owner.open(link);
    expect(page.text).toContain('审计员');
    const other = await withPasskey(system, 'verified');
    const theirs = await other.open(link);
    const joined = await owner.through(await owner.browser.submit(page, { accept: 'yes' }));
    expect(joined.status).toBe(200);
    const late = await other.browser.submit(theirs, { accept: 'yes' });
    expect([late.status, late.text.includes('这个邀请已经不能用了')]).toEqual([410, true]);
    expect((await other.open('/admin')).text).toContain('您还没有管理台的岗位');
  });

  test('an hour away ends the session, a post taken away ends it at once', async () => {
    expect((await owner.browser.get(`${system.issuer}/admin`)).status).toBe(200);
    clock.forward(901);
    const idle = await owner.browser.get(`${system.issuer}/admin`);
    expect(idle.url).toContain('/signin/');
    expect((await owner.through(idle)).status).toBe(200);
    const [post] = await posts();
    await system.app.parties.operators.end(MACHINE, post!.id);
    expect((await owner.open('/admin')).text).toContain('您还没有管理台的岗位');
  });

  test('eight hours are the end, however busy', async () => {
    await owner.through(
      await owner.browser.submit(await owner.open(await invitation(system, 'cn', 'approver')), {
        accept: 'yes',
      }),
    );
    for (let turn = 0; turn < 33; turn += 1) {
      clock.forward(870);
      const page = await owner.browser.get(`${system.issuer}/admin`);
      expect(page.url).toBe(`${system.issuer}/admin`);
    }
    clock.forward(300);
    expect((await owner.browser.get(`${system.issuer}/admin`)).url).toContain('/signin/');
  });

  test('signing out ends it', async () => {
    const busy = await operator(system, 'verified-two', []);
    const page = await busy.open('/admin');
    await busy.browser.post(`${system.issuer}/admin/sign-out`, { _csrf: csrfOf(page.text) });
    expect((await busy.browser.get(`${system.issuer}/admin`)).url).toContain('/signin/');
  });
});

describe('an invitation of an operator', () => {
  const invite = async (from: Actor, unitId: string, role: Role): Promise<string> =>
    (await system.app.parties.operators.invite(from, { unitId, role })).token.reveal();
  const taken = (token: string, citizenId: string) =>
    system.app.parties.operators.accept(token, citizenId, '');

  test('is worth nothing to its sender, nor once the sender could not send it any more', async () => {
    const { operators, units } = system.app.parties;
    await units.seed('test');
    const [sender, taker] = [randomUUID(), randomUUID()];
    const { id } = await taken(await invite(MACHINE, '330000', 'approver'), sender);
    const { posts: held } = (await operators.ofCitizen(sender))!;
    const actor: Actor = { name: `operator:${id}`, operatorId: id, kind: 'person', posts: held, fresh: true };
    const own = await invite(actor, '330100', 'owner');
    await expect(taken(own, sender)).rejects.toMatchObject({ code: 'not_found' });
    expect((await operators.ofCitizen(sender))!.posts).toHaveLength(1);
    const [early, late] = [await invite(actor, '330100', 'reviewer'), await invite(actor, '330100', 'owner')];
    expect((await taken(early, taker)).posts).toMatchObject([{ role: 'reviewer' }]);
    await operators.end(MACHINE, held[0]!.id);
    await expect(taken(late, taker)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('never makes somebody who looks at accounts below the nation', async () => {
    const { id } = await taken(await invite(MACHINE, '330000', 'owner'), randomUUID());
    const posts = [{ role: 'owner', unitId: '330000' as UnitId, path: 'cn/330000/' }] as const;
    const actor: Actor = { name: `operator:${id}`, operatorId: id, kind: 'person', posts, fresh: true };
    await expect(invite(actor, '330000', 'support')).rejects.toMatchObject({ code: 'forbidden' });
  });
});

test('a return address of somebody else leads to the console', async () => {
  const stranger = createBrowser({ stopAt: /\/signin\// });
  for (const path of ['/admin//evil.example', '/admin/..%2f..', '/admin?x=%0d%0aSet-Cookie:a']) {
    const page = await stranger.get(`${system.issuer}${path}`);
    for (const hop of page.hops) expect(new URL(hop).origin).toBe(system.issuer);
  }
});

const csrfOf = (text: string): string => /name="_csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';

async function posts(): Promise<{ id: string }[]> {
  return system.database.postgres.rows<{ id: string }>({
    name: '',
    text: 'select id from registry.post where ended_at is null',
    values: [],
  });
}
