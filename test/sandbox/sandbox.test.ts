import { createHash, createHmac } from 'node:crypto';
import { systemClock } from '../../idp/platform/base/clock.ts';
import { secret } from '../../idp/platform/base/secret.ts';
import { signAnswer, signatureHeaders } from '../../idp/platform/crypto/request-signature.ts';
import { parseDocument, parseNameFor, parseResidentId } from '../../idp/proofing/proofing.ts';
import { ageOn, shanghaiDate } from '../../idp/proofing/documents/resident-id.ts';
import { PERSONAS, createSandbox } from '../../idp/sandbox/sandbox.ts';
import { KEYS, runSandbox, sandboxParts, type Running } from './running.ts';

interface Shown {
  readonly id: string;
  readonly phone: string;
  readonly text: string;
  readonly code: string | null;
  readonly purpose: string;
}

let running: Running;
beforeAll(async () => {
  running = await runSandbox();
});
afterAll(() => running.close());

const message = (id: string, changes: Record<string, string> = {}): string =>
  JSON.stringify({
    message_id: id,
    to: '+8613800138000',
    text: '【国家政务登录】验证码 482913，10 分钟内有效。',
    purpose: 'signin',
    ...changes,
  });

interface Signing {
  readonly key?: (typeof KEYS)['sms-carrier'];
  readonly at?: number;
  readonly nonce?: string;
  readonly signedBody?: string;
}

const send = async (body: string, signing: Signing = {}): Promise<Response> => {
  const { keyId, secret: key } = signing.key ?? KEYS['sms-carrier'];
  const at = signing.at ?? Math.floor(Date.now() / 1000);
  const nonce = signing.nonce ?? Math.random().toString(36);
  const signed = { method: 'POST', path: '/messages', at, nonce, body: signing.signedBody ?? body };
  const headers = { 'content-type': 'application/json', ...signatureHeaders(keyId, key, signed) };
  return fetch(`${running.smsCarrier}/messages`, { method: 'POST', body, headers });
};
const outbox = (phone: string): Promise<readonly Shown[]> =>
  running.json(`${running.smsCarrier}/outbox.json?phone=${encodeURIComponent(phone)}`);

describe('the sandbox', () => {
  it('does not start in production, whatever its settings say', async () => {
    const parts = await sandboxParts({ environment: 'production' });
    expect(() => createSandbox(parts)).toThrow('production');
    expect(() => createSandbox({ ...parts, settings: { ...parts.settings, enabled: false } })).toThrow();
  });

  it('opens nothing when it is switched off', async () => {
    const parts = await sandboxParts();
    const off = createSandbox({ ...parts, settings: { ...parts.settings, enabled: false } });
    expect(Object.keys(off)).toEqual(['name']);
  });

  it('names the setting of a port that is taken, and leaves no other port open', async () => {
    const parts = await sandboxParts();
    const taken = Number(new URL(running.smsCarrier).port);
    const ports = { ...parts.settings.ports, smsCarrier: taken };
    const clashing = createSandbox({ ...parts, settings: { ...parts.settings, ports } });
    await expect(clashing.listen?.()).rejects.toThrow(/^sandbox\.ports\.smsCarrier: .*EADDRINUSE/);
    await expect(fetch(`http://127.0.0.1:${ports.hub}/`)).rejects.toThrow();
  });

  it('seeds before it listens', async () => {
    const order: string[] = [];
    const parts = await sandboxParts({ seed: async () => void order.push('seeded') });
    const close = await createSandbox(parts).listen?.();
    order.push('listening');
    await close?.();
    expect(order).toEqual(['seeded', 'listening']);
  });

  it('closes while an answer is being held back', async () => {
    const other = await runSandbox();
    await other.tell('sms-carrier', 'slow');
    const pending = fetch(`${other.smsCarrier}/messages`, { method: 'POST', body: '{}' }).catch(
      () => undefined,
    );
    await other.close();
    await pending;
    await expect(fetch(other.hub)).rejects.toThrow();
  });
});

