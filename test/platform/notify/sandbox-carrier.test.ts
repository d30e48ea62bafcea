import { personalPhone, secret } from '../../../idp/platform/base/secret.ts';
import type { Delivery } from '../../../idp/platform/notify/notify.ts';
import { KEYS, runSandbox, type Running } from '../../sandbox/running.ts';
import { carrierAt } from './carriers.ts';

describe('the carrier of the sandbox', () => {
  let sandbox: Running;
  beforeAll(async () => {
    sandbox = await runSandbox();
  });
  afterAll(() => sandbox.close());

  const send = async (messageId: string, key = KEYS['sms-carrier']): Promise<Delivery> => {
    const shared = { keyId: key.keyId, secret: key.secret.reveal(), timeoutMs: 800 };
    const { delivery } = await carrierAt(sandbox.smsCarrier, shared).send({
      to: personalPhone('+8613800135678'),
      text: secret('【国家政务登录】验证码 482913，5 分钟内有效。'),
      locale: 'zh-CN',
      messageId,
      purpose: 'signin',
    });
    return delivery;
  };

  it('takes no message under a key it does not know', async () => {
    expect(
      await send('m0', {
        keyId: 'tongxing-sms-carrier',
        secret: secret('another key of 32 letters or a few more'),
      }),
    ).toBe('refused');
  });

  it.each([
    ['down', 'unknown'],
    ['error', 'refused'],
    ['wrong', 'refused'],
    ['slow', 'unknown'],
    ['normal', 'accepted'],
  ] as const)('told to be %s leaves a message %s', async (behaviour, delivery) => {
    await sandbox.tell('sms-carrier', behaviour);
    expect(await send(`m-${behaviour}`)).toBe(delivery);
  });

  it('shows a message once, however often it is sent', async () => {
    await sandbox.tell('sms-carrier', 'normal');
    expect([await send('same'), await send('same')]).toEqual(['accepted', 'accepted']);
    const shown = await sandbox.json<readonly { readonly id: string; readonly code: string }[]>(
      `${sandbox.smsCarrier}/outbox.json?phone=13800135678`,
    );
    expect(shown.filter(({ id }) => id === 'same')).toMatchObject([{ code: '482913' }]);
  });
});
