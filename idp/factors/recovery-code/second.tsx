// A recovery code of a citizen who is already identified. Each works once, of any number of parallel uses.
import type { Audit } from '../../audit/audit.ts';
import { TOLD_IN, tellHolder, type CitizenId, type Citizens } from '../../citizens/citizens.ts';
import type { Clock } from '../../platform/base/clock.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Screen, Step, StepContext, Submitted } from '../../platform/http/step.ts';
import type { Notify } from '../../platform/notify/notify.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Log } from '../../platform/telemetry/log.ts';
import { Button, Buttons, PostForm, TextField } from '../../platform/ui/form.tsx';
import type { SecondState, Shown } from '../factors.ts';
import type { Tries } from '../tries.ts';
import { digestOf, parseRecoveryCode } from './codes.ts';
import { M } from './messages.ts';
import * as store from './store.ts';

export interface SecondParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly citizens: Pick<Citizens, 'attributes'>;
  readonly keyring: Keyring;
  readonly notify: Pick<Notify, 'text'>;
  readonly tries: Tries;
  readonly log: Log;
  readonly clock: Clock;
}

/** RFC 8176 section 2: a one-time password. */
export const RECOVERY_AMR = ['otp'] as const;

/** From so many tries left on, they are told. */
const TELL_FROM = 3;

type Context = StepContext<SecondState>;

export function createSecond(parts: SecondParts): Step<SecondState, Shown> {
  return {
    id: 'recovery-code',
    show: ({ locale }) => Promise.resolve(screen(locale)),
    submit: (context, form) => check(parts, context, form['code'] ?? ''),
  };
}

async function check(parts: SecondParts, context: Context, typed: string): Promise<Submitted<Shown>> {
  const { locale, state } = context;
  const { citizenId } = state;
  const code = parseRecoveryCode(typed);
  if (code === undefined) return again(M.text(locale, typed.trim() === '' ? 'code_empty' : 'code_format'));
  await parts.tries.refuseLocked(citizenId);
  const left = await parts.tries.take(citizenId);
  if (await useCode(parts, citizenId, code)) {
    await parts.tries.right(citizenId, left);
    await tellHolder(parts, citizenId, M.text(TOLD_IN, 'notice'), 'the use of a recovery code');
    return {
      is: 'done',
      value: { citizenId, phone: undefined, amr: RECOVERY_AMR, needsSecond: false },
    };
  }
  const reason = 'wrong_code';
  parts.audit.note({
    type: 'signin.failed',
    data: { factor: 'recovery-code', reason },
    actor: 'system',
    citizenId,
  });
  await parts.tries.wrong(citizenId, left, citizenId);
  return again(
    left <= TELL_FROM ? M.text(locale, 'code_wrong_left', { n: left }) : M.text(locale, 'code_wrong'),
  );
}

function again(text: string): Submitted<Shown> {
  return { is: 'again', problems: [{ field: 'code', text }], forget: ['code'] };
}

function useCode(parts: SecondParts, citizenId: CitizenId, code: string): Promise<boolean> {
  const digests = parts.keyring
    .all('otp')
    .map(({ id, material }) => ({ keyId: id, digest: digestOf(material, citizenId, code) }));
  return parts.audit.change(async (tx) => {
    const used = await store.use(tx, citizenId, digests, parts.clock.now());
    if (!used) {
      tx.unchanged();
      return false;
    }
    const left = (await store.findSet(tx, citizenId))?.left ?? 0;
    tx.record({
      type: 'factor.recovery_code_used',
      data: { left },
      citizenId,
      actor: `citizen:${citizenId}`,
    });
    return true;
  });
}

function screen(locale: Locale): Screen {
  return {
    title: M.text(locale, 'second_title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'second_title')}</h1>
        {frame.lead}
        <p>{M.text(locale, 'second_intro')}</p>
        <PostForm frame={frame}>
          <TextField
            frame={frame}
            name="code"
            label={M.text(locale, 'code')}
            hint={M.text(locale, 'code_hint')}
            autocapitalize="characters"
          />
          <Buttons>
            <Button>{M.text(locale, 'go_on')}</Button>
            {frame.beside}
          </Buttons>
        </PostForm>
      </>
    ),
  };
}
