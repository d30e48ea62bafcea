import { systemClock } from '../../../idp/platform/base/clock.ts';
import { createNetworkIdentity } from '../../../idp/proofing/authorities/network-identity/network-identity.ts';
import type { Claimed, Finding } from '../../../idp/proofing/proofing.ts';
import { authorityConformance, type Making } from '../../conformance/authority.ts';
import {
  HOLDERS,
  RETURN_TO,
  begin,
  claimOf,
  handedOver,
  type Act,
} from '../../sandbox/network-identity-app.ts';
import { answering, type Answering } from './answering.ts';

// The service looks at one face ten times a day: the next person's each time.
const FRESH = HOLDERS.filter((id) => id !== 'elder');
let turn = 0;
const next = (): string => FRESH[(turn += 1) % FRESH.length] ?? '';

const doing =
  (act: Act, persona?: string) =>
  ({ authority, requestId }: Making): Promise<Claimed> =>
    handedOver(authority, requestId, act, persona ?? next());

/** Ten faces are looked at, and then one more. */
async function tired({ authority, requestId }: Making): Promise<Claimed> {
  for (let n = 0; n < 10; n += 1) await handedOver(authority, `${requestId}-${n}`, 'face_failed', 'elder');
  return handedOver(authority, requestId, 'present_with_face', 'elder');
}

describe('the network identity service', () => {
  authorityConformance({
    standIn: 'network-identity',
    settings: (running) => running.vendor('network-identity'),
    create: createNetworkIdentity,
    reaches: 3,
    handsOver: true,
    no: 'no_record',
    claims: {
      match: doing('present_with_face'),
      unsupported: doing('present'),
      cancelled: doing('cancel'),
      not_live: doing('face_failed', 'verified-two'),
      no_record: doing('present_with_face', 'not-found'),
      too_many: tired,
      pending: async ({ authority, requestId }) => claimOf(await begin(authority, requestId)),
      expired: { document: undefined, phone: undefined, more: {}, reference: 'nobody-began-this-one-0' },
    },
  });
});

const HASH = '5f'.repeat(32);
const SEQUENCE = 'a-sequence-of-the-service';
const claimed: Claimed = { document: undefined, phone: undefined, more: {}, reference: SEQUENCE };

const RESULTS = [
  ['waiting', 'pending'],
  ['cancelled', 'cancelled'],
  ['expired', 'expired'],
  ['unknown', 'expired'],
  ['face_failed', 'not_live'],
  ['no_network_identity', 'no_record'],
  ['too_many', 'too_many'],
] as const;