describe('the text-message carrier', () => {
  it.each([
    [
      'no signature',
      (): Promise<Response> =>
        fetch(`${running.smsCarrier}/messages`, { method: 'POST', body: message('x') }),
    ],
    [
      'a strange key',
      () =>
        send(message('x'), {
          key: { keyId: 'tongxing-sms-carrier', secret: secret('a strange key of 32 characters!!') },
        }),
    ],
    ['an unknown key id', () => send(message('x'), { key: { ...KEYS['sms-carrier'], keyId: 'nobody' } })],
    ['an old signature', () => send(message('x'), { at: Math.floor(Date.now() / 1000) - 301 })],
    ['a changed body', () => send(message('x'), { signedBody: message('y') })],
    ['something that is not JSON', () => send('message')],
    ['a body without end', () => send(JSON.stringify({ text: 'x'.repeat(70_000) }))],
  ])('refuses %s', async (_, attempt) => {
    expect((await attempt()).status).toBe(401);
    expect((await outbox('13800138000')).some(({ id }) => id === 'x')).toBe(false);
  });

  it('refuses a request that is sent a second time', async () => {
    const nonce = 'once-only';
    expect((await send(message('replayed'), { nonce })).status).toBe(200);
    expect((await send(message('replayed'), { nonce })).status).toBe(401);
  });

  it('takes the signature that the carrier interface describes, written out by hand', async () => {
    const body = message('by-hand');
    const at = String(Math.floor(Date.now() / 1000));
    const digest = createHash('sha256').update(body).digest('hex');
    const signature = createHmac('sha256', KEYS['sms-carrier'].secret.reveal())
      .update(['POST', '/messages', at, 'n-1', digest].join('\n'))
      .digest('hex');
    const answer = await fetch(`${running.smsCarrier}/messages`, {
      method: 'POST',
      body,
      headers: {
        'x-tongxing-key': KEYS['sms-carrier'].keyId,
        'x-tongxing-timestamp': at,
        'x-tongxing-nonce': 'n-1',
        'x-tongxing-signature': signature,
      },
    });
    const text = await answer.text();
    expect(JSON.parse(text)).toEqual({ accepted: true, id: 'by-hand' });
    expect(answer.headers.get('x-tongxing-signature')).toBe(
      signAnswer(KEYS['sms-carrier'].secret, 'by-hand', text),
    );
  });

  it('keeps a message that is sent twice once', async () => {
    await send(message('twice', { to: '+8613911110001' }));
    expect(await (await send(message('twice', { to: '+8613911110001' }))).json()).toEqual({
      accepted: true,
      id: 'twice',
    });
    expect(await outbox('13911110001')).toHaveLength(1);
  });

  it('shows the newest first, with the code, to whichever way the phone is written', async () => {
    await send(message('m1', { to: '+8613911110002', text: '验证码 111222，尾号 8000。' }));
    await send(
      message('m2', { to: '+8613911110002', text: '您的账号 2026-11-22 登录。', purpose: 'notice' }),
    );
    for (const phone of ['13911110002', '+8613911110002', '+86 139 1111 0002', '0086-13911110002'])
      expect(await outbox(phone)).toMatchObject([
        { id: 'm2', code: null, purpose: 'notice' },
        { id: 'm1', code: '111222', phone: '+8613911110002' },
      ]);
    expect(await outbox('13911110003')).toEqual([]);
  });

  it('keeps only the last five hundred', async () => {
    for (let n = 0; n < 505; n += 1) await send(message(`many-${n}`, { to: '+8613911110004' }));
    const kept = await outbox('13911110004');
    expect(kept).toHaveLength(500);
    expect(kept[0]?.id).toBe('many-504');
  });

  it.each(['wrong', 'half', 'error'])('told to be %s delivers nothing', async (behaviour) => {
    await running.tell('sms-carrier', behaviour);
    const answer = await send(message(`never-${behaviour}`, { to: '+8613911110005' }));
    await running.tell('sms-carrier', 'normal');
    expect(((await answer.json()) as { accepted?: boolean }).accepted).not.toBe(true);
    expect(await outbox('13911110005')).toEqual([]);
  });

  it('shows messages to people, escaped', async () => {
    await send(message('html', { to: '+8613911110006', text: '<script>alert(1)</script>' }));
    const page = await fetch(`${running.smsCarrier}/outbox?phone=13911110006`);
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).toContain('&lt;script');
    expect(html).not.toContain('<script');
  });

  it('updates its page by itself until it is told not to', async () => {
    expect((await fetch(`${running.smsCarrier}/outbox`)).headers.get('refresh')).toBe('5');
    expect((await fetch(`${running.smsCarrier}/outbox?still=1`)).headers.get('refresh')).toBeNull();
  });
});

