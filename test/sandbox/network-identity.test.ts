import { createHash } from 'node:crypto';
import { systemClock, type Clock } from '../../idp/platform/base/clock.ts';
import { createNetworkIdentity } from '../../idp/proofing/authorities/network-identity/network-identity.ts';
import type { Authority } from '../../idp/proofing/proofing.ts';
import { PERSONAS } from '../../idp/sandbox/sandbox.ts';
import { citizen, follow, openChromium, press as click, type Browser } from '../journeys/citizen.ts';
import { createGallery } from '../journeys/look.ts';
import { testClock } from '../support/clock.ts';
import { HOLDERS, RETURN_TO, WITHOUT, begin, claimOf, handedOver, press } from './network-identity-app.ts';
import { runSandbox, type Running } from './running.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the network identity app of the sandbox', () => {
  const clock = testClock();
  let running: Running;
  let authority: Authority;
  let questions = 0;
  const newId = (): string => `question-${(questions += 1)}`;
  const over = (at: Running, time: Clock): Authority =>
    createNetworkIdentity({ settings: at.vendor('network-identity'), clock: time });
  beforeAll(async () => {
    running = await runSandbox({ clock });
    authority = over(running, clock);
  });
  afterAll(() => running.close());
  const pseudonym = async (persona: string, by = authority): Promise<string | undefined> => {
    const id = newId();
    const finding = await by.examine(await handedOver(by, id, 'present_with_face', persona), id);
    return finding.is === 'match' ? finding.pseudonym : undefined;
  };

  it("does not take one citizen's presentation for another's request", async () => {
    const [mine, theirs] = [newId(), newId()];
    const presented = await handedOver(authority, theirs, 'present_with_face', 'verified');
    await begin(authority, mine);
    expect(await authority.examine(presented, mine)).toEqual({
      is: 'expired',
      transaction: expect.any(String),
      at: expect.any(Date),
      details: { result: 'unknown' },
    });
    expect(await authority.examine(presented, theirs)).toMatchObject({ is: 'match' });
  });

  it('gives every person one name, the same on every start and every time, made of nothing on a document', async () => {
    const other = await runSandbox();
    const names = new Set<string>();
    for (const { id, id_number: number, phone } of PERSONAS.filter((each) => HOLDERS.includes(each.id))) {
      const name = await pseudonym(id);
      expect(name).toMatch(/^[0-9a-f]{64}$/);
      expect(await pseudonym(id)).toBe(name);
      expect(await pseudonym(id, over(other, systemClock))).toBe(name);
      for (const datum of [number, phone]) expect(name).not.toBe(sha256(datum));
      names.add(name ?? '');
    }
    expect(names.size).toBe(HOLDERS.length);
    await other.close();
  });

  it.each(WITHOUT)('knows nobody of %s', async (persona) => {
    const id = newId();
    const finding = await authority.examine(await handedOver(authority, id, 'present', persona), id);
    expect(finding).toMatchObject({ is: 'no_record' });
  });

  it('lets the first act count', async () => {
    const id = newId();
    const begun = await begin(authority, id);
    await press(begun.address, 'cancel', 'verified');
    expect((await press(begun.address, 'present_with_face', 'verified')).text).toContain('已取消');
    expect(await authority.examine(claimOf(begun), id)).toMatchObject({ is: 'cancelled' });
  });

  it('gives a question that is put twice one sequence, and a new one after it ended', async () => {
    const id = newId();
    const first = await begin(authority, id);
    expect(await begin(authority, id)).toMatchObject({ reference: first.reference });
    await press(first.address, 'cancel');
    const second = await begin(authority, id);
    expect(second.reference).not.toBe(first.reference);
    expect(await authority.examine(claimOf(second), id)).toMatchObject({ is: 'pending' });
  });

  it('begins ten times for one question, and no more', async () => {
    const id = newId();
    for (let n = 0; n < 10; n += 1) await press((await begin(authority, id)).address, 'cancel');
    await expect(begin(authority, id)).rejects.toThrow('too_many');
  });

  it('waits five minutes for the citizen, and five for the question', async () => {
    const [late, prompt] = [newId(), newId()];
    const [missed, kept] = [await begin(authority, late), await begin(authority, prompt)];
    expect(missed.expiresAt.getTime() - clock.now().getTime()).toBeGreaterThan(295_000);
    clock.forward(290);
    await press(kept.address, 'present_with_face', 'unverified');
    clock.forward(20);
    expect((await press(missed.address, 'present_with_face', 'unverified')).text).toContain('已经过期');
    expect(await authority.examine(claimOf(missed), late)).toMatchObject({ is: 'expired' });
    expect(await authority.examine(claimOf(kept), prompt)).toMatchObject({ is: 'match' });
    clock.forward(300);
    expect(await authority.examine(claimOf(kept), prompt)).toMatchObject({ is: 'expired' });
  });

  it('leads back to where the citizen came from', async () => {
    const begun = await begin(authority, newId());
    expect((await fetch(begun.address)).status).toBe(200);
    const page = await press(begun.address, 'present_with_face');
    expect(page.hops).toEqual([begun.address, begun.address]);
    expect(page.text).toContain(`href="${RETURN_TO}"`);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'not an address', ''])(
    'leads nowhere with %j',
    async (returnTo) => {
      const begun = await begin(authority, newId(), returnTo);
      expect((await press(begun.address, 'cancel')).text).not.toContain('href="j');
      expect((await press(begun.address, 'cancel')).text.match(/<a /g)).toBeNull();
    },
  );

  it.each([
    ['nobody', { persona: 'nobody', act: 'present' }],
    ['nothing', { persona: 'verified', act: 'run' }],
    ['an empty form', {}],
  ])('refuses %s', async (_, form) => {
    const { address } = await begin(authority, newId());
    expect((await fetch(address, { method: 'POST', body: new URLSearchParams(form) })).status).toBe(400);
  });

  it("refuses another site's form", async () => {
    const id = newId();
    const begun = await begin(authority, id);
    const answer = await fetch(begun.address, {
      method: 'POST',
      body: new URLSearchParams({ persona: 'verified', act: 'present_with_face' }),
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.status).toBe(403);
    expect(await authority.examine(claimOf(begun), id)).toMatchObject({ is: 'pending' });
  });

  it('runs no script, is framed by nobody, and asks for a person, not for what is on a document', async () => {
    const page = await fetch((await begin(authority, newId())).address);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(html).not.toMatch(/<script|style="|onclick/);
    for (const { id_number: number, phone } of PERSONAS)
      for (const datum of [number, phone]) expect(html).not.toContain(datum);
  });

  it('says of a sequence that there never was that it is over', async () => {
    const html = await (await fetch(`${running.hub}/network-identity/app/no-such-sequence`)).text();
    expect(html).toContain('已经过期');
  });

  describe('in Chromium', () => {
    let chromium: Browser;
    beforeAll(async () => {
      chromium = await openChromium();
    });
    afterAll(() => chromium.close());

    it('is used without a script on a small screen, and leads back', async () => {
      const id = newId();
      const who = await citizen(chromium, { scripts: false, width: 320 });
      const { address, ...begun } = await begin(authority, id, `${running.hub}/outbox?still=1`);
      await who.page.goto(address);
      await who.page.getByLabel('这是谁的手机').selectOption('middle-dot');
      await click(who.page, '出示网证并刷脸 · Present, with face');
      expect(await who.page.getByRole('status').textContent()).toContain('已出示网证');
      await follow(who.page, '返回');
      expect(who.page.url()).toBe(`${running.hub}/outbox?still=1`);
      expect(who.complaints).toEqual([]);
      await who.close();
      expect(await authority.examine(claimOf({ address, ...begun }), id)).toMatchObject({ is: 'match' });
    });

    it('can be read and pressed by everybody, wide and narrow, light and dark', async () => {
      const gallery = createGallery();
      const who = await citizen(chromium);
      const { address } = await begin(authority, newId());
      await who.page.goto(address);
      await gallery.look(who, 'sandbox-network-identity');
      await click(who.page, '刷脸没通过 · Face check fails');
      await gallery.look(who, 'sandbox-network-identity-ended');
      await who.page.goto(`${running.hub}/`);
      await gallery.look(who, 'sandbox-personas');
      await who.page.goto(`${running.hub}/control`);
      await gallery.look(who, 'sandbox-control');
      expect(gallery.findings).toEqual([]);
      expect(who.complaints).toEqual([]);
      await who.close();
    });
  });
});
