// Every code of the vendor, and every half and contradictory answer. Pure: over HTTP they are in face.test.ts.
import {
  meaningOf,
  meaningOfRefusal,
  beginning,
  result,
} from '../../../../idp/proofing/authorities/face/answers.ts';

const certifyId = '0123456789abcdef0123456789abcdef';
const orderNumber = 'f'.repeat(32);
const demand = { certifyId, orderNumber, model: 'MULTI_ACTION', leastScore: 90 };

const head = { TransactionId: 't-1', Message: 'success' };
const material = { faceAttack: 'F', faceOcclusion: 'F', verifyScore: 96.4 };
const named = { CertifyId: certifyId, OuterOrderNo: orderNumber };
const passed = { ...named, Passed: 'T', SubCode: '200', MaterialInfo: material };
const failed = (SubCode: string) => ({ ...named, Passed: 'F', SubCode });
const answer = (ResultObject: unknown) => ({ ...head, Code: '200', ResultObject });

const found = (given: unknown): string => {
  const parsed = result.safeParse(given);
  return parsed.success ? (meaningOf(parsed.data, demand)?.is ?? 'not ours') : 'refused';
};

describe('a passed check', () => {
  it('is a match, and of its score only the bucket is kept', () => {
    const parsed = result.parse(answer(passed));
    expect(meaningOf(parsed, demand)).toEqual({
      is: 'match',
      details: { score: '90-100', liveness: 'passed', model: 'MULTI_ACTION' },
    });
  });

  it.each([
    [100, 'match', '90-100'],
    [90, 'match', '90-100'],
    [89.99, 'mismatch', '80-90'],
    [60, 'mismatch', '60-70'],
    [0, 'mismatch', '0-10'],
  ])('with a score of %d is a %s, kept as %s', (verifyScore, is, score) => {
    const parsed = result.parse(answer({ ...passed, MaterialInfo: { ...material, verifyScore } }));
    expect(meaningOf(parsed, demand)).toMatchObject({ is, details: { score } });
  });

  it('is no match when the vendor itself suspects an attack', () => {
    const attacked = { ...passed, MaterialInfo: { ...material, faceAttack: 'T' } };
    expect(meaningOf(result.parse(answer(attacked)), demand)).toEqual({
      is: 'not_live',
      details: { liveness: 'attack' },
    });
  });

  it.each([
    'HOOK',
    'MediaHook',
    'UsingVirtualVideo',
    'UsingVirtualCamera',
    'VirtualBrowser',
    'Emulator',
    'CloudPhone',
  ])('is no match on a device that shows %s: the pictures may not be from its camera', (label) => {
    const given = answer({ ...passed, DeviceRisk: `VPN, ${label}` });
    expect(meaningOf(result.parse(given), demand)).toEqual({
      is: 'not_live',
      details: { liveness: 'injection' },
    });
  });

  it.each(['', 'VPN', 'ROOT,VPN,NoSimCard'])('is a match on a device labelled "%s"', (DeviceRisk) => {
    expect(found(answer({ ...passed, DeviceRisk }))).toBe('match');
  });

  it.each(['200', '210', '204', '999'])('is judged by Passed, not by SubCode %s', (SubCode) => {
    expect(found(answer({ ...passed, SubCode }))).toBe('match');
  });
});

describe('a check that was not passed', () => {
  it.each([
    ['200', 'mismatch'],
    ['210', 'mismatch'],
    ['999', 'mismatch'],
    ['201', 'mismatch'],
    ['202', 'no_record'],
    ['203', 'unusable'],
    ['204', 'mismatch'],
    ['205', 'not_live'],
    ['206', 'unusable'],
    ['207', 'mismatch'],
    ['209', 'unusable'],
    ['1003', 'cancelled'],
  ])('for %s is %s', (SubCode, is) => {
    expect(found(answer(failed(SubCode)))).toBe(is);
    // Also when the picture itself was found to be like enough.
    expect(found(answer({ ...failed(SubCode), MaterialInfo: material }))).toBe(is);
  });
});

describe('an answer without a result', () => {
  const CODES = [
    ['403', { is: 'pending' }],
    ['406', { is: 'expired' }],
    ['414', { is: 'unsupported', details: { reason: 'device' } }],
    ['415', { is: 'unsupported', details: { reason: 'app' } }],
    ['416', { is: 'unsupported', details: { reason: 'system' } }],
    ['417', { is: 'unusable', details: { reason: 'source' } }],
    ['418', { is: 'too_many' }],
    ['424', { is: 'pending' }],
    ['427', { is: 'unusable', details: { reason: 'policy' } }],
  ] as const;

  it.each(CODES)('of code %s means %j', (Code, meaning) => {
    expect(meaningOf(result.parse({ ...head, Code }), demand)).toEqual(meaning);
    expect(found({ ...head, Code, ResultObject: passed })).toBe('refused');
  });

  it.each(['200', '400', '401', '402', '404', '410', '411', '412', '500', '', 'T'])(
    'of code "%s" is none at all',
    (Code) => {
      expect(found({ ...head, Code })).toBe('refused');
    },
  );
});