describe('the control page', () => {
  const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${running.hub}/control`, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });

  it.each([
    ['an unknown stand-in', 'target=moon&behaviour=slow'],
    ['an unknown behaviour', 'target=sms-carrier&behaviour=happy'],
    ['nothing', ''],
  ])('refuses %s', async (_, body) => {
    expect((await post(body)).status).toBe(400);
  });

  it("refuses another site's form", async () => {
    const answer = await post('target=sms-carrier&behaviour=down', { 'sec-fetch-site': 'cross-site' });
    expect(answer.status).toBe(403);
    expect(await running.json(`${running.hub}/control.json`)).toMatchObject({ 'sms-carrier': 'normal' });
  });

  it('shows and keeps what was chosen', async () => {
    await running.tell('mobile-operator', 'slow');
    expect(await running.json(`${running.hub}/control.json`)).toEqual({
      'population-register': 'normal',
      'mobile-operator': 'slow',
      'sms-carrier': 'normal',
      'bank-card': 'normal',
      face: 'normal',
      'network-identity': 'normal',
    });
    const html = await (await fetch(`${running.hub}/control`)).text();
    expect(html).toMatch(/id="mobile-operator-slow"[^>]*checked/);
    await running.tell('mobile-operator', 'normal');
  });
});

describe('the personas', () => {
  it('are served on every port, with everything a script needs', async () => {
    for (const url of [running.hub, running.smsCarrier, new URL(running.mobileOperator.url).origin])
      expect(await running.json(`${url}/personas.json`)).toEqual(PERSONAS);
    const members = ['id', 'name', 'phone', 'password', 'id_number', 'ial', 'purpose'];
    for (const persona of PERSONAS) for (const member of members) expect(persona).toHaveProperty(member);
  });

  it('are shown on a page', async () => {
    const html = await (await fetch(`${running.hub}/`)).text();
    for (const { name, phone, id_number: number } of PERSONAS)
      for (const shown of [name, phone, number]) expect(html).toContain(shown);
  });

  it('each have a well-formed number and name, an own phone and a password to be used alone', () => {
    for (const persona of PERSONAS) {
      const { document: kind, id_number: number, name } = persona;
      expect(parseDocument(kind, number, systemClock.now())).toMatchObject({ is: 'ok', number });
      expect(parseNameFor(kind, name)).toEqual({ is: 'ok', name });
      expect(persona.password.length).toBeGreaterThanOrEqual(15);
      expect(persona.phone).toMatch(/^1\d{10}$/);
    }
    for (const member of ['id', 'phone', 'id_number', 'password'] as const)
      expect(new Set(PERSONAS.map((persona) => persona[member])).size).toBe(PERSONAS.length);
  });

  it.each([
    ['minor', 14, 17],
    ['child', 0, 13],
    ['elder', 80, 120],
  ])('%s is between %d and %d years old', (id, least, most) => {
    const now = new Date('2026-11-22T04:00:00Z');
    const persona = PERSONAS.find((known) => known.id === id);
    const parsed = parseResidentId(persona?.id_number ?? '', now);
    const age = parsed.is === 'ok' ? ageOn(parsed.birthdate, shanghaiDate(now)) : -1;
    expect(age).toBeGreaterThanOrEqual(least);
    expect(age).toBeLessThanOrEqual(most);
  });
});