describe('what the network identity service answers', () => {
  let vendor: Answering;
  beforeAll(async () => {
    vendor = await answering();
  });
  afterAll(() => vendor.close());
  const service = () => createNetworkIdentity({ settings: vendor.settings, clock: systemClock });
  const result = (ResultObject: unknown, Code = '200') => ({ Code, TransactionId: 't-1', ResultObject });
  const examined = async (body: unknown): Promise<Omit<Finding, 'at'>> => {
    vendor.answer(body);
    const { at, ...finding } = await service().examine(claimed, 'request');
    expect(at).toBeInstanceOf(Date);
    return finding;
  };

  it.each(RESULTS)('%s is %s', async (Result, is) => {
    expect(await examined(result({ Result, BizSeq: SEQUENCE }))).toEqual({
      is,
      transaction: 't-1',
      details: { result: Result },
    });
  });

  it('presented with the face is a match, under a pseudonym', async () => {
    const presented = { Result: 'presented', BizSeq: SEQUENCE, Assurance: 'face', NetworkIdHash: HASH };
    expect(await examined(result(presented))).toEqual({
      is: 'match',
      transaction: 't-1',
      details: { assurance: 'face' },
      pseudonym: HASH,
    });
  });

  it('presented without the face is not enough, and brings no pseudonym', async () => {
    const presented = { Result: 'presented', BizSeq: SEQUENCE, Assurance: 'no_face', NetworkIdHash: HASH };
    expect(await examined(result(presented))).toEqual({
      is: 'unsupported',
      transaction: 't-1',
      details: { assurance: 'no_face' },
    });
  });

  it.each([
    ['no pseudonym', result({ Result: 'presented', BizSeq: SEQUENCE, Assurance: 'face' })],
    ['no assurance', result({ Result: 'presented', BizSeq: SEQUENCE, NetworkIdHash: HASH })],
    [
      'an unknown assurance',
      result({ Result: 'presented', BizSeq: SEQUENCE, Assurance: 'voice', NetworkIdHash: HASH }),
    ],
    [
      'a number for a pseudonym',
      result({
        Result: 'presented',
        BizSeq: SEQUENCE,
        Assurance: 'face',
        NetworkIdHash: '330106199506182261',
      }),
    ],
    [
      'another sequence',
      result({ Result: 'presented', BizSeq: `${SEQUENCE}-2`, Assurance: 'face', NetworkIdHash: HASH }),
    ],
    ['no sequence', result({ Result: 'cancelled' })],
    ['an unknown result', result({ Result: 'perhaps', BizSeq: SEQUENCE })],
    ['no result', result({ BizSeq: SEQUENCE })],
    ['another code', result({ Result: 'cancelled', BizSeq: SEQUENCE }, '500')],
    ['no transaction', { ...result({ Result: 'cancelled', BizSeq: SEQUENCE }), TransactionId: undefined }],
    ['nothing', null],
  ])('%s is no answer', async (_, body) => {
    expect(await examined(body)).toEqual({ is: 'unavailable', reason: 'bad_answer' });
  });

  it('is asked for no name, no number and no phone', async () => {
    vendor.answer(result({ Result: 'waiting', BizSeq: SEQUENCE }));
    await service().examine(claimed, 'request-9');
    expect(vendor.asked.at(-1)).toEqual({ RequestId: 'request-9', BizSeq: SEQUENCE });
  });

  it('is never asked about nothing: that is a mistake of ours', async () => {
    await expect(service().examine({ ...claimed, reference: undefined }, 'request')).rejects.toThrow('begun');
  });

  it('covers no document, and says that it is voluntary and one way of several', () => {
    const { words, ...authority } = service();
    expect(authority).toMatchObject({
      covers: [],
      beside: [],
      leads: true,
      validitySeconds: 365 * 86_400,
    });
    expect(words.needs['zh-CN']).toContain('自愿');
    expect(words.needs['zh-CN']).toContain('别的方式');
    expect(words.needs.en).toMatch(/your choice.*other ways/);
    expect(words.consent?.['zh-CN']).toMatch(/自愿.*刷脸/);
  });

  const begun = {
    BizSeq: SEQUENCE,
    AppUrl: 'https://app.example.cn/s/1',
    ExpiresAt: '2026-11-22T10:00:00.000Z',
  };
  const beginning = async (body: unknown): Promise<unknown> => {
    vendor.answer(body);
    const { collect } = service();
    if (collect.by !== 'hand_over') throw new Error('hands nobody over');
    return collect.begin({ ...claimed, reference: undefined }, 'request-1', RETURN_TO);
  };

  it('begins with an address and an end', async () => {
    expect(await beginning(result(begun))).toEqual({
      is: 'begun',
      reference: SEQUENCE,
      address: begun.AppUrl,
      expiresAt: new Date(begun.ExpiresAt),
    });
    expect(vendor.asked.at(-1)).toEqual({
      RequestId: 'request-1',
      Purpose: 'real_name',
      Assurance: 'face',
      ReturnUrl: RETURN_TO,
    });
  });

  it('may begin no more today', async () => {
    expect(await beginning({ Code: '418', TransactionId: 't-2' })).toEqual({
      is: 'too_many',
      transaction: 't-2',
      at: expect.any(Date),
    });
  });

  it.each([
    ['a script', { AppUrl: 'javascript:alert(1)' }],
    ['an unprotected page elsewhere', { AppUrl: 'http://app.example.cn/s/1' }],
    ['another scheme', { AppUrl: 'ctid://s/1' }],
    ['no address', { AppUrl: undefined }],
    ['a sequence with a space', { BizSeq: 'a sequence of sixteen' }],
    ['a short sequence', { BizSeq: 'short' }],
    ['no end', { ExpiresAt: undefined }],
    ['an end that is no time', { ExpiresAt: 'soon' }],
  ])('hands nobody over to %s', async (_, wrong) => {
    expect(await beginning(result({ ...begun, ...wrong }))).toMatchObject({
      is: 'unavailable',
      reason: 'bad_answer',
    });
  });

  it('takes no code but the two', async () => {
    for (const Code of ['201', '400', '403', '500'])
      expect(await beginning(result(begun, Code))).toMatchObject({ is: 'unavailable', reason: 'bad_answer' });
  });
});
