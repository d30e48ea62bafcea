// The vendors' shapes: signatures against what the vendors publish, messages against stand-ins that read them on their
// own, answers and receipts against the published tables.
import { secret, personalPhone } from '../../../idp/platform/base/secret.ts';
import type { Attempt, TextMessage } from '../../../idp/platform/notify/notify.ts';
import { presetOf } from '../../../idp/platform/notify/sms/http-carrier.ts';
import { signRpc } from '../../../idp/platform/notify/sms/presets/aliyun.ts';
import { signTc3 } from '../../../idp/platform/notify/sms/presets/tencent.ts';
import type { Push, Receipt } from '../../../idp/platform/notify/sms/preset.ts';
import { KEYS, runSandbox, type Running } from '../../sandbox/running.ts';
import { carrierAt, carrierSettings } from './carriers.ts';

describe('a signature is the published one', () => {
  it('for SendSms of Aliyun', () => {
    const parameters = {
      AccessKeyId: 'testId',
      Timestamp: '2017-07-12T02:42:19Z',
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: '45e25e9b-0a6f-4070-8c85-2956eda1b466',
      Format: 'XML',
      Action: 'SendSms',
      Version: '2017-05-25',
      RegionId: 'cn-hangzhou',
      PhoneNumbers: '15300000001',
      SignName: '阿里云短信测试专用',
      TemplateParam: '{"customer":"test"}',
      TemplateCode: 'SMS_71390007',
      OutId: '123',
    };
    expect(signRpc('GET', parameters, secret('testSecret'))).toBe('zJDF+Lrzhj/ThnlvIToysFRq6t4=');
  });

  const body = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}';
  const headers = { 'content-type': 'application/json; charset=utf-8', host: 'cvm.tencentcloudapi.com' };
  it.each([
    [
      'two headers',
      'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
      headers,
      '72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168',
    ],
    [
      'the action too',
      '*'.repeat(32),
      { ...headers, 'x-tc-action': 'DescribeInstances' },
      '10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f',
    ],
  ])('for the CVM example of Tencent Cloud with %s signed', (_case, key, signed, signature) => {
    const made = signTc3('AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE', secret(key), {
      service: 'cvm',
      at: 1551113065,
      headers: signed,
      body,
    });
    expect(made).toBe(
      `TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, ` +
        `SignedHeaders=${Object.keys(signed).join(';')}, Signature=${signature}`,
    );
  });
});

const signin = (id: string) => ({ signin: { 'zh-CN': { id, blanks: ['code', 'minutes', 'service'] } } });
const VENDORS = {
  aliyun: { preset: 'aliyun', signName: '国家政务登录', templates: signin('SMS_71390007') },
  tencent: {
    preset: 'tencent',
    signName: '国家政务登录',
    templates: signin('449739'),
    sdkAppId: '1400006666',
    region: 'ap-guangzhou',
  },
} as const;
const VENDOR_NAMES = ['aliyun', 'tencent'] as const;
const message = (changes: Partial<TextMessage> = {}): TextMessage => ({
  to: personalPhone('+8613800135678'),
  text: secret('the text that vendors with templates never see'),
  locale: 'zh-CN',
  messageId: 'message-1',
  purpose: 'signin',
  blanks: { code: secret('482913'), minutes: secret('5'), service: secret("住房公积金 (a+b)*'c'!~") },
  ...changes,
});

