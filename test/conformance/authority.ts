// What every authority must do, over HTTP against a real stand-in that misbehaves on demand.
import { Response, fetch as undiciFetch } from 'undici';
import { systemClock } from '../../idp/platform/base/clock.ts';
import { uuidv7 } from '../../idp/platform/base/ids.ts';
import { secret } from '../../idp/platform/base/secret.ts';
import type { Ask } from '../../idp/proofing/authorities/exchange.ts';
import type {
  AuthoritySettings,
  OptionalAuthoritySettings,
} from '../../idp/proofing/authorities/settings.ts';
import type { Authority, Claimed, Finding } from '../../idp/proofing/proofing.ts';
import type { StandIn } from '../../idp/sandbox/sandbox.ts';
import { freePort } from '../support/global-setup.ts';
import { runSandbox, type Running } from '../sandbox/running.ts';

/** What a claim is made with, where making it takes more than writing it down: handing a citizen over, a fresh card. */
export interface Making {
  readonly authority: Authority;
  /** The question that the claim will be put under. */
  readonly requestId: string;
}

type HandOver = Extract<Authority['collect'], { readonly by: 'hand_over' }>;

type Claim = Claimed | ((making: Making) => Claimed | Promise<Claimed>);

export interface AuthorityCase<Settings extends AuthoritySettings = OptionalAuthoritySettings> {
  readonly standIn: StandIn;
  readonly settings: (running: Running) => Settings;
  readonly create: (parts: { settings: Settings; clock: typeof systemClock; fetch?: Ask }) => Authority;
  readonly reaches: number;
  /** True: the citizen is handed over and comes back. */
  readonly handsOver?: boolean;
  /** Who is handed over, where the authority is told whom. */
  readonly whom?: Claimed;
  /** A claim for each answer that the stand-in can give. */
  readonly claims: Partial<Record<Finding['is'], Claim>> & { readonly match: Claim };
  /** What is found of a person whom the source knows nothing of, or something else of. */
  readonly no?: 'mismatch' | 'no_record';
}

interface Asked {
  readonly requestId: string;
  readonly url: string;
}

interface Made {
  readonly requestId: string;
  readonly claimed: Claimed;
}

const RETURN_TO = 'https://login.example.cn/signin/4f1c/prove';

// What each kind of trouble is found to be, and how often one question is then put.
const TROUBLES: readonly (readonly [string, string, number])[] = [
  ['slow', 'timeout', 2],
  ['error', 'down', 2],
  ['down', 'down', 2],
  ['bad_signature', 'bad_signature', 1],
  ['half', 'bad_answer', 1],
];

const newId = (): string => uuidv7(new Date());
const reasonOf = (finding: { readonly is: string; readonly reason?: string }): string =>
  finding.reason ?? finding.is;

/** Everything about a person that a claim holds; a phone also as the vendors write it. */
const personal = ({ document, phone, more }: Claimed): readonly string[] =>
  [document?.name, document?.number, phone, phone?.slice('+86'.length), ...Object.values(more)].filter(
    (datum) => datum !== undefined,
  );

