import { Fault } from '../../../idp/platform/base/errors.ts';
import { personalPhone, secret } from '../../../idp/platform/base/secret.ts';
import { systemClock } from '../../../idp/platform/base/clock.ts';
import { createNotify, type TextMessage } from '../../../idp/platform/notify/notify.ts';
import { notifySettings } from '../../../idp/platform/notify/settings.ts';
import { createHttpCarrier } from '../../../idp/platform/notify/sms/http-carrier.ts';
import type { LogFields } from '../../../idp/platform/telemetry/log.ts';
import { carrierServer, SHARED_SECRET, type CarrierServer } from './carrier-server.ts';

const message: TextMessage = {
  to: personalPhone('+8613800135678'),
  text: secret('482913'),
  locale: 'zh-CN',
  messageId: 'm',
  purpose: 'signin',
};

describe('a message with two carriers', () => {
  let first: CarrierServer;
  let second: CarrierServer;
  const logged: { readonly text: string; readonly fields: LogFields | undefined }[] = [];
  const counted: string[] = [];
  const send = (): Promise<void> => {
    const carriers = [first, second].map((server, index) =>
      createHttpCarrier({
        id: `carrier-${index}`,
        url: server.url,
        keyId: 'k',
        secret: secret(SHARED_SECRET),
        timeoutMs: 200,
        clock: systemClock,
      }),
    );
    const write = (text: string, fields?: LogFields): void => void logged.push({ text, fields });
    const log = { info: write, warn: write, error: (text: string) => write(text) };
    const metrics = (id: string, delivery: string, purpose: string): void =>
      void counted.push(`${id} ${delivery} ${purpose}`);
    return createNotify({ carriers, log, metrics }).text(message);
  };

  beforeEach(async () => {
    [first, second] = await Promise.all([carrierServer(), carrierServer()]);
    logged.length = 0;
    counted.length = 0;
  });
  afterEach(() => Promise.all([first.close(), second.close()]));

  it('is unavailable, with a time to try again, when every carrier refuses', async () => {
    first.behave('refuses');
    second.behave('breaks');
    const refusal = await send().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(Fault);
    expect(refusal).toMatchObject({ code: 'unavailable', detail: { retryAfterSeconds: 30 } });
  });

  it('goes to the second when the first certainly did not take it', async () => {
    first.behave(500);
    await send();
    expect(second.received).toHaveLength(1);
    expect(counted).toEqual(['carrier-0 refused signin', 'carrier-1 accepted signin']);
  });

  it('is not sent a second time when the first may have it', async () => {
    first.behave('hangs');
    await send();
    expect(second.received).toHaveLength(0);
  });

  it('stays with the first while it accepts', async () => {
    await send();
    expect([first.received.length, second.received.length]).toEqual([1, 0]);
    expect(logged).toEqual([]);
  });

  it('leaves neither number nor text in the log', async () => {
    first.behave('refuses');
    await send();
    expect(JSON.stringify(logged)).not.toMatch(/13800135678|482913/);
    expect(logged[0]?.fields).toEqual({ part: 'carrier-0', code: 'refused' });
  });
});

describe('settings of carriers', () => {
  const secret = 'a shared key of thirty-two letters';
  const carrier = { id: 'first', url: 'http://127.0.0.1:3102', keyId: 'k1', secret, timeoutMs: 3000 };
  it.each([
    ['no carrier', []],
    ['an address that is none', [{ ...carrier, url: 'carrier' }]],
    ['a secret of four letters', [{ ...carrier, secret: 'abcd' }]],
    ['a wait of a minute', [{ ...carrier, timeoutMs: 60_000 }]],
    ['a name with spaces', [{ ...carrier, id: 'the first' }]],
  ])('%s is refused', (_case, carriers) => {
    expect(notifySettings.safeParse({ carriers }).success).toBe(false);
  });

  it('make carriers in their order, and print no secret', () => {
    const settings = notifySettings.parse({ carriers: [{ ...carrier, id: 'second' }, carrier] });
    const made = settings.carriers.map((one) => createHttpCarrier({ ...one, clock: systemClock }));
    expect(made.map(({ id }) => id)).toEqual(['second', 'first']);
    expect(JSON.stringify(settings)).not.toContain(secret);
  });
});