describe('beginning', () => {
  const begun = { CertifyId: certifyId, CertifyUrl: 'https://face.example.cn/check/1' };
  const parse = (given: object): boolean => beginning.safeParse({ ...head, ...given }).success;

  it.each([
    ['414', 'unsupported', 'device'],
    ['415', 'unsupported', 'app'],
    ['416', 'unsupported', 'system'],
    ['417', 'unsupported', 'source'],
    ['427', 'unsupported', 'policy'],
    ['418', 'too_many', undefined],
  ] as const)('refused with %s is %s (%s)', (Code, is, reason) => {
    expect(parse({ Code })).toBe(true);
    expect(meaningOfRefusal(Code)).toEqual({ is, ...(reason ? { details: { reason } } : {}) });
  });

  it('takes an id and an address, and nothing less or more', () => {
    expect(parse({ Code: '200', ResultObject: begun })).toBe(true);
    for (const half of [undefined, {}, { CertifyId: certifyId }, { CertifyUrl: begun.CertifyUrl }])
      expect(parse({ Code: '200', ResultObject: half })).toBe(false);
    for (const wrong of [
      { ...begun, CertifyId: '../../x' },
      { ...begun, CertifyId: `${certifyId}.other` },
      { ...begun, CertifyUrl: 'not an address' },
      { ...begun, CertifyUrl: `https://face.example.cn/${'x'.repeat(600)}` },
      { ...begun, picture: 'x' },
    ])
      expect(parse({ Code: '200', ResultObject: wrong })).toBe(false);
  });
});

describe('an answer is refused', () => {
  const PICTURE = 'data:image/jpeg;base64,/9j/4AAQ';

  it.each([
    [
      'a picture of a face',
      { ...passed, MaterialInfo: { ...material, facialPictureFront: { pictureUrl: PICTURE } } },
    ],
    [
      'the address of a picture',
      { ...passed, MaterialInfo: { ...material, pictureUrl: 'https://x.example/1.jpg' } },
    ],
    ['a place where a picture lies', { ...passed, ossObjectName: 'verify/1.jpeg', ossBucketName: 'b' }],
    ['a film', { ...passed, MaterialInfo: { ...material, verifyVideoUrl: 'https://x.example/1.mp4' } }],
    ['a picture beside a failed check', { ...failed('204'), picture: PICTURE }],
    ['a picture after a failed check', { ...failed('204'), MaterialInfo: { picture: PICTURE } }],
    ['what the vendor read of the person', { ...passed, IdentityInfo: '{"certNo":"330106199506182261"}' }],
    ['materials as text', { ...passed, MaterialInfo: JSON.stringify(material) }],
  ])('when it brings %s', (_, given) => {
    expect(found(answer(given))).toBe('refused');
  });

  it('when it brings a picture anywhere else', () => {
    for (const more of [{ picture: PICTURE }, { MaterialInfo: PICTURE }, { Message: PICTURE.repeat(10) }]) {
      expect(found({ ...answer(passed), ...more })).toBe('refused');
      expect(found({ ...head, Code: '403', ...more })).toBe('refused');
    }
  });

  const { MaterialInfo: _, ...withoutMaterial } = passed;
  it.each([
    ['nothing', undefined],
    ['no word on passing', { ...named, SubCode: '200', MaterialInfo: material }],
    ['a word on passing that is none', { ...passed, Passed: 'true' }],
    ['a pass without its materials', withoutMaterial],
    ['a pass without a score', { ...passed, MaterialInfo: { faceAttack: 'F' } }],
    ['a pass without a word on attacks', { ...passed, MaterialInfo: { verifyScore: 96 } }],
    ['a score as text', { ...passed, MaterialInfo: { ...material, verifyScore: '96' } }],
    ['a score above all scores', { ...passed, MaterialInfo: { ...material, verifyScore: 960 } }],
    ['no order number', { ...passed, OuterOrderNo: undefined }],
    ['no CertifyId', { ...passed, CertifyId: undefined }],
  ])('when it is half: %s', (__, given) => {
    expect(found(answer(given))).toBe('refused');
  });

  it.each([
    ['another order', { ...passed, OuterOrderNo: '0'.repeat(32) }],
    ['another order in upper case', { ...passed, OuterOrderNo: orderNumber.toUpperCase() }],
    ['another attempt', { ...passed, CertifyId: `${certifyId.slice(1)}0` }],
  ])('when it is about %s', (__, given) => {
    expect(found(answer(given))).toBe('not ours');
  });
});