export function authorityConformance<Settings extends AuthoritySettings>(
  subject: AuthorityCase<Settings>,
): void {
  const { standIn, settings, create, reaches, handsOver = false, whom, claims, no = 'mismatch' } = subject;
  let running: Running;
  let authority: Authority;
  const fresh = (changes: Partial<AuthoritySettings> = {}, fetch: Ask = undiciFetch): Authority =>
    create({ settings: { ...settings(running), ...changes }, clock: systemClock, fetch });
  /** Made over a way of its own, so that nothing of it counts for the authority under test. */
  const make = async (is: Finding['is'] = 'match', requestId = newId()): Promise<Made> => {
    const claim = claims[is];
    if (!claim) throw new Error(`no claim is answered with ${is}`);
    const claimed = typeof claim === 'function' ? await claim({ authority: fresh(), requestId }) : claim;
    return { requestId, claimed };
  };
  const makeMany = (count: number): Promise<readonly Made[]> =>
    Promise.all(Array.from({ length: count }, () => make()));
  const examine = async ({ claimed, requestId }: Made): Promise<string> =>
    reasonOf(await authority.examine(claimed, requestId));
  const asked = async (): Promise<readonly Asked[]> => {
    const { href, origin } = new URL(settings(running).url);
    return running.json(`${href.startsWith(running.hub) ? href : origin}/requests.json`);
  };
  const askedAbout = async (id: string): Promise<number> =>
    (await asked()).filter(({ requestId }) => requestId === id).length;

  beforeAll(async () => {
    running = await runSandbox();
  });
  afterAll(() => running.close());
  beforeEach(async () => {
    await running.tell(standIn, 'normal');
    authority = fresh();
  });

  it('says what it can give, in both languages', () => {
    expect(authority).toMatchObject({ id: standIn, reaches });
    expect(authority.collect.by === 'hand_over').toBe(handsOver);
    expect(authority.method).toMatch(/^[a-z_]+\.[a-z_]+$/);
    for (const wording of Object.values(authority.words)) {
      expect(wording['zh-CN']).toMatch(/\p{Script=Han}/u);
      expect(wording.en).toMatch(/^[\x20-\x7e\u2018-\u201d]+$/);
    }
  });

  it.each(Object.keys(claims) as Finding['is'][])('finds %s, with a transaction and a time', async (is) => {
    const { claimed, requestId } = await make(is);
    const finding = await authority.examine(claimed, requestId);
    expect(finding).toMatchObject({ is, transaction: expect.any(String), at: expect.any(Date) });
  });

  it.each(Object.keys(claims) as Finding['is'][])(
    'keeps personal data out of what it found: %s',
    async (is) => {
      const { claimed, requestId } = await make(is);
      const { at, ...finding } = await authority.examine(claimed, requestId);
      expect(at).toBeInstanceOf(Date);
      for (const datum of personal(claimed)) expect(JSON.stringify(finding)).not.toContain(datum);
    },
  );

  it('asks once when it is answered', async () => {
    const made = await make();
    const before = await askedAbout(made.requestId);
    await examine(made);
    expect(await askedAbout(made.requestId)).toBe(before + 1);
  });

  it.each(TROUBLES)(
    'told to be %s it finds unavailable (%s) after %d questions with one id',
    async (behaviour, reason, times) => {
      const made = await make();
      const before = await askedAbout(made.requestId);
      await running.tell(standIn, behaviour);
      const began = Date.now();
      expect(await examine(made)).toBe(reason);
      expect(Date.now() - began).toBeLessThan(3_500);
      expect(await askedAbout(made.requestId)).toBe(before + times);
    },
  );

  it('told to say no to everything it finds no match', async () => {
    const made = await make();
    await running.tell(standIn, 'wrong');
    expect(await examine(made)).toBe(no);
  });

  it('finds unavailable when nobody listens', async () => {
    const made = await make();
    authority = fresh({ url: `http://127.0.0.1:${await freePort()}/` });
    expect(await examine(made)).toBe('down');
  });

  it('finds unavailable when its own key is not accepted, never a match', async () => {
    const made = await make();
    authority = fresh({ secret: secret('another key of thirty-two characters') });
    expect(await examine(made)).toBe('bad_signature');
  });

  it('does not take an answer that belongs to another question', async () => {
    const [first, second] = [await make(), await make(no)];
    let answered: { readonly body: string; readonly signature: string } | undefined;
    authority = fresh({}, async (url, init) => {
      const response = await undiciFetch(url, init);
      const signature = response.headers.get('x-tongxing-signature') ?? '';
      answered ??= { body: await response.text(), signature };
      return new Response(answered.body, { headers: { 'x-tongxing-signature': answered.signature } });
    });
    expect(await examine(first)).toBe('match');
    expect(await examine(second)).toBe('bad_signature');
  });

  it('gives one question one transaction, however often it is put', async () => {
    const { claimed, requestId } = await make();
    const first = await authority.examine(claimed, requestId);
    const second = await authority.examine(claimed, requestId);
    expect(first).toMatchObject({ is: 'match' });
    expect(second).toMatchObject({ transaction: 'transaction' in first ? first.transaction : '' });
  });

  it('stops asking after five failures in a row, and recovers by itself', async () => {
    const [one, two, three, four, five] = (await makeMany(5)) as [Made, Made, Made, Made, Made];
    await running.tell(standIn, 'error');
    const first = [await examine(one), await examine(two), await examine(three)];
    expect(first).toEqual(['down', 'down', 'breaker_open']);
    const before = (await asked()).length;
    const others = Array.from({ length: 20 }, () => ({ ...one, requestId: newId() }));
    const during = await Promise.all(others.map(examine));
    expect(during).toEqual(others.map(() => 'breaker_open'));
    expect((await asked()).length).toBe(before);
    await running.tell(standIn, 'normal');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await examine(four)).toBe('match');
    expect(await examine(five)).toBe('match');
  });

  it('does not count refusals as failures', async () => {
    const found = [];
    for (let n = 0; n < 8; n += 1) found.push(await examine(await make(no)));
    expect(new Set(found)).toEqual(new Set([no]));
  });

  it('turns away more questions than it may ask at a time, without throwing', async () => {
    const made = await makeMany(5);
    authority = fresh({ concurrency: 1 });
    const found = await Promise.all(made.map(examine));
    expect(found.filter((is) => is === 'match')).toHaveLength(2);
    expect(found.filter((is) => is === 'down')).toHaveLength(3);
  });

  it('keeps personal data out of every address', async () => {
    const made = await make();
    await examine(made);
    const urls = (await asked()).map(({ url }) => decodeURIComponent(url)).join('\n');
    expect(urls).not.toBe('');
    for (const datum of personal(made.claimed)) expect(urls).not.toContain(datum);
    expect(urls).not.toContain('?');
  });

  if (!handsOver) return;

  const collect = (): HandOver => {
    if (authority.collect.by !== 'hand_over') throw new Error(`${standIn} hands nobody over`);
    return authority.collect;
  };
  const nobody: Claimed = { document: undefined, phone: undefined, more: {}, reference: undefined };
  const begin = async (requestId = newId(), claimed = whom ?? nobody): Promise<string> =>
    reasonOf(await collect().begin(claimed, requestId, RETURN_TO));

  it('hands a citizen over to an address that tells nothing of them', async () => {
    const { claimed } = await make();
    const begun = await collect().begin(claimed, newId(), RETURN_TO);
    if (begun.is !== 'begun') throw new Error(`nobody was handed over: ${begun.is}`);
    expect(begun.reference).toMatch(/^[\w.-]{16,80}$/);
    expect(begun.expiresAt.getTime()).toBeGreaterThan(Date.now());
    for (const datum of personal(claimed)) expect(JSON.stringify(begun)).not.toContain(datum);
    expect((await fetch(begun.address)).status).toBe(200);
  });

  it.each(TROUBLES)(
    'told to be %s it hands nobody over (%s), after %d questions',
    async (behaviour, reason, times) => {
      await running.tell(standIn, behaviour);
      const id = newId();
      expect(await begin(id)).toBe(reason);
      expect(await askedAbout(id)).toBe(times);
    },
  );

  it('stops asking and handing over together', async () => {
    const made = await make();
    await running.tell(standIn, 'error');
    expect([await begin(), await begin(), await begin()]).toEqual(['down', 'down', 'breaker_open']);
    await running.tell(standIn, 'normal');
    expect(await examine(made)).toBe('breaker_open');
  });
}
