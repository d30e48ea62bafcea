// A method turns out to be weak: a thousand accounts, one command.
import type { CitizenId } from '../../idp/citizens/citizens.ts';
import { addSeconds } from '../../idp/platform/base/clock.ts';
import { checkCharacter, parseResidentId } from '../../idp/proofing/proofing.ts';
import { proofingFixture, type Built, type ProofingFixture } from './fixture.ts';

const METHOD = 'mobile_operator.name_number_phone';
const YEAR = 365 * 86_400;

let fixture: ProofingFixture;
let proofing: Built;
let serial = 0;

beforeAll(async () => {
  fixture = await proofingFixture();
  proofing = fixture.build();
});
afterAll(() => fixture.close());

interface Fact {
  readonly method: string;
  readonly ial: 1 | 2 | 3;
  readonly daysAgo: number;
}

/** An account whose level rests on these facts. */
async function proven(facts: readonly Fact[]): Promise<CitizenId> {
  const { clock, audit, citizens } = fixture;
  serial += 1;
  const first17 = `33010619${String(50 + (serial % 50))}0101${String(100 + Math.floor(serial / 50)).padStart(3, '0')}`;
  const parsed = parseResidentId(first17 + checkCharacter(first17), clock.now());
  if (parsed.is === 'bad') throw new Error(parsed.why);
  const id = await fixture.account(String(13_800_000_000 + serial));
  const best = facts.reduce<1 | 2 | 3>((top, { ial }) => (ial > top ? ial : top), 1);
  await audit.change(async (tx) => {
    const at = clock.now();
    const { number, birthdate, gender } = parsed;
    const identity = { kind: 'CN_RIC', name: '试验人', number, birthdate, gender } as const;
    await citizens.raise(tx, id, { identity }, best, addSeconds(at, YEAR), at);
    for (const { method, ial, daysAgo } of facts)
      await proofing.keepEvidence(tx, id, {
        method,
        authority: method.split('.')[0] ?? '',
        transaction: `t-${serial}-${ial}`,
        at: addSeconds(at, -daysAgo * 86_400),
        ial,
        expiresAt: addSeconds(at, YEAR),
        document: 'CN_RIC',
      });
    tx.record({ type: 'citizen.registered', data: { method: 'sms' }, citizenId: id, actor: 'system' });
  });
  return id;
}

const phone = (daysAgo: number): readonly Fact[] => [
  { method: 'population_register.name_number', ial: 1, daysAgo },
  { method: METHOD, ial: 2, daysAgo },
];
const face = (daysAgo: number): Fact => ({ method: 'face.liveness_and_register', ial: 3, daysAgo });

async function regrade(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const command = proofing.feature.commands?.find(({ name }) => name === 'proofing regrade');
  if (!command) throw new Error('no such command');
  const io = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  return { code: await command.run(args, io), out: out.join('\n'), err: err.join('\n') };
}

const levelOf = async (id: CitizenId) => (await fixture.citizens.find(id))?.ial;
const dayOf = (daysAgo: number): string =>
  addSeconds(fixture.clock.now(), 8 * 3600 - daysAgo * 86_400)
    .toISOString()
    .slice(0, 10);

describe('grading down refuses', () => {
  it.each([
    [[]],
    [['--method', METHOD, '--since', '2026-01-01']],
    [['--method', METHOD, '--since', 'yesterday', '--to', '1']],
    [['--method', METHOD, '--since', '2026-01-01', '--to', '4']],
    [['--method', METHOD, '--since', '2026-01-01', '--to', '1', '--all']],
  ])('%j, with its usage and exit 2', async (args) => {
    expect(await regrade(...args)).toMatchObject({ code: 2, err: expect.stringContaining('--method M') });
  });

  it('a method that nobody uses: a slip must not look like nobody being affected', async () => {
    await proven(phone(300));
    const answer = await regrade('--method', 'mobile.phone', '--since', '2026-01-01', '--to', '1');
    expect(answer).toMatchObject({ code: 2, err: expect.stringContaining(METHOD) });
  });
});

describe('grading a method down', () => {
  it('lowers a thousand accounts, ends their sessions, leaves everybody else, and records each', async () => {
    const weak: CitizenId[] = [];
    while (weak.length < 1_000)
      weak.push(...(await Promise.all(Array.from({ length: 20 }, () => proven(phone(3))))));
    const [older, stronger] = [await proven(phone(30)), await proven([...phone(3), face(3)])];
    const before = fixture.clock.now();
    fixture.clock.forward(60);
    const args = ['--method', METHOD, '--since', dayOf(10), '--to', '1', '--json'];

    const dry = await regrade(...args, '--dry-run');
    expect(JSON.parse(dry.out)).toEqual({ accounts: 1_001, lowered: 1_000, dryRun: true });
    expect(await levelOf(weak[0]!)).toBe(2);

    expect(JSON.parse((await regrade(...args)).out)).toEqual({
      accounts: 1_001,
      lowered: 1_000,
      dryRun: false,
    });
    const after = await Promise.all(weak.map((id) => fixture.citizens.find(id)));
    expect(new Set(after.map((citizen) => citizen?.ial))).toEqual(new Set([1]));
    expect(after.every((citizen) => citizen !== undefined && citizen.sessionsNotBefore > before)).toBe(true);
    expect([await levelOf(older), await levelOf(stronger)]).toEqual([2, 3]);
    expect((await fixture.citizens.find(stronger))?.sessionsNotBefore.getTime()).toBeLessThan(
      before.getTime(),
    );

    const events = await fixture.audit.history(weak[7]!, 10);
    expect(events.map(({ type, data }) => [type, data])).toEqual(
      expect.arrayContaining([
        ['citizen.level_lowered', { from: 2, to: 1, method: METHOD, reason: 'regrade' }],
        ['evidence.regraded', { method: METHOD, to: 1, facts: 1 }],
      ]),
    );
    expect(JSON.parse((await regrade(...args)).out)).toEqual({ accounts: 0, lowered: 0, dryRun: false });
  }, 120_000);

  it('twice at once lowers each account once', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => proven(phone(1))));
    const args = ['--method', METHOD, '--since', dayOf(2), '--to', '0', '--json'];
    const both = await Promise.all([regrade(...args), regrade(...args)]);
    const lowered = both.map(({ out }) => (JSON.parse(out) as { lowered: number }).lowered);
    expect(lowered[0]! + lowered[1]!).toBe(20);
    expect(new Set(await Promise.all(ids.map(levelOf)))).toEqual(new Set([1]));
  });
});
