// What the vendor is asked, and where a citizen may be sent: against a vendor that answers whatever it is told.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFace } from '../../../../idp/proofing/authorities/face/face.ts';
import type { FaceSettings } from '../../../../idp/proofing/authorities/face/settings.ts';
import type { DocumentKind } from '../../../../idp/citizens/citizens.ts';
import { systemClock } from '../../../../idp/platform/base/clock.ts';
import { signAnswer } from '../../../../idp/platform/crypto/request-signature.ts';
import type { Claimed } from '../../../../idp/proofing/proofing.ts';
import { KEYS, authorityAt } from '../../../sandbox/running.ts';
import { claimOf } from '../claims.ts';

const CERTIFY_ID = '0123456789abcdef0123456789abcdef';
const RETURN_TO = 'https://id.example.gov.cn/signin/flow/prove';
const claimed = claimOf('verified');

interface Asked {
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly question: Readonly<Record<string, string>>;
}

let server: http.Server;
let origin: string;
let settings: FaceSettings;
const asked: Asked[] = [];
let answer: (question: Asked['question']) => object;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const question = JSON.parse(Buffer.concat(chunks).toString()) as Asked['question'];
      asked.push({ url: request.url ?? '', headers: request.headers, question });
      const body = JSON.stringify({ TransactionId: 't-1', ...answer(question) });
      response.setHeader(
        'x-tongxing-signature',
        signAnswer(KEYS.face.secret, question['RequestId'] ?? '', body),
      );
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  settings = {
    ...authorityAt(`${origin}/face`, KEYS.face),
    enabled: true,
    validity: '365d',
    sceneId: '1000000006',
    model: 'PHOTINUS_LIVENESS',
    leastScore: 90,
  };
});
afterAll(
  () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
);

const leadTo = (CertifyUrl: string): void => {
  answer = () => ({ Code: '200', ResultObject: { CertifyId: CERTIFY_ID, CertifyUrl } });
};
beforeEach(() => {
  asked.length = 0;
  leadTo('https://face.example.cn/check/1');
});

const begin = async (of: Claimed = claimed, requestId = 'request-1', changes: Partial<FaceSettings> = {}) => {
  const { collect } = createFace({ settings: { ...settings, ...changes }, clock: systemClock });
  if (collect.by !== 'hand_over') throw new Error('hands nobody over');
  return collect.begin(of, requestId, RETURN_TO);
};
const examine = (reference: string | undefined, of: Claimed = claimed) =>
  createFace({ settings, clock: systemClock }).examine({ ...of, reference }, 'request-2');
const orderNumber = async (...of: Parameters<typeof begin>): Promise<string> => {
  await begin(...of);
  return asked.at(-1)?.question['OuterOrderNo'] ?? '';
};

describe('the vendor', () => {
  it('is asked for a check against the population database, and for no picture', async () => {
    await begin();
    expect(asked.map(({ url }) => url)).toEqual(['/face/InitFaceVerify']);
    expect(asked[0]?.question).toEqual({
      RequestId: 'request-1',
      SceneId: '1000000006',
      OuterOrderNo: expect.stringMatching(/^[a-z0-9]{32}$/),
      ProductCode: 'ID_PRO',
      Model: 'PHOTINUS_LIVENESS',
      CertType: 'IDENTITY_CARD',
      CertName: claimed.document?.name,
      CertNo: claimed.document?.number,
      MetaInfo: '{"deviceType":"h5"}',
      ReturnUrl: RETURN_TO,
    });
  });

  it('is asked what came of it by its own number only: name and number go there once', async () => {
    answer = () => ({ Code: '403' });
    expect(await examine(`${CERTIFY_ID}.request-1`)).toMatchObject({
      is: 'pending',
      transaction: CERTIFY_ID,
    });
    expect(asked).toMatchObject([
      {
        url: '/face/DescribeFaceVerify',
        question: { RequestId: 'request-2', SceneId: '1000000006', CertifyId: CERTIFY_ID },
      },
    ]);
    expect(Object.keys(asked[0]?.question ?? {})).toHaveLength(3);
  });

  it('is told nothing of the person outside of the body', async () => {
    await begin();
    const outside = decodeURIComponent(JSON.stringify([asked[0]?.url, asked[0]?.headers]));
    for (const datum of [claimed.document?.name, claimed.document?.number, claimed.phone?.slice(3)])
      expect(outside).not.toContain(datum);
  });

  it.each([
    ['CN_RIC', '330106199506182261', 'IDENTITY_CARD'],
    ['CN_HMT_RP', '810000199408230021', 'RESIDENCE_PERMIT_HK_MC'],
    ['CN_HMT_RP', '820000199408230021', 'RESIDENCE_PERMIT_HK_MC'],
    ['CN_HMT_RP', '830000199408230021', 'RESIDENCE_PERMIT_TAIWAN'],
    ['CN_FPR_2017', 'GBR110112345678', 'PERMANENT_RESIDENCE_FOREIGNER'],
    ['CN_FPR_2023', '911100198001010019', 'PERMANENT_RESIDENCE_FOREIGNER'],
  ] as const)('is asked about %s %s as %s', async (kind, number, certType) => {
    const { document } = claimOf('verified', { kind });
    if (!document) throw new Error('no document');
    const of = { ...claimed, document: { ...document, number: number as typeof document.number } };
    expect((await begin(of)).is).toBe('begun');
    expect(asked[0]?.question).toMatchObject({ CertType: certType, CertNo: number });
  });

  it.each<DocumentKind>(['PASSPORT', 'HM_PERMIT', 'TW_PERMIT'])('is not asked about a %s', async (kind) => {
    expect(await begin(claimOf('verified', { kind }))).toMatchObject({ is: 'unsupported' });
    expect(asked).toEqual([]);
  });

  it('gets one order number for one attempt, another for every other, and none that can be computed from a number', async () => {
    const first = await orderNumber();
    expect(await orderNumber()).toBe(first);
    const others = [
      await orderNumber(claimed, 'request-2'),
      await orderNumber(claimOf('verified', { name: '林小夏' })),
      await orderNumber(claimOf('verified', { kind: 'CN_HMT_RP' })),
      await orderNumber(claimOf('verified-two')),
      await orderNumber(claimed, 'request-1', { secret: KEYS['bank-card'].secret }),
    ];
    expect(new Set([first, ...others]).size).toBe(6);
  });
});

