import { createFace } from '../../../../idp/proofing/authorities/face/face.ts';
import type { Authority, Begun, Claimed, Finding } from '../../../../idp/proofing/proofing.ts';
import { PERSONAS } from '../../../../idp/sandbox/sandbox.ts';
import { authorityConformance, type Making } from '../../../conformance/authority.ts';
import { runSandbox, type Running } from '../../../sandbox/running.ts';
import { testClock } from '../../../support/clock.ts';
import { claimOf } from '../claims.ts';

type Scene = 'passed' | 'another' | 'not_live' | 'left' | 'review';

const press = async ({ address }: Begun, scene: Scene): Promise<void> => {
  const answer = await fetch(address, {
    method: 'POST',
    body: new URLSearchParams({ scene }),
    redirect: 'manual',
  });
  expect(answer.status).toBe(303);
};

/** Begun under the question's own id, gone through as pressed. */
const after =
  (persona: string, scene?: Scene) =>
  async ({ authority, requestId }: Making): Promise<Claimed> => {
    if (authority.collect.by !== 'hand_over') throw new Error('hands nobody over');
    const begun = await authority.collect.begin(claimOf(persona), requestId, RETURN_TO);
    if (begun.is !== 'begun') throw new Error(begun.is);
    if (scene) await press(begun, scene);
    return { ...claimOf(persona), reference: begun.reference };
  };

// The source looks at one number ten times a day: another person's each time.
const SPENT = new Set([
  'deceased',
  'not-found',
  'mismatch',
  'child',
  'verified',
  'verified-two',
  'unverified',
]);
// A passport's holder is in no register of faces.
const MATCHING = PERSONAS.filter(({ id, document }) => !SPENT.has(id) && document !== 'PASSPORT');
let turn = 0;
const passing = (making: Making): Promise<Claimed> => {
  turn += 1;
  return after(MATCHING[turn % MATCHING.length]?.id ?? '', 'passed')(making);
};

const RETURN_TO = 'https://id.example.gov.cn/signin/flow/prove';

describe('the face check', () => {
  authorityConformance({
    standIn: 'face',
    settings: (running) => running.face,
    create: createFace,
    reaches: 3,
    handsOver: true,
    whom: claimOf('verified'),
    claims: {
      match: passing,
      mismatch: (making) => {
        turn += 1;
        return after(MATCHING[turn % MATCHING.length]?.id ?? '', 'another')(making);
      },
      no_record: after('deceased', 'passed'),
      not_live: after('verified-two', 'not_live'),
      cancelled: after('verified-two', 'left'),
      unusable: after('verified-two', 'review'),
      pending: after('verified-two'),
    },
  });
});

describe('the face check', () => {
  const clock = testClock();
  let running: Running;
  let authority: Authority;
  beforeAll(async () => {
    running = await runSandbox({ clock });
    authority = createFace({ settings: running.face, clock });
  });
  afterAll(() => running.close());

  let ids = 0;
  const begin = async (claimed: Claimed, of = authority) => {
    if (of.collect.by !== 'hand_over') throw new Error('hands nobody over');
    ids += 1;
    return of.collect.begin(claimed, `request-${ids}`, RETURN_TO);
  };
  const begun = async (claimed: Claimed): Promise<Begun> => {
    const answer = await begin(claimed);
    if (answer.is !== 'begun') throw new Error(answer.is);
    return answer;
  };
  const examine = (claimed: Claimed, { reference }: Begun): Promise<Finding> => {
    ids += 1;
    return authority.examine({ ...claimed, reference }, `request-${ids}`);
  };

  it('asks for consent to the picture, says that it is not kept, and that there are other ways', () => {
    const { consent } = authority.words;
    expect(consent?.['zh-CN']).toMatch(/我同意.*人脸图像.*不保存.*其他方式/);
    expect(consent?.en).toMatch(/I agree.*face.*not kept.*another way/);
  });

  it('gives the same answer twice, and a second press changes nothing', async () => {
    const attempt = await begun(claimOf('unverified'));
    expect(await examine(claimOf('unverified'), attempt)).toMatchObject({ is: 'pending' });
    await press(attempt, 'another');
    const first = await examine(claimOf('unverified'), attempt);
    await press(attempt, 'passed');
    expect(first).toMatchObject({ is: 'mismatch', transaction: attempt.reference.split('.')[0] });
    expect(await examine(claimOf('unverified'), attempt)).toMatchObject({ ...first, at: expect.any(Date) });
  });

  it('does not take the attempt of one person for another', async () => {
    const attempt = await begun(claimOf('elder'));
    await press(attempt, 'passed');
    expect(await examine(claimOf('elder'), attempt)).toMatchObject({ is: 'match' });
    for (const other of [
      claimOf('verified'),
      claimOf('elder', { name: '孙桂' }),
      claimOf('elder', { kind: 'CN_HMT_RP' }),
      { ...claimOf('elder'), document: { ...claimOf('verified').document!, name: '孙桂英' } },
    ])
      expect(await examine(other, attempt)).toMatchObject({ is: 'unavailable', reason: 'bad_answer' });
  });

  it('does not take one attempt for another of the same person', async () => {
    const [passed, left] = [await begun(claimOf('elder')), await begun(claimOf('elder'))];
    await press(passed, 'passed');
    const [passedId] = passed.reference.split('.');
    const [, leftAs] = left.reference.split('.');
    const mixed = { ...left, reference: `${passedId}.${leftAs}` };
    expect(await examine(claimOf('elder'), mixed)).toMatchObject({ is: 'unavailable', reason: 'bad_answer' });
    const unknown = { ...left, reference: `${'0'.repeat(32)}.${leftAs}` };
    expect(await examine(claimOf('elder'), unknown)).toMatchObject({ is: 'expired' });
  });

  it.each([
    ['a name that is not the number’s', claimOf('mismatch')],
    ['a number that nobody has', claimOf('not-found')],
  ])('finds a mismatch for %s, whoever looks into the camera', async (_, claimed) => {
    const attempt = await begun(claimed);
    await press(attempt, 'passed');
    expect(await examine(claimed, attempt)).toMatchObject({ is: 'mismatch' });
  });

  it('holds a passed check to the score in the settings', async () => {
    const strict = createFace({ settings: { ...running.face, leastScore: 97 }, clock });
    const attempt = await begin(claimOf('middle-dot'), strict);
    if (attempt.is !== 'begun') throw new Error(attempt.is);
    await press(attempt, 'passed');
    expect(
      await strict.examine({ ...claimOf('middle-dot'), reference: attempt.reference }, 'request-strict'),
    ).toMatchObject({ is: 'mismatch', details: { score: '90-100', liveness: 'passed' } });
  });

  it('takes no more than ten tries a day of one number, and more the next day', async () => {
    const claimed = claimOf('rare-character');
    for (let n = 0; n < 10; n += 1) expect((await begin(claimed)).is).toBe('begun');
    expect(await begin(claimed)).toMatchObject({ is: 'too_many', transaction: expect.any(String) });
    clock.forward(86_400);
    expect((await begin(claimed)).is).toBe('begun');
  });

  it('is over half an hour after its beginning; what was done before stands', async () => {
    const [done, open] = [await begun(claimOf('minor')), await begun(claimOf('minor'))];
    expect(open.expiresAt.getTime() - clock.now().getTime()).toBeLessThanOrEqual(1_800_000);
    await press(done, 'passed');
    clock.forward(1_801);
    await press(open, 'passed');
    expect(await examine(claimOf('minor'), open)).toMatchObject({ is: 'expired' });
    expect(await examine(claimOf('minor'), done)).toMatchObject({ is: 'match' });
  });
});
