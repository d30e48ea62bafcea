// What every authority must do, over HTTP against a real stand-in that misbehaves on demand.
import { systemClock } from '../../idp/platform/base/clock.ts';
import { uuidv7 } from '../../idp/platform/base/ids.ts';
import { secret } from '../../idp/platform/base/secret.ts';
import type { Ask } from '../../idp/proofing/authorities/exchange.ts';
import type { AuthoritySettings } from '../../idp/proofing/authorities/settings.ts';
import type { Authority, Begun, Claimed, Finding } from '../../idp/proofing/proofing.ts';
import type { StandIn } from '../../idp/sandbox/sandbox.ts';
import { freePort } from '../support/global-setup.ts';
import { runSandbox, type Running } from '../sandbox/running.ts';

export interface AuthorityCase<Settings extends AuthoritySettings = AuthoritySettings> {
  readonly standIn: StandIn;
  readonly settings: (running: Running) => Settings;
  readonly create: (parts: { settings: Settings; clock: typeof systemClock; fetch?: Ask }) => Authority;
  readonly reaches: number;
  /** A claim for each answer that the stand-in can give. */
  readonly claims: Partial<Record<Finding['is'], Claimed>> & { readonly match: Claimed };
  /** Where the citizen is handed over: what they do there, so that it comes to this finding. */
  readonly goThrough?: (begun: Begun, is: Finding['is']) => Promise<void>;
}

interface Asked {
  readonly requestId: string;
  readonly url: string;
}

const RETURN_TO = 'https://id.example.gov.cn/signin/flow-1/prove';
const newId = (): string => uuidv7(new Date());
const reasonOf = (finding: Finding | Begun): string =>
  finding.is === 'unavailable' ? finding.reason : finding.is;

/** Told to misbehave, what is found, and how often it is asked for it. */
const TROUBLE = [
  ['slow', 'timeout', 2],
  ['error', 'down', 2],
  ['down', 'down', 2],
  ['bad_signature', 'bad_signature', 1],
  ['half', 'bad_answer', 1],
] as const;

