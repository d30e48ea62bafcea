import { createFactors, type Factor } from '../../idp/factors/factors.ts';
import { M as passwordTexts } from '../../idp/factors/password/messages.ts';
import { M as qrTexts } from '../../idp/factors/qr/messages.ts';
import type { Qr } from '../../idp/factors/qr/qr.ts';
import { M as smsTexts } from '../../idp/factors/sms/messages.ts';
import { M as passkeyTexts } from '../../idp/factors/webauthn/messages.ts';
import { epochSeconds } from '../../idp/platform/base/clock.ts';
import { codeFor, factorsFixture, LONG, otherThan, type FactorsFixture } from '../factors/fixture.ts';
import { device, enrolled, offered, use } from '../factors/webauthn/holder.ts';
import { scanned } from '../platform/ui/camera.ts';
import { describeFactor } from './factor.ts';

let fixture: FactorsFixture;
let password: Factor;
let sms: Factor;
let qr: Qr;
let passkey: Factor;

beforeAll(async () => {
  fixture = await factorsFixture();
  password = fixture.password();
  sms = fixture.sms();
  qr = fixture.qr();
  passkey = fixture.passkey();
});
afterAll(() => fixture.close());

const done = <T>(answer: { readonly is: string; readonly value?: T }): T => {
  if (answer.is !== 'done' || answer.value === undefined) throw new Error(answer.is);
  return answer.value;
};

describeFactor('password', {
  factor: () => password,
  fixture: () => fixture,
  password: LONG,
  succeed: async (flow, phone) => done(await flow.submit({ phone, password: LONG })),
  fail: async (flow, phone) => void (await flow.submit({ phone, password: 'not the right one' })),
  enrolment: { good: async () => ({ password: LONG }), bad: { password: '12345678' } },
});

describeFactor('text message code', {
  factor: () => sms,
  fixture: () => fixture,
  async succeed(flow, phone) {
    await flow.submit({ phone });
    return done(await flow.submit({ code: codeFor(fixture.carrier, phone) }));
  },
  async fail(flow, phone) {
    await flow.submit({ phone });
    await flow.submit({ code: otherThan(codeFor(fixture.carrier, phone)) });
  },
});

describeFactor('passkey', {
  factor: () => passkey,
  fixture: () => fixture,
  scripted: true,
  amr: ['swk', 'user'],
  async succeed(flow, phone) {
    const owner = await fixture.citizens.findByPhone(phone);
    if (owner === undefined) throw new Error('no such account');
    const key = device({ synced: true });
    await enrolled(fixture, passkey, owner, key);
    return done(await use(flow, key));
  },
  fail: async (flow) => void (await flow.submit({ credential: '{}' })),
  enrolment: {
    good: async (flow) => ({ credential: device({ synced: true }).create(await offered(flow)) }),
    bad: { credential: '{}' },
  },
  chance: [/challenge&quot;:&quot;[\w-]+/g],
});

describeFactor('QR code', {
  factor: () => qr.factor,
  fixture: () => fixture,
  isTyped: false,
  chance: [/<path d="[^"]*" fill="#000"/g, /\/qr\/[\w-]{22}/g, /\b[1-9]\d\b/g],
  async succeed(flow, phone) {
    const html = await flow.html();
    const id = scanned(html).slice(-22);
    const citizenId = await fixture.citizens.findByPhone(phone);
    if (citizenId === undefined) throw new Error('no such citizen');
    const at = { address: '10.0.0.1', device: undefined, browser: 'phone', reference: 'conformance' };
    const owner = { ...at, citizenId, amr: ['pwd'], authTime: epochSeconds(fixture.clock.now()) };
    await qr.scans.open(id, owner);
    await qr.scans.pick(id, owner, /<b>(\d{2})<\/b>/.exec(html)?.[1] ?? '');
    return done(await flow.submit({}));
  },
  async fail(flow) {
    await flow.show();
    await flow.submit({});
  },
});

describe('the texts of the factors', () => {
  it.each([
    ['password', passwordTexts],
    ['passkey', passkeyTexts],
    ['text message code', smsTexts],
    ['QR code', qrTexts],
  ])(
    'of %s are Chinese in Chinese and English in English, without a word that blames or says nothing',
    (_name, M) => {
      const forbidden = /无效|非法|系统异常|参数错误|令牌|会话|操作失败|sorry|please|oops|invalid|[!！]/i;
      for (const text of Object.values(M.texts['zh-CN'])) {
        expect(text).not.toMatch(forbidden);
        // A sign between two words is of no language.
        expect(text).toMatch(/\p{Script=Han}|^\{|^\p{P}$/u);
      }
      for (const text of Object.values(M.texts.en))
        expect(text.replaceAll(/通行|【.*】/g, '')).not.toMatch(
          /\p{Script=Han}|invalid|please|sorry|oops|!/iu,
        );
    },
  );
});

describe('the list of factors', () => {
  it('keeps the order of the tabs and finds by id', () => {
    const factors = createFactors([password, sms, qr.factor, passkey]);
    expect(factors.list.map(({ id }) => id)).toEqual(['password', 'sms', 'qr', 'passkey']);
    expect(factors.byId('sms')).toBe(sms);
    expect(factors.byId('telepathy')).toBeUndefined();
  });
});