describe.each(VENDOR_NAMES)('%s, over a stand-in that checks the signature on its own', (vendor) => {
  let sandbox: Running;
  beforeAll(async () => {
    sandbox = await runSandbox();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.tell('sms-carrier', 'normal'));

  const send = (changes: Partial<TextMessage> = {}, entry: object = {}): Promise<Attempt> => {
    const { keyId, secret: shared } = KEYS['sms-carrier'];
    return carrierAt(`${sandbox.smsCarrier}/${vendor}`, {
      keyId,
      secret: shared.reveal(),
      timeoutMs: 800,
      ...VENDORS[vendor],
      ...entry,
    }).send(message(changes));
  };
  const outbox = (): Promise<readonly { readonly text: string; readonly code: string }[]> =>
    sandbox.json(`${sandbox.smsCarrier}/outbox.json?phone=13800135678`);

  it.each([
    ['a key that it does not know', {}, { keyId: 'nobody' }],
    ['a wrong secret', {}, { secret: 'not the shared key, but as long as one' }],
    ['a purpose without a template', { purpose: 'notice' }, {}],
    ['a message that does not fill the template', { blanks: { code: secret('482913') } }, {}],
    ['a call', { voice: true }, {}],
  ])('refuses %s, and nothing is delivered', async (_case, changes, entry) => {
    const before = (await outbox()).length;
    expect(await send(changes, entry)).toMatchObject({ delivery: 'refused' });
    expect(await outbox()).toHaveLength(before);
  });

  it.each([
    ['wrong', 'refused'],
    ['error', 'refused'],
    ['half', 'unknown'],
    ['down', 'unknown'],
    ['slow', 'unknown'],
    ['lost', 'accepted'],
  ])('told to be %s leaves a message %s', async (behaviour, delivery) => {
    await sandbox.tell('sms-carrier', behaviour);
    expect(await send()).toMatchObject({ delivery });
  });

  it('takes a message with what its template leaves open, in any letters, and names it', async () => {
    expect(await send()).toMatchObject({
      delivery: 'accepted',
      code: expect.stringMatching(/^ok$/i),
      reference: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const [shown] = await outbox();
    expect(shown?.code).toBe('482913');
    expect(shown?.text).toContain("住房公积金 (a+b)*'c'!~");
    expect(shown?.text).not.toContain('never see');
  });

  it('gets the Chinese template where there is none in the other language', async () => {
    expect(await send({ locale: 'en' })).toMatchObject({ delivery: 'accepted' });
  });
});

const presets = {
  aliyun: presetOf(
    carrierSettings({
      id: 'a',
      url: 'https://dysmsapi.aliyuncs.com/',
      keyId: 'k',
      secret: 'sixteen letters and more',
      timeoutMs: 1000,
      receiptKey: 'the agreed part of the address, 32+',
      ...VENDORS.aliyun,
    }),
  ),
  tencent: presetOf(
    carrierSettings({
      id: 't',
      url: 'https://sms.tencentcloudapi.com/',
      keyId: 'k',
      secret: 'sixteen letters and more',
      timeoutMs: 1000,
      receiptKey: 'the agreed part of the address, 32+',
      ...VENDORS.tencent,
    }),
  ),
};

describe('what a vendor answers', () => {
  const inTencent = (Code: string): object => ({ Response: { SendStatusSet: [{ Code, SerialNo: 's' }] } });
  it.each([
    ['aliyun', { Code: 'OK', BizId: 'b' }, 'accepted'],
    ['aliyun', { Code: 'isv.BUSINESS_LIMIT_CONTROL' }, 'refused'],
    ['aliyun', { Code: 'isv.OUT_OF_SERVICE' }, 'refused'],
    ['aliyun', { Code: 'isp.SYSTEM_ERROR' }, 'refused'],
    ['aliyun', { Code: 'Throttling.User' }, 'refused'],
    ['aliyun', { Code: 'SignatureDoesNotMatch' }, 'refused'],
    ['aliyun', { Code: 'InternalError' }, 'unknown'],
    ['aliyun', { Code: 'isp.SOMETHING_NEW' }, 'unknown'],
    ['aliyun', {}, 'unknown'],
    ['aliyun', undefined, 'unknown'],
    ['tencent', inTencent('Ok'), 'accepted'],
    ['tencent', inTencent('LimitExceeded.PhoneNumberDailyLimit'), 'refused'],
    ['tencent', inTencent('FailedOperation.PhoneNumberInBlacklist'), 'refused'],
    ['tencent', inTencent('InternalError.Timeout'), 'unknown'],
    ['tencent', { Response: { Error: { Code: 'AuthFailure.SignatureFailure' } } }, 'refused'],
    ['tencent', { Response: { Error: { Code: 'InternalError' } } }, 'unknown'],
    ['tencent', { Response: { SendStatusSet: [] } }, 'unknown'],
    ['tencent', 'Ok', 'unknown'],
  ] as const)('%s: %j leaves the message %s', (vendor, body, delivery) => {
    expect(presets[vendor].read({ status: 200, body }).delivery).toBe(delivery);
  });

  it('stands in the log by its code alone, never with a number', () => {
    const told = presets.aliyun.read({
      status: 200,
      body: { Code: 'isv.13800135678', Message: '13800135678' },
    });
    expect(JSON.stringify(told)).not.toContain('13800135678');
  });

  it('is asked for with the number and the code in the body, not in the address', () => {
    for (const vendor of VENDOR_NAMES) {
      const request = presets[vendor].request(message(), { at: new Date(), nonce: 'n' });
      expect(request?.url).not.toMatch(/13800135678|482913/);
      expect(JSON.stringify(request?.headers)).not.toMatch(/13800135678|482913|sixteen letters/);
      expect(request?.body).toMatch(/13800135678/);
    }
  });
});

describe('a receipt of a vendor', () => {
  const push = (body: unknown, key: string | undefined = 'the agreed part of the address, 32+'): Push => ({
    path: '/receipts/sms/a',
    key,
    header: () => '',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    at: new Date(),
  });
  const aliyunReport = {
    phone_number: '13800135678',
    success: true,
    err_code: 'DELIVERED',
    biz_id: 'b-1',
    out_id: 'message-1',
  };
  const tencentReport = {
    nationcode: '86',
    mobile: '13800135678',
    report_status: 'FAIL',
    errmsg: 'MK:0001',
    sid: 's-1',
    ext: 'message-1',
  };

  it('tells message and outcome, and is read without the number', () => {
    const read: readonly (readonly Receipt[] | undefined)[] = [
      presets.aliyun.receipts(push([aliyunReport])),
      presets.tencent.receipts(push([tencentReport])),
    ];
    expect(read).toEqual([
      [{ messageId: 'message-1', reference: 'b-1', outcome: 'delivered', code: 'DELIVERED' }],
      [{ messageId: 'message-1', reference: 's-1', outcome: 'failed', code: 'MK:0001' }],
    ]);
  });

  it.each(VENDOR_NAMES)('of %s is nobody’s without the key in its address', (vendor) => {
    for (const key of [undefined, '', 'another part of the address, 32 ...', 'the agreed part'])
      expect(presets[vendor].receipts({ ...push([]), key })).toBeUndefined();
  });

  it.each(VENDOR_NAMES)('of %s that makes no sense tells nothing', (vendor) => {
    for (const body of ['', 'null', '{}', '[null, 1, {"success": "true", "report_status": "OK"}]', 'no JSON'])
      expect(presets[vendor].receipts(push(body))).toEqual([]);
  });
});
