// Choosing a password: judged in words, hashed before the transaction, written within it.
import type { Citizens } from '../../citizens/citizens.ts';
import type { Clock } from '../../platform/base/clock.ts';
import type { Step } from '../../platform/http/step.ts';
import type { Enrolment, EnrolState } from '../factors.ts';
import type { TriesByDevice } from '../tries.ts';
import type { Hashing } from './hashing.ts';
import { M } from './messages.ts';
import { enrolScreen } from './pages.tsx';
import { judgePassword, type About } from './policy.ts';
import { PASSWORD_AMR } from './sign-in.ts';
import type { PasswordStore } from './store.ts';

export interface EnrolParts {
  readonly store: PasswordStore;
  readonly hashing: Hashing;
  readonly citizens: Citizens;
  readonly clock: Clock;
  readonly tries: Pick<TriesByDevice, 'renewed'>;
}

export function createEnrol(parts: EnrolParts): Step<EnrolState, Enrolment> {
  return {
    id: 'password-new',
    show: (context) => Promise.resolve(enrolScreen(context.locale, context.state.phone)),
    async submit(context, form) {
      const typed = form['password'] ?? '';
      const verdict = judgePassword(typed, await aboutOf(parts.citizens, context.state));
      if (verdict.is === 'refused') {
        const text = M.text(context.locale, `flaw_${verdict.flaw}`);
        return { is: 'again', problems: [{ field: 'password', text }], forget: ['password'] };
      }
      const { citizenId } = context.state;
      const replaces = citizenId !== undefined && (await parts.store.find(citizenId)) !== undefined;
      return { is: 'done', value: await enrolment(parts, typed, verdict.alone, replaces) };
    },
  };
}

/** The hash is made here, ahead: a transaction must not wait for 30 ms of argon2. */
export async function enrolment(
  parts: Pick<EnrolParts, 'store' | 'hashing' | 'clock' | 'tries'>,
  password: string,
  alone: boolean,
  replaces = false,
): Promise<Enrolment> {
  const made = await parts.hashing.make(password);
  return {
    amr: PASSWORD_AMR,
    ...(replaces ? { replaces } : {}),
    async write(tx, citizenId) {
      await parts.store.save(tx, citizenId, { ...made, alone }, parts.clock.now());
      await parts.tries.renewed(tx, citizenId);
      tx.record({ type: 'factor.password_set', data: {}, citizenId, actor: `citizen:${citizenId}` });
    },
  };
}

async function aboutOf(citizens: Citizens, state: EnrolState): Promise<About> {
  const known = state.citizenId === undefined ? undefined : await citizens.attributes(state.citizenId);
  return {
    phone: state.phone,
    name: known?.name?.reveal(),
    documentNumber: known?.documentNumber?.reveal(),
    birthdate: known?.birthdate,
  };
}
