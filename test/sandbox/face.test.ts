// The stand-in for the face vendor, as a tester sees it: a page that says what it is and takes no picture.
import { systemClock } from '../../idp/platform/base/clock.ts';
import { createFace } from '../../idp/proofing/authorities/face/face.ts';
import type { Begun } from '../../idp/proofing/proofing.ts';
import { claimOf } from '../proofing/authorities/claims.ts';
import { createBrowser, forms } from '../support/browser.ts';
import { runSandbox, type Running } from './running.ts';

let running: Running;
beforeAll(async () => {
  running = await runSandbox();
});
afterAll(() => running.close());

let ids = 0;
async function begin(persona: string, returnTo = 'https://id.example.gov.cn/back?x=1'): Promise<Begun> {
  const { collect } = createFace({ settings: running.face, clock: systemClock });
  if (collect.by !== 'hand_over') throw new Error('hands nobody over');
  ids += 1;
  const begun = await collect.begin(claimOf(persona), `request-${ids}`, returnTo);
  if (begun.is !== 'begun') throw new Error(begun.is);
  return begun;
}

const send = (address: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(address, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

describe('the page of the face check', () => {
  it('says in words that it is a stand-in and takes no picture', async () => {
    const { address } = await begin('verified');
    const { text } = await createBrowser().get(address);
    expect(text).toContain('人脸核验的替身：不打开摄像头，不拍照，不保存图像');
    expect(text).toContain('it opens no camera, takes no picture and keeps none');
    expect(text).not.toMatch(/<video|<canvas|<img|type="file"/);
  });

  it('carries the policy of the other pages of the sandbox: no script, nothing from elsewhere', async () => {
    const page = await createBrowser().get((await begin('verified')).address);
    const personas = await createBrowser().get(running.hub);
    for (const header of ['content-security-policy', 'cache-control', 'content-type'])
      expect(page.headers.get(header)).toBe(personas.headers.get(header));
    expect(page.text).not.toMatch(/<script| on\w+=| style=/);
  });

  it('masks who is checked', async () => {
    const { address } = await begin('verified-two');
    const { text } = await createBrowser().get(address);
    const { document } = claimOf('verified-two');
    expect(text).toContain('周**');
    expect(text).toContain('4****************9');
    for (const datum of [document?.name ?? '', document?.number ?? '', document?.number.slice(6, 14) ?? ''])
      expect(text).not.toContain(datum);
  });

  it('has one plain form for each thing that can happen', async () => {
    const page = await createBrowser().get((await begin('verified')).address);
    expect(forms(page).map(({ fields }) => fields['scene'])).toEqual([
      'passed',
      'another',
      'not_live',
      'left',
      'review',
    ]);
    expect(page.text.match(/type="submit"/g)).toHaveLength(5);
  });

  it('is answered once, and leads back afterwards', async () => {
    const { address } = await begin('middle-dot');
    const browser = createBrowser();
    const page = await browser.get(address);
    expect(page.text).not.toContain('href="https://id.example.gov.cn');
    const done = await browser.submit(page, { scene: 'another' });
    expect(done.url).toBe(address);
    expect(done.text).toContain('不像本人');
    expect(done.text).toContain('href="https://id.example.gov.cn/back?x=1"');
    expect(forms(done)).toEqual([]);
    const again = await browser.post(address, { scene: 'passed' });
    expect(again.text).toContain('不像本人');
    expect(again.text).not.toContain('通过');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'app://back', 'nowhere'])(
    'makes no link of %s',
    async (returnTo) => {
      const { address } = await begin('elder', returnTo);
      const { text } = await createBrowser().post(address, { scene: 'left' });
      expect(text).not.toContain('<a ');
      expect(text).toContain('请回到原来的页面');
    },
  );

  it("refuses another site's form, and what is none of its buttons", async () => {
    const { address } = await begin('minor');
    expect((await send(address, 'scene=passed', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    for (const body of ['', 'scene=', 'scene=match', 'scene=__proto__'])
      expect((await send(address, body)).status).toBe(400);
    expect(forms(await createBrowser().get(address))).toHaveLength(5);
  });

  it('is no page for a number that it did not give out', async () => {
    const page = await createBrowser().get(`${running.hub}/face/check/${'0'.repeat(32)}`);
    expect(page.status).toBe(404);
    expect(page.text).toContain('这个链接不能用了');
  });

  it('answers nobody who does not sign', async () => {
    for (const path of ['InitFaceVerify', 'DescribeFaceVerify'])
      expect((await send(`${running.hub}/face/${path}`, '{}')).status).toBe(401);
  });
});
