// Proof-of-work before what costs money or gives a guesser a try: each browser does a little work, a machine that tries
// ten thousand does a lot. Who has no scripts goes a slower way. Not here: when it is asked (the factors).
import type { VNode } from 'preact';
import type { Clock } from '../base/clock.ts';
import { keyOf, type Ephemeral } from '../store/ephemeral.ts';
import type { CookieKeys } from '../http/guards.ts';
import type { Form, StepContext } from '../http/step.ts';
import type { Limits } from '../limits/limits.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { CHALLENGE_SCRIPT, CHALLENGE_WORKER } from './browser/asset.ts';
import { M } from './messages.ts';
import { isSolved, LIFE_SECONDS, makeChallenge, placeOf, readAnswer } from './puzzle.ts';
import type { ChallengeSettings } from './settings.ts';

export { CHALLENGE_ASSETS } from './browser/asset.ts';
export { challengeSettings, type ChallengeSettings } from './settings.ts';

export interface ChallengesParts {
  readonly ephemeral: Ephemeral;
  readonly limits: Limits;
  readonly keyring: CookieKeys;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly settings: ChallengeSettings;
}

/** What a challenge is bound to. */
export type Asked = Pick<StepContext<unknown>, 'flow' | 'address' | 'locale'>;

/** `wrong`: of another flow, expired, used before, or not solved. */
export type Proof = 'solved' | 'absent' | 'wrong';

export interface Challenge {
  /** The field for the form. `pressed`: an attack is under way, and the work is harder. */
  field(asked: Asked, pressed?: boolean): Promise<VNode>;
  /** What came with the form. A solution counts once: of any number of parallel forms with it one is `solved`. */
  check(asked: Asked, form: Form): Promise<Proof>;
  /** True when the work was done, or when the slow way has room for one more without it. */
  pass(asked: Asked, form: Form): Promise<boolean>;
}

export interface Challenges {
  /** A place that asks for proof, with a slow way of its own. `act`: how its limits are called (`password`, `sms`). */
  before(act: string): Challenge;
}

/** Name of the hidden field that the script fills. */
export const PROOF_FIELD = 'proof';

export function createChallenges(parts: ChallengesParts): Challenges {
  const { ephemeral, keyring, clock, settings } = parts;
  const count = parts.metrics.counter('proofs_total', 'Forms that had to bring proof-of-work', [
    'act',
    'proof',
  ]);

  const judge = async (act: string, { flow }: Asked, form: Form): Promise<Proof> => {
    const text = form[PROOF_FIELD] ?? '';
    if (text === '') return 'absent';
    const answer = readAnswer(text);
    if (!answer) return 'wrong';
    const keys = keyring.all('cookie').filter(({ state }) => state !== 'next');
    for (const { material } of keys)
      if (await isSolved(material, placeOf(act, flow), answer, clock.now())) {
        const used = keyOf('proof', answer.challenge.signature);
        return (await ephemeral.once(used, 1, LIFE_SECONDS)) ? 'solved' : 'wrong';
      }
    return 'wrong';
  };

  return {
    before(act) {
      const slowWay = declareSlowWay(parts, act);
      const check = async (asked: Asked, form: Form): Promise<Proof> => {
        const proof = await judge(act, asked, form);
        count(act, proof);
        return proof;
      };
      return {
        async field({ flow, locale }, pressed = false) {
          const work = settings.work * (pressed ? settings.underPressure : 1);
          const { material } = keyring.active('cookie');
          const challenge = await makeChallenge(material, placeOf(act, flow), work, clock.now());
          return <ChallengeField challenge={JSON.stringify(challenge)} locale={locale} />;
        },
        check,
        pass: async (asked, form) => (await check(asked, form)) === 'solved' || slowWay(asked.address),
      };
    },
  };
}

/** Nobody is locked out for a browser without scripts; but who does no work is slow, and all of them together too. */
function declareSlowWay(
  { limits, settings }: ChallengesParts,
  act: string,
): (address: string) => Promise<boolean> {
  const perAddress = limits.declare({
    name: `${act}.unproven`,
    per: 'address',
    burst: settings.unprovenPerAddress,
    periodSeconds: 60,
    why: 'a browser without scripts does no work, and neither does a machine that saves it',
  });
  const inAll = limits.declare({
    name: `${act}.unproven_all`,
    per: 'whole system',
    burst: settings.unprovenPerMinute,
    periodSeconds: 60,
    why: 'many addresses that each do no work are one attack',
  });
  return async (address) => {
    const mine = await limits.trySpend(perAddress, address);
    return mine.remaining >= 0 && (await limits.trySpend(inAll, 'all')).remaining >= 0;
  };
}

function ChallengeField({
  challenge,
  locale,
}: {
  readonly challenge: string;
  readonly locale: Asked['locale'];
}): VNode {
  return (
    <div
      class="challenge"
      data-challenge={challenge}
      data-worker={CHALLENGE_WORKER.path}
      data-working={M.text(locale, 'working')}
      data-done={M.text(locale, 'done')}
    >
      <input type="hidden" name={PROOF_FIELD} value="" />
      <p class="quiet" role="status" />
      <script defer src={CHALLENGE_SCRIPT.path} />
    </div>
  );
}
