import { personalPhone, secret } from '../../../idp/platform/base/secret.ts';
import type { SmsCarrier, TextMessage } from '../../../idp/platform/notify/notify.ts';
import { createOutbound } from '../../../idp/platform/http/outbound.ts';
import { carrierServer, type CarrierServer } from './carrier-server.ts';
import { carrierAt } from './carriers.ts';

const message = (): TextMessage => ({
  to: personalPhone('+8613800135678'),
  text: secret('【国家政务登录】验证码 482913，5 分钟内有效。'),
  locale: 'zh-CN',
  messageId: 'message-1',
  purpose: 'signin',
});

describe('a carrier over signed HTTP', () => {
  let server: CarrierServer;
  let carrier: SmsCarrier;

  beforeAll(async () => {
    server = await carrierServer();
    carrier = carrierAt(`${server.url}/`, { timeoutMs: 1_500 });
  });
  afterAll(() => server.close());

  it.each([
    ['refuses', 'refused'],
    [400, 'refused'],
    [503, 'refused'],
    ['breaks', 'unknown'],
    ['hangs', 'unknown'],
    [502, 'unknown'],
    ['gateway', 'unknown'],
    ['garbles', 'unknown'],
    ['accepts', 'accepted'],
  ] as const)('that %s leaves the message %s', async (behaviour, delivery) => {
    server.behave(behaviour);
    expect(await carrier.send(message())).toMatchObject({ delivery });
  });

  it('that follows no redirect, because the signature names one place', async () => {
    server.behave(302);
    expect(await carrier.send(message())).toMatchObject({ delivery: 'refused' });
  });

  it('that nobody listens for has refused within its time', async () => {
    const gone = await carrierServer();
    await gone.close();
    const dead = carrierAt(gone.url, { timeoutMs: 1_500 });
    expect(await dead.send(message())).toEqual({ delivery: 'refused', code: 'not_reachable' });
  });

  it('reached over the rules for outside addresses tells a time-out from an address that is refused', async () => {
    const rules = { connectMs: 1_000, timeoutMs: 200, maxBytes: 1_000 };
    const over = (allowHosts: readonly string[]): SmsCarrier =>
      carrierAt(server.url, {}, { fetch: createOutbound({ ...rules, allowHosts }) as typeof fetch });
    server.behave('hangs');
    expect(await over(['127.0.0.1']).send(message())).toEqual({ delivery: 'unknown', code: 'no_answer' });
    expect(await over([]).send(message())).toEqual({ delivery: 'refused', code: 'not_reachable' });
  });

  it('that hangs holds no more requests than declared, and as many in the queue; the others learn it at once', async () => {
    server.behave('hangs');
    server.received.length = 0;
    const bounded = carrierAt(server.url, { timeoutMs: 1_500, concurrency: 3 });
    const sending = Array.from({ length: 20 }, () => bounded.send(message()));
    const attempts = await Promise.all(sending);
    expect(attempts.filter(({ code }) => code === 'busy')).toHaveLength(14);
    expect(attempts.filter(({ code }) => code === 'no_answer')).toHaveLength(6);
    expect(attempts.slice(6).every(({ delivery }) => delivery === 'refused')).toBe(true);
  });

  it('that is slow and the only one is asked on and on; beside another one it is left alone for a while', async () => {
    const codes = async (alone: boolean): Promise<readonly string[]> => {
      const slow = carrierAt(server.url, { timeoutMs: 100, breakerFailures: 2 }, { alone });
      const found: string[] = [];
      for (let turn = 0; turn < 4; turn += 1) found.push((await slow.send(message())).code);
      return found;
    };
    server.behave('hangs');
    expect(await codes(true)).toEqual(['no_answer', 'no_answer', 'no_answer', 'no_answer']);
    expect(await codes(false)).toEqual(['no_answer', 'no_answer', 'breaker_open', 'breaker_open']);
  });

  it('signs method, path, time, nonce and body, each request anew', async () => {
    server.behave('accepts');
    server.received.length = 0;
    await carrier.send(message());
    await carrier.send(message());
    const [first, second] = server.received;
    expect(first).toMatchObject({ path: '/carrier/messages', genuine: true });
    expect(first?.headers['x-tongxing-key']).toBe('k1');
    expect(Math.abs(Number(first?.headers['x-tongxing-timestamp']) - Date.now() / 1000)).toBeLessThan(5);
    expect(first?.headers['x-tongxing-nonce']).not.toBe(second?.headers['x-tongxing-nonce']);
    expect(first?.body).toEqual({
      message_id: 'message-1',
      to: '+8613800135678',
      text: '【国家政务登录】验证码 482913，5 分钟内有效。',
      purpose: 'signin',
    });
  });
});
