// What every authority must do, over HTTP against a real stand-in that misbehaves on demand.
import { systemClock } from '../../idp/platform/base/clock.ts';
import { uuidv7 } from '../../idp/platform/base/ids.ts';
import { secret } from '../../idp/platform/base/secret.ts';
import type { Ask } from '../../idp/proofing/authorities/exchange.ts';
import type { AuthoritySettings } from '../../idp/proofing/authorities/settings.ts';
import type { Authority, Claimed, Finding } from '../../idp/proofing/proofing.ts';
import { freePort } from '../support/global-setup.ts';
import { runSandbox, type Running } from '../sandbox/running.ts';

export interface AuthorityCase {
  readonly standIn: 'population-register' | 'mobile-operator';
  readonly settings: (running: Running) => AuthoritySettings;
  readonly create: (parts: {
    settings: AuthoritySettings;
    clock: typeof systemClock;
    fetch?: Ask;
  }) => Authority;
  readonly reaches: number;
  /** A claim for each answer that the stand-in can give. */
  readonly claims: Partial<Record<Finding['is'], Claimed>> & { readonly match: Claimed };
}

interface Asked {
  readonly requestId: string;
  readonly url: string;
}

const newId = (): string => uuidv7(new Date());
const reasonOf = (finding: Finding): string => (finding.is === 'unavailable' ? finding.reason : finding.is);

export function authorityConformance({ standIn, settings, create, reaches, claims }: AuthorityCase): void {
  let running: Running;
  let authority: Authority;
  const fresh = (changes: Partial<AuthoritySettings> = {}): Authority =>
    create({ settings: { ...settings(running), ...changes }, clock: systemClock });
  const examine = async (claimed = claims.match, requestId = newId()): Promise<string> =>
    reasonOf(await authority.examine(claimed, requestId));
  const asked = async (): Promise<readonly Asked[]> =>
    running.json(`${new URL(settings(running).url).origin}/requests.json`);
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

  it('says what it can give', () => {
    expect(authority).toMatchObject({ id: standIn, reaches });
    expect(authority.method).toMatch(/^[a-z_]+\.[a-z_]+$/);
  });

  it.each(Object.keys(claims) as Finding['is'][])('finds %s, with a transaction and a time', async (is) => {
    const claimed = claims[is] ?? claims.match;
    const finding = await authority.examine(claimed, newId());
    expect(finding).toMatchObject({ is, transaction: expect.any(String), at: expect.any(Date) });
  });

  it('asks once when it is answered', async () => {
    const id = newId();
    await examine(claims.match, id);
    expect(await askedAbout(id)).toBe(1);
  });

  it.each([
    ['slow', 'timeout', 2],
    ['error', 'down', 2],
    ['down', 'down', 2],
    ['bad_signature', 'bad_signature', 1],
    ['half', 'bad_answer', 1],
  ])(
    'told to be %s it finds unavailable (%s) after %d questions with one id',
    async (behaviour, reason, times) => {
      await running.tell(standIn, behaviour);
      const id = newId();
      const began = Date.now();
      expect(await examine(claims.match, id)).toBe(reason);
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
    expect(await examine(claims.mismatch ?? claims.match)).toBe('bad_signature');
  });

  it('gives one question one transaction, however often it is put', async () => {
    const id = newId();
    const [first, second] = [
      await authority.examine(claims.match, id),
      await authority.examine(claims.match, id),
    ];
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
    const no = claims.mismatch ?? claims.match;
    const found = [];
    for (let n = 0; n < 8; n += 1) found.push(await examine(no));
    expect(new Set(found)).toEqual(new Set(['mismatch']));
  });

  it('turns away more questions than it may ask at a time, without throwing', async () => {
    authority = fresh({ concurrency: 1 });
    const found = await Promise.all(Array.from({ length: 5 }, () => examine()));
    expect(found.filter((is) => is === 'match')).toHaveLength(2);
    expect(found.filter((is) => is === 'down')).toHaveLength(3);
  });

  it('keeps personal data out of every address', async () => {
    await examine();
    const urls = (await asked()).map(({ url }) => decodeURIComponent(url)).join('\n');
    const { document, phone } = claims.match;
    for (const datum of [document?.name, document?.number, phone?.slice(-8)])
      if (datum !== undefined) expect(urls).not.toContain(datum);
    expect(urls).not.toContain('?');
  });
}
