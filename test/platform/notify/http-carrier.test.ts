import { personalPhone, secret } from '../../../idp/platform/base/secret.ts';
import type { SmsCarrier, TextMessage } from '../../../idp/platform/notify/notify.ts';
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
    carrier = carrierAt(`${server.url}/`, { timeoutMs: 300 });
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
    const dead = carrierAt(gone.url, { timeoutMs: 300 });
    expect(await dead.send(message())).toEqual({ delivery: 'refused', code: 'not_reachable' });
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
