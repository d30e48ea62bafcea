// How a check ended: what happened, what to do first, other ways.
import type { Attributes } from '../../citizens/citizens.ts';
import type { VNode } from 'preact';
import type { Frame, Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Bullets, Disc, Steps, Summary, Tag } from '../../platform/ui/parts.tsx';
import { M } from '../messages.ts';
import { CaseNumber, CounterWay, PressForm, Way } from './parts.tsx';

/** From this many tries on, a person is told how many are left. */
const TELL_FROM = 3;

export function doneScreen(locale: Locale, { name, documentNumber }: Attributes): Screen {
  return {
    title: M.text(locale, 'done.title'),
    body: (frame) => (
      <>
        <Disc icon="check" />
        <h1>{M.text(locale, 'done.title')}</h1>
        <p>{M.text(locale, 'done.body')}</p>
        <Summary
          rows={[
            { term: M.text(locale, 'name.label'), value: String(name ?? '') },
            { term: M.text(locale, 'number.label'), value: String(documentNumber ?? '') },
            {
              term: M.text(locale, 'done.status'),
              value: <Tag tone="ok">{M.text(locale, 'done.verified')}</Tag>,
            },
          ]}
        />
        <PressForm frame={frame} text={M.text(locale, 'done.continue')} />
      </>
    ),
  };
}

/**
 * One page for a mismatch, an unknown number, a number held elsewhere, a person who has died, and a phone of somebody
 * else: whoever tries out another person's name and number learns nothing from it.
 */
export function noMatchScreen(locale: Locale, caseId: string, left: number): Screen {
  return {
    title: M.text(locale, 'no_match.title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'no_match.title')}</h1>
        <p>{M.text(locale, 'no_match.causes')}</p>
        <Bullets>
          <li>{M.text(locale, 'no_match.cause_name')}</li>
          <li>{M.text(locale, 'no_match.cause_card')}</li>
          <li>{M.text(locale, 'no_match.cause_phone')}</li>
          <li>{M.text(locale, 'no_match.cause_account')}</li>
        </Bullets>
        <h2>{M.text(locale, 'ways.title')}</h2>
        <Steps>
          <RetryWay frame={frame} left={left} />
          <Way what={M.text(locale, 'ways.own_phone')} more={M.text(locale, 'ways.own_phone_more')} />
          <Way what={M.text(locale, 'ways.other_account')} more={M.text(locale, 'ways.other_account_more')} />
          <CounterWay locale={locale} id={caseId} />
        </Steps>
      </>
    ),
  };
}

function RetryWay({ frame, left }: { readonly frame: Frame; readonly left: number }): VNode {
  const { locale } = frame;
  const what = `${M.text(locale, 'ways.retry')}${locale === 'en' ? '.' : '。'}`;
  if (left <= 0) return <Way what={what} more={M.text(locale, 'ways.none_left')} />;
  const more =
    left <= TELL_FROM ? M.text(locale, 'ways.left', { n: left }) : M.text(locale, 'ways.retry_more');
  return (
    <Way what={what} more={more}>
      <PressForm frame={frame} text={M.text(locale, 'ways.retry')} again />
    </Way>
  );
}

/** Under 14: a guardian consents (Personal Information Protection Law article 31). */
export function minorScreen(locale: Locale, caseId: string): Screen {
  return {
    title: M.text(locale, 'minor.title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'minor.title')}</h1>
        <p>{M.text(locale, 'minor.body')}</p>
        <h2>{M.text(locale, 'ways.title')}</h2>
        <Steps>
          <Way what={M.text(locale, 'minor.guardian')} more={M.text(locale, 'minor.guardian_more')}>
            <CaseNumber locale={locale} id={caseId} />
          </Way>
        </Steps>
        <PressForm frame={frame} text={M.text(locale, 'minor.wrong')} again second />
      </>
    ),
  };
}

export function waitingScreen(locale: Locale, caseId: string): Screen {
  return {
    title: M.text(locale, 'waiting.title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'waiting.title')}</h1>
        <p>{M.text(locale, 'waiting.body')}</p>
        <p>{M.text(locale, 'waiting.kept')}</p>
        <PressForm frame={frame} text={M.text(locale, 'waiting.retry')} />
        <PressForm frame={frame} text={M.text(locale, 'waiting.edit')} again second />
        <p>{M.text(locale, 'waiting.counter')}</p>
        <CaseNumber locale={locale} id={caseId} />
      </>
    ),
  };
}