describe('a citizen is sent', () => {
  const sent = async (address: string, changes: Partial<FaceSettings> = {}): Promise<string> => {
    leadTo(address);
    const begun = await begin(claimed, 'request-1', changes);
    return begun.is === 'unavailable' ? begun.reason : begun.is;
  };

  it('to https, and to the stand-in where it stands', async () => {
    expect(await sent('https://face.example.cn/check/1?lang=zh')).toBe('begun');
    expect(await sent(`${origin}/face/check/1`)).toBe('begun');
  });

  it.each([
    'http://face.example.cn/check/1',
    'http://127.0.0.1:1/check/1',
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'alipays://platformapi/startapp',
    'https://id.example.gov.cn@face.example.cn/',
    'https://:password@face.example.cn/',
    '//face.example.cn/check/1',
    '/check/1',
    'https://',
    '',
  ])('never to %s', async (address) => {
    expect(await sent(address)).toBe('bad_answer');
  });
});

describe('a face check', () => {
  it.each([undefined, '', CERTIFY_ID, `${CERTIFY_ID}.`, '.request-1'])(
    'without a whole reference (%s) is a mistake of ours, not an answer',
    async (reference) => {
      await expect(examine(reference)).rejects.toThrow('reference');
      expect(asked).toEqual([]);
    },
  );

  it('without a claim is a mistake of ours', async () => {
    await expect(examine(`${CERTIFY_ID}.request-1`, { ...claimed, document: undefined })).rejects.toThrow(
      'claim',
    );
    await expect(begin({ ...claimed, document: undefined })).rejects.toThrow('name and a number');
  });

  it.each(['414', '415', '416', '417', '427', '418'])(
    'that is refused with %s does not begin',
    async (Code) => {
      answer = () => ({ Code, Message: 'no' });
      expect(await begin()).toMatchObject({
        is: Code === '418' ? 'too_many' : 'unsupported',
        transaction: 't-1',
        at: expect.any(Date),
      });
    },
  );

  it('takes no picture, also from a vendor that sends one with a pass', async () => {
    const OuterOrderNo = await orderNumber();
    const MaterialInfo = { faceAttack: 'F', verifyScore: 97 };
    const result = { CertifyId: CERTIFY_ID, OuterOrderNo, Passed: 'T', SubCode: '200', MaterialInfo };
    answer = () => ({ Code: '200', ResultObject: result });
    const match = await examine(`${CERTIFY_ID}.request-1`);
    expect(match).toMatchObject({ is: 'match', transaction: CERTIFY_ID });
    const picture = { facialPictureFront: { pictureUrl: 'https://face.example.cn/1.jpg' } };
    answer = () => ({
      Code: '200',
      ResultObject: { ...result, MaterialInfo: { ...MaterialInfo, ...picture } },
    });
    expect(await examine(`${CERTIFY_ID}.request-1`)).toMatchObject({
      is: 'unavailable',
      reason: 'bad_answer',
    });
  });

  it('never keeps personal data in what it found', async () => {
    const OuterOrderNo = await orderNumber();
    for (const SubCode of ['200', '201', '204', '205', '1003']) {
      answer = () => ({
        Code: '200',
        Message: `${claimed.document?.name} ${claimed.document?.number}`,
        ResultObject: { CertifyId: CERTIFY_ID, OuterOrderNo, Passed: 'F', SubCode },
      });
      const found = JSON.stringify(await examine(`${CERTIFY_ID}.request-1`));
      for (const datum of [claimed.document?.name, claimed.document?.number, claimed.phone?.slice(3)])
        expect(found).not.toContain(datum);
    }
  });
});
