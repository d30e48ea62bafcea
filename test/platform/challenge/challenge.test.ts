// Proof-of-work: what counts as solved, for whom, how often; and the worker that pages load, run as it is.
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { solveChallenge, type createChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { renderToString } from 'preact-render-to-string';
import {
  createChallenges,
  PROOF_FIELD,
  type Asked,
  type Challenge,
  type ChallengeSettings,
} from '../../../idp/platform/challenge/challenge.tsx';
import { createLimits } from '../../../idp/platform/limits/limits.ts';
import type { Ephemeral } from '../../../idp/platform/store/ephemeral.ts';
import { createMetrics } from '../../../idp/platform/telemetry/metrics.ts';
import { CHALLENGE_SCRIPT, CHALLENGE_WORKER } from '../../../idp/platform/challenge/browser/asset.ts';
import { testClock } from '../../support/clock.ts';
import { backEnds } from '../../support/ephemeral.ts';
import { fixedKeyring } from '../../support/keyring.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';

type Given = Awaited<ReturnType<typeof createChallenge>>;

const clock = testClock();
const keyring = fixedKeyring(clock);
const metrics = createMetrics();
const SETTINGS: ChallengeSettings = {
  work: 6,
  underPressure: 5,
  unprovenPerAddress: 2,
  unprovenPerMinute: 5,
};
let database: TestDatabase;
let ephemeral: Ephemeral;
let challenge: Challenge;

const before = (act: string, settings = SETTINGS): Challenge =>
  createChallenges({
    ephemeral,
    limits: createLimits({ ephemeral, postgres: database.postgres, keyring, clock }),
    keyring,
    metrics,
    clock,
    settings,
  }).before(act);

beforeAll(async () => {
  database = await testDatabase();
  ephemeral = await backEnds().at(-1)!.open();
  challenge = before('act');
});
afterAll(async () => {
  await ephemeral.close();
  await database.close();
});

let flows = 0;
const asking = (over: Partial<Asked> = {}): Asked => ({
  flow: `flow ${(flows += 1)}`,
  address: `10.1.${flows >> 8}.${flows & 255}`,
  locale: 'zh-CN',
  ...over,
});

async function given(asked: Asked, pressed = false, from = challenge): Promise<Given> {
  const html = renderToString(await from.field(asked, pressed));
  const text = /data-challenge="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '';
  return JSON.parse(text) as Given;
}
const encode = (answer: unknown): string => Buffer.from(JSON.stringify(answer)).toString('base64');
async function solve(made: Given): Promise<string> {
  return encode({ challenge: made, solution: await solveChallenge({ challenge: made, deriveKey }) });
}
const check = (asked: Asked, proof: string, from = challenge) => from.check(asked, { [PROOF_FIELD]: proof });

describe('a solution', () => {
  it.each([
    ['of another flow', async () => [asking(), await solve(await given(asking()))] as const],
    [
      'of another page of this flow',
      async () => {
        const asked = asking();
        return [asked, await solve(await given(asked, false, before('other')))] as const;
      },
    ],
    [
      'of a challenge made easier',
      async () => {
        const asked = asking();
        const made = await given(asked);
        const easy = { ...made, parameters: { ...made.parameters, keyPrefix: '0' } };
        return [asked, await solve(easy)] as const;
      },
    ],
    [
      'of a challenge that lives longer',
      async () => {
        const asked = asking();
        const made = await given(asked);
        const long = { ...made, parameters: { ...made.parameters, expiresAt: 9_999_999_999 } };
        return [asked, await solve(long)] as const;
      },
    ],
    [
      'that names another key',
      async () => {
        const asked = asking();
        const solution = { counter: 1, derivedKey: 'ab'.repeat(32) };
        return [asked, encode({ challenge: await given(asked), solution })] as const;
      },
    ],
    ['that is no JSON', async () => [asking(), 'AAAA'] as const],
    ['that is no object', async () => [asking(), encode(['x'])] as const],
    ['of a megabyte', async () => [asking(), 'A'.repeat(1_048_576)] as const],
  ])('%s is wrong', async (_case, make) => {
    const [asked, proof] = await make();
    expect(await check(asked, proof)).toBe('wrong');
  });

  it('is right once, also of a hundred forms at the same time', async () => {
    const asked = asking();
    const proof = await solve(await given(asked));
    const all = await Promise.all(Array.from({ length: 100 }, () => check(asked, proof)));
    expect(all.filter((one) => one === 'solved')).toHaveLength(1);
    expect(new Set(all)).toEqual(new Set(['solved', 'wrong']));
  });

  it('is wrong after five minutes', async () => {
    const asked = asking();
    const [early, late] = [await solve(await given(asked)), await solve(await given(asked))];
    clock.forward(295);
    expect(await check(asked, early)).toBe('solved');
    clock.forward(10);
    expect(await check(asked, late)).toBe('wrong');
    clock.forward(-305);
  });

  it('outlives the rotation of the key that made its challenge', async () => {
    const asked = asking();
    const proof = await solve(await given(asked));
    await keyring.rotate('cookie', undefined as never);
    expect(await check(asked, proof)).toBe('solved');
  });

  it('that did not come is absent, and all are counted', async () => {
    expect(await challenge.check(asking(), {})).toBe('absent');
    expect(await check(asking(), '')).toBe('absent');
    const text = await metrics.text();
    for (const proof of ['solved', 'absent', 'wrong'])
      expect(text).toMatch(new RegExp(`tongxing_proofs_total\\{act="act",proof="${proof}"\\} [1-9]`));
  });
});

describe('the work', () => {
  const counterOf = async (made: Given): Promise<number> =>
    (await solveChallenge({ challenge: made, deriveKey }))?.counter ?? -1;

  it('is from half of what is set to half as much again, and more under pressure', async () => {
    const counters: number[] = [];
    const pressed: number[] = [];
    for (let turn = 0; turn < 40; turn += 1) {
      counters.push(await counterOf(await given(asking())));
      pressed.push(await counterOf(await given(asking(), true)));
    }
    expect(Math.min(...counters)).toBeGreaterThanOrEqual(3);
    expect(Math.max(...counters)).toBeLessThanOrEqual(9);
    expect(Math.min(...pressed)).toBeGreaterThanOrEqual(15);
    expect(Math.max(...pressed)).toBeLessThanOrEqual(45);
  });
});

describe('who does no work', () => {
  it('passes slowly: so many an address, so many in all', async () => {
    const slow = before('slow');
    const passes = async (address: string): Promise<boolean> => slow.pass(asking({ address }), {});
    expect([await passes('a'), await passes('a'), await passes('a')]).toEqual([true, true, false]);
    expect([await passes('b'), await passes('b')]).toEqual([true, true]);
    expect([await passes('c'), await passes('d'), await passes('e')]).toEqual([true, false, false]);
    const asked = asking({ address: 'e' });
    const proof = await solve(await given(asked, false, slow));
    expect(await slow.pass(asked, { [PROOF_FIELD]: proof })).toBe(true);
  });
});

describe('the field', () => {
  it('keeps to the content policy, tells screen readers, and shows nothing at rest', async () => {
    const html = renderToString(await challenge.field(asking({ locale: 'en' })));
    expect(html).toContain(`<script defer src="${CHALLENGE_SCRIPT.path}"></script>`);
    expect(html).toContain(`data-worker="${CHALLENGE_WORKER.path}"`);
    expect(html).toContain('role="status"');
    expect(html).toContain('data-working="Checking that this is not an automatic program.');
    expect(html).not.toMatch(/<script>|style=|onload|javascript:/);
  });

  it('is solved by the worker that the page loads', async () => {
    const asked = asking();
    const made = await given(asked);
    const source = readFileSync('idp/platform/challenge/browser/challenge-worker.js', 'utf8');
    const proof = await new Promise<string>((resolve) => {
      const scope = {
        crypto,
        btoa,
        postMessage: resolve,
        addEventListener: (_: string, hear: (event: { data: string }) => void) => {
          setImmediate(() => hear({ data: JSON.stringify(made) }));
        },
      };
      vm.runInNewContext(source, scope);
    });
    expect(await check(asked, proof)).toBe('solved');
  });

  it('goes without where the browser cannot do it', async () => {
    const source = readFileSync('idp/platform/challenge/browser/challenge-worker.js', 'utf8');
    const made = await given(asking());
    const proof = await new Promise<string>((resolve) => {
      const scope = {
        crypto: {},
        btoa,
        postMessage: resolve,
        addEventListener: (_: string, hear: (event: { data: string }) => void) => {
          setImmediate(() => hear({ data: JSON.stringify(made) }));
        },
      };
      vm.runInNewContext(source, scope);
    });
    expect(proof).toBe('');
  });
});
