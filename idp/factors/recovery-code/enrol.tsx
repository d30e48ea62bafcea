// Making a set: explained, shown once, and in force only when the person says that it is kept.
import type { CitizenId } from '../../citizens/citizens.ts';
import type { Clock } from '../../platform/base/clock.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Screen, Step, StepContext } from '../../platform/http/step.ts';
import { Button, Buttons, HiddenField, PostForm } from '../../platform/ui/form.tsx';
import { Notice } from '../../platform/ui/parts.tsx';
import type { Json } from '../../platform/store/ephemeral.ts';
import type { Enrolment, EnrolState } from '../factors.ts';
import { digestOf, newCodes, written } from './codes.ts';
import { M } from './messages.ts';
import * as store from './store.ts';

export interface EnrolParts {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

type Context = StepContext<EnrolState>;

export function createEnrol(parts: EnrolParts): Step<EnrolState, Enrolment> {
  return {
    id: 'recovery-code-new',
    show(context) {
      const codes = madeBefore(context.scratch);
      return Promise.resolve(codes ? shownScreen(context.locale, codes) : makeScreen(context.locale));
    },
    submit(context, form) {
      const codes = madeBefore(context.scratch);
      if (!codes || form['kept'] === undefined)
        return Promise.resolve({ is: 'next', scratch: { codes: codes ?? newCodes() } });
      return Promise.resolve({ is: 'done', value: enrolment(parts, codes) });
    },
  };
}

/** The host keeps what a step remembers sealed, in this browser's flow alone, and drops it when the step is done. */
function madeBefore(scratch: Context['scratch']): readonly string[] | undefined {
  if (typeof scratch !== 'object' || scratch === null || !('codes' in scratch)) return undefined;
  const { codes } = scratch as { readonly codes: Json };
  return Array.isArray(codes) ? codes.map(String) : undefined;
}

function enrolment({ keyring, clock }: EnrolParts, codes: readonly string[]): Enrolment {
  return {
    // Nobody has shown that they hold them.
    amr: [],
    async write(tx, citizenId: CitizenId) {
      const { id: keyId, material } = keyring.active('otp');
      const at = clock.now();
      const digested = codes.map((code) => ({
        keyId,
        digest: digestOf(material, citizenId, code),
      }));
      await store.saveSet(tx, citizenId, digested, at);
      tx.record({
        type: 'factor.recovery_codes_set',
        data: { count: codes.length },
        citizenId,
        actor: `citizen:${citizenId}`,
      });
    },
  };
}

function makeScreen(locale: Locale): Screen {
  return {
    title: M.text(locale, 'make_title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'make_title')}</h1>
        <p>{M.text(locale, 'make_intro')}</p>
        <p>{M.text(locale, 'make_keep')}</p>
        <p>{M.text(locale, 'make_replaces')}</p>
        <PostForm frame={frame}>
          <Buttons>
            <Button>{M.text(locale, 'make_go')}</Button>
            {frame.beside}
          </Buttons>
        </PostForm>
      </>
    ),
  };
}

function shownScreen(locale: Locale, codes: readonly string[]): Screen {
  return {
    title: M.text(locale, 'shown_title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'shown_title')}</h1>
        <Notice tone="warning">
          <p>{M.text(locale, 'shown_once')}</p>
        </Notice>
        <ol class="codes num">
          {codes.map((code) => (
            <li key={code}>{written(code)}</li>
          ))}
        </ol>
        <p>{M.text(locale, 'shown_then')}</p>
        <PostForm frame={frame}>
          <HiddenField name="kept" value="yes" />
          <Buttons>
            <Button>{M.text(locale, 'shown_save')}</Button>
          </Buttons>
        </PostForm>
      </>
    ),
  };
}