export function authorityConformance<Settings extends AuthoritySettings>(
  authorityCase: AuthorityCase<Settings>,
): void {
  const { standIn, settings, create, reaches, claims, goThrough } = authorityCase;
  let running: Running;
  let authority: Authority;
  const ready = new Map<Finding['is'], Claimed>();
  const fresh = (changes: Partial<AuthoritySettings> = {}): Authority =>
    create({ settings: { ...settings(running), ...changes }, clock: systemClock });
  const begin = (of: Authority, claimed: Claimed, requestId: string) => {
    if (of.collect.by !== 'hand_over') throw new Error(`${of.id} hands nobody over`);
    return of.collect.begin(claimed, requestId, RETURN_TO);
  };
  /** The claim that comes to this finding, the citizen having been where they were sent. */
  const claimOf = async (is: Finding['is']): Promise<Claimed> => {
    const claimed = claims[is] ?? claims.match;
    const known = ready.get(is);
    if (known ?? !goThrough) return known ?? claimed;
    const begun = await begin(fresh(), claimed, newId());
    if (begun.is !== 'begun') throw new Error(`not begun: ${begun.is}`);
    await goThrough?.(begun, is);
    const done = { ...claimed, reference: begun.reference };
    ready.set(is, done);
    return done;
  };
  const examine = async (is: Finding['is'] = 'match', requestId = newId()): Promise<string> =>
    reasonOf(await authority.examine(await claimOf(is), requestId));
  const refusal = claims.mismatch ? 'mismatch' : 'match';
  const vendor = (): URL => new URL(settings(running).url);
  const asked = async (): Promise<readonly Asked[]> => {
    const onTheHub = vendor().origin === running.hub;
    return running.json(`${onTheHub ? vendor().href : vendor().origin}/requests.json`);
  };
  const askedAbout = async (id: string): Promise<number> =>
    (await asked()).filter(({ requestId }) => requestId === id).length;

  beforeAll(async () => {
    running = await runSandbox();
  });
  afterAll(() => running.close());
  beforeEach(async () => {
    await running.tell(standIn, 'normal');
    await claimOf('match');
    authority = fresh();
  });

  it('says what it can give', () => {
    expect(authority).toMatchObject({ id: standIn, reaches });
    expect(authority.method).toMatch(/^[a-z_]+\.[a-z_]+$/);
  });

  it.each(Object.keys(claims) as Finding['is'][])('finds %s, with a transaction and a time', async (is) => {
    const finding = await authority.examine(await claimOf(is), newId());
    expect(finding).toMatchObject({ is, transaction: expect.any(String), at: expect.any(Date) });
  });

  it('asks once when it is answered', async () => {
    const id = newId();
    await examine('match', id);
    expect(await askedAbout(id)).toBe(1);
  });

  it.each(TROUBLE)(
    'told to be %s it finds unavailable (%s) after %d questions with one id',
    async (behaviour, reason, times) => {
      await running.tell(standIn, behaviour);
      const id = newId();
      const began = Date.now();
      expect(await examine('match', id)).toBe(reason);
      expect(Date.now() - began).toBeLessThan(3_500);
      expect(await askedAbout(id)).toBe(times);
    },
  );

  it('told to say no to everything it finds no match', async () => {
    await running.tell(standIn, 'wrong');
    expect(await examine()).toBe('mismatch');
  });

  it('finds unavailable when nobody listens', async () => {
    authority = fresh({ url: `http://127.0.0.1:${await freePort()}/` });
    expect(await examine()).toBe('down');
  });

  it('finds unavailable when its own key is not accepted, never a match', async () => {
    authority = fresh({ secret: secret('another key of thirty-two characters') });
    expect(await examine()).toBe('bad_signature');
  });

  it('does not take an answer that belongs to another question', async () => {
    await claimOf(refusal);
    const answers: { body: string; headers: Headers }[] = [];
    const { fetch: real } = await import('undici');
    const recording: Ask = async (url, init) => {
      const response = await real(url, init);
      answers.push({ body: await response.text(), headers: new Headers([...response.headers]) });
      const first = answers[0];
      return new (await import('undici')).Response(first?.body ?? '', {
        headers: { 'x-tongxing-signature': first?.headers.get('x-tongxing-signature') ?? '' },
      });
    };
    authority = create({ settings: settings(running), clock: systemClock, fetch: recording });
    expect(await examine()).toBe('match');
    expect(await examine(refusal)).toBe('bad_signature');
  });

  it('gives one question one transaction, however often it is put', async () => {
    const id = newId();
    const claimed = await claimOf('match');
    const [first, second] = [await authority.examine(claimed, id), await authority.examine(claimed, id)];
    expect(first).toMatchObject({ is: 'match' });
    expect(second).toMatchObject({ transaction: 'transaction' in first ? first.transaction : '' });
  });

  it('stops asking after five failures in a row, and recovers by itself', async () => {
    await running.tell(standIn, 'error');
    const first = [await examine(), await examine(), await examine()];
    expect(first).toEqual(['down', 'down', 'breaker_open']);
    const before = (await asked()).length;
    const during = await Promise.all(Array.from({ length: 20 }, () => examine()));
    expect(new Set(during)).toEqual(new Set(['breaker_open']));
    expect((await asked()).length).toBe(before);
    await running.tell(standIn, 'normal');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await examine()).toBe('match');
    expect(await examine()).toBe('match');
  });

  it('does not count refusals as failures', async () => {
    const found = [];
    for (let n = 0; n < 8; n += 1) found.push(await examine(refusal));
    expect(new Set(found)).toEqual(new Set(['mismatch']));
  });

  it('turns away more questions than it may ask at a time, without throwing', async () => {
    authority = fresh({ concurrency: 1 });
    const found = await Promise.all(Array.from({ length: 5 }, () => examine()));
    expect(found.filter((is) => is === 'match')).toHaveLength(2);
    expect(found.filter((is) => is === 'down')).toHaveLength(3);
  });

  const personal = ({ document, phone, more }: Claimed): readonly string[] =>
    [document?.name, document?.number, phone?.slice(-8), ...Object.values(more)].filter(
      (datum) => datum !== undefined,
    );

  it('keeps personal data out of every address, and out of what it found', async () => {
    const finding = await authority.examine(await claimOf('match'), newId());
    const seen = [JSON.stringify(finding), ...(await asked()).map(({ url }) => decodeURIComponent(url))];
    for (const datum of personal(claims.match)) expect(seen.join('\n')).not.toContain(datum);
    expect(seen.slice(1).join('\n')).not.toContain('?');
  });

  if (goThrough) {
    it('hands the citizen over, for a while, under a reference that tells nothing', async () => {
      const begun = await begin(authority, claims.match, newId());
      if (begun.is !== 'begun') throw new Error(begun.is);
      expect(begun.expiresAt.getTime()).toBeGreaterThan(Date.now() + 60_000);
      const shown = decodeURIComponent(`${begun.reference} ${begun.address}`);
      for (const datum of personal(claims.match)) expect(shown).not.toContain(datum);
      expect(
        reasonOf(await authority.examine({ ...claims.match, reference: begun.reference }, newId())),
      ).toBe('pending');
    });

    it('begins one attempt, however often it is asked with one id', async () => {
      const id = newId();
      const [first, second] = [
        await begin(authority, claims.match, id),
        await begin(authority, claims.match, id),
      ];
      expect(first).toMatchObject({ is: 'begun' });
      expect(second).toMatchObject({ reference: first.is === 'begun' ? first.reference : '' });
    });

    it.each(TROUBLE)(
      'told to be %s it does not begin (%s) after %d questions',
      async (behaviour, reason, times) => {
        await running.tell(standIn, behaviour);
        const id = newId();
        expect(reasonOf(await begin(authority, claims.match, id))).toBe(reason);
        expect(await askedAbout(id)).toBe(times);
      },
    );

    it('counts failures of both questions together', async () => {
      await running.tell(standIn, 'error');
      const found = [];
      for (let n = 0; n < 2; n += 1)
        found.push(reasonOf(await begin(authority, claims.match, newId())), await examine('match'));
      expect(found).toEqual(['down', 'down', 'breaker_open', 'breaker_open']);
    });
  }
}
