// How an attempt stands or ended: what happened, what to do first, other ways.
import type { VNode } from 'preact';
import type { Frame, Screen } from '../../platform/http/step.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Buttons } from '../../platform/ui/form.tsx';
import { Bullets, Steps } from '../../platform/ui/parts.tsx';
import type { Authority } from '../authority.ts';
import type { CaseRow } from '../cases.ts';
import type { Handover } from '../cases/handover.ts';
import type { AnotherWayWhy, HumanWhy, RefusedWhy } from '../decision.ts';
import type { Offer } from './choices.ts';
import { handoverScreen, ticketScreen } from './elsewhere.tsx';
import { M } from './messages.ts';
import {
  CaseNumber,
  ChooseWay,
  CounterWay,
  OtherDocument,
  OtherWay,
  Press,
  PressForm,
  TakeWay,
  Way,
  caseNumber,
} from './parts.tsx';

export interface ResultOptions {
  readonly locale: Locale;
  readonly row: CaseRow;
  readonly offer: Offer;
  /** Tries left today. */
  readonly left: number;
  readonly handover: Handover | undefined;
  readonly ticket: string | undefined;
  /** The authority that leads; undefined when it is off by now. */
  readonly lead: Authority | undefined;
  /** When the phone of a person with another account goes there by itself; undefined: never. */
  readonly movesAt: Date | undefined;
  readonly now: Date;
}

/** From this many tries on, a person is told how many are left. */
const TELL_FROM = 3;

/** Undefined for a case that has nothing more to say: the form is shown. */
export function resultScreen(options: ResultOptions): Screen | undefined {
  const { row, locale, lead } = options;
  const number = options.ticket ?? caseNumber(row.id);
  if (row.state === 'handed') {
    if (lead?.collect.by === 'ticket') return ticketScreen(locale, number, options.offer);
    return options.handover && lead
      ? handoverScreen({ locale, handover: options.handover, lead, offer: options.offer })
      : undefined;
  }
  if (row.state === 'open' || row.state === 'waiting') return waitingScreen(options, number);
  const { verdict } = row;
  if (verdict?.is === 'human') return humanScreen(options, verdict.why, number);
  if (verdict?.is === 'another_way') return anotherWayScreen(options, verdict.why, number);
  if (verdict?.is === 'phone_released') return releasedScreen(locale);
  return verdict?.is === 'refused' ? refusedScreen(options, verdict.why, number) : undefined;
}

/**
 * What a register says of a person is told only to somebody who showed to be that person: name, number and a phone are
 * what a relative may have as well.
 */
function refusedScreen(options: ResultOptions, why: RefusedWhy, number: string): Screen {
  if (why === 'minor') return minorScreen(options.locale, number);
  const shown = options.lead !== undefined && options.lead.reaches >= 3;
  if (why === 'no_match' || !shown) return noMatchScreen(options, number);
  return recordScreen(options, why, number);
}

/** One page for a mismatch, an unknown number, a number held elsewhere, a person who has died, a phone of somebody else. */
function noMatchScreen({ locale, left, offer, lead }: ResultOptions, number: string): Screen {
  const causes = ['name', 'card', ...phoneCause(lead), 'account'] as const;
  return {
    title: M.text(locale, 'no_match.title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'no_match.title')}</h1>
        <p>{M.text(locale, 'no_match.causes')}</p>
        <Bullets>
          {causes.map((cause) => (
            <li key={cause}>{M.text(locale, `no_match.cause_${cause}`)}</li>
          ))}
        </Bullets>
        <h2>{M.text(locale, 'ways.title')}</h2>
        <Steps>
          <RetryWay frame={frame} left={left} kind="retry" />
          <OtherWay frame={frame} offer={offer} />
          <CounterWay locale={locale} number={number} />
        </Steps>
      </>
    ),
  };
}

/** What the way had to do with the phone. */
function phoneCause(lead: Authority | undefined): readonly ('phone' | 'bank')[] {
  if (lead?.bindsPhone !== true) return [];
  return [lead.collect.by === 'fields' ? 'bank' : 'phone'];
}

interface RetryProps {
  readonly frame: Frame;
  readonly left: number;
  /** `retry`: with what was filled in; `once_more`: what was broken off. */
  readonly kind: 'retry' | 'once_more';
}

function RetryWay({ frame, left, kind }: RetryProps): VNode {
  const { locale } = frame;
  const what = `${M.text(locale, `ways.${kind}`)}${locale === 'en' ? '.' : '。'}`;
  if (left <= 0) return <Way what={what} more={M.text(locale, 'ways.none_left')} />;
  const more =
    left <= TELL_FROM ? M.text(locale, 'ways.left', { n: left }) : M.text(locale, `ways.${kind}_more`);
  return (
    <Way what={what} more={more}>
      <PressForm frame={frame} text={M.text(locale, `ways.${kind}`)} again />
    </Way>
  );
}

type RecordWhy = Exclude<RefusedWhy, 'no_match' | 'minor'>;

function recordScreen({ locale, offer }: ResultOptions, why: RecordWhy, number: string): Screen {
  const title = M.text(locale, `record.${why}_title`);
  return {
    title,
    body: (frame) => (
      <>
        <h1>{title}</h1>
        <p>{M.text(locale, `record.${why}`)}</p>
        <h2>{M.text(locale, 'ways.title')}</h2>
        <Steps>
          <CounterWay locale={locale} number={number} />
          {why !== 'deceased' && <OtherDocument frame={frame} offer={offer} />}
        </Steps>
      </>
    ),
  };
}

/** Under 14: a guardian consents (Personal Information Protection Law article 31). */
function minorScreen(locale: Locale, number: string): Screen {
  return {
    title: M.text(locale, 'minor.title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'minor.title')}</h1>
        <p>{M.text(locale, 'minor.body')}</p>
        <p>
          <b>{M.text(locale, 'minor.guardian')}</b> {M.text(locale, 'minor.guardian_more')}
        </p>
        <CaseNumber locale={locale} number={number} />
        <PressForm frame={frame} text={M.text(locale, 'minor.wrong')} again second />
      </>
    ),
  };
}

/** The other ways stand here at once, without those that would end on this page again. */
function anotherWayScreen(options: ResultOptions, why: AnotherWayWhy, number: string): Screen {
  const { locale, offer, left, row } = options;
  const brokenOff = why === 'not_completed' || why === 'not_live';
  const title = M.text(locale, brokenOff ? `another.${why}_title` : 'another.title');
  const others = offer.ways
    .map(({ lead }) => lead)
    // The counter stands last, with its number.
    .filter(({ id, collect }) => id !== row.way && collect.by !== 'ticket')
    .filter(({ reaches }) => why !== 'guarded' || reaches >= 3);
  return {
    title,
    body: (frame) => (
      <>
        <h1>{title}</h1>
        <p>{M.text(locale, `another.${why}`)}</p>
        <h2>{M.text(locale, 'ways.title')}</h2>
        <Steps>
          {brokenOff && <RetryWay frame={frame} left={left} kind="once_more" />}
          {brokenOff && <OtherWay frame={frame} offer={offer} />}
          {!brokenOff &&
            others.map((lead, index) => (
              <TakeWay key={lead.id} frame={frame} lead={lead} second={index > 0} />
            ))}
          <CounterWay locale={locale} number={number} />
        </Steps>
      </>
    ),
  };
}

function humanScreen(options: ResultOptions, why: HumanWhy, number: string): Screen {
  const { locale, offer, row, movesAt, now } = options;
  const moves = why === 'same_person' && movesAt;
  return {
    title: M.text(locale, 'human.title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'human.title')}</h1>
        <p>{M.text(locale, `human.${why}`)}</p>
        <p>{M.text(locale, 'human.kept')}</p>
        {moves && <p>{M.text(locale, 'human.moves', { time: formatInstant(moves, now, locale) })}</p>}
        <h2>{M.text(locale, 'ways.title')}</h2>
        <Steps>
          <CounterWay locale={locale} number={number} />
          {why === 'register_changed' && (
            <Way what={M.text(locale, 'human.renamed')} more={M.text(locale, 'human.renamed_more')}>
              <PressForm frame={frame} text={M.text(locale, 'human.renamed_press')} again second />
            </Way>
          )}
          {row.wanted < 4 && why !== 'another_person' && why !== 'same_person' && (
            <OtherWay frame={frame} offer={offer} />
          )}
        </Steps>
      </>
    ),
  };
}

function releasedScreen(locale: Locale): Screen {
  return {
    title: M.text(locale, 'released.title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'released.title')}</h1>
        <p>{M.text(locale, 'released.body')}</p>
        <PressForm frame={frame} text={M.text(locale, 'released.press')} />
      </>
    ),
  };
}

function waitingScreen({ locale, offer }: ResultOptions, number: string): Screen {
  return {
    title: M.text(locale, 'waiting.title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'waiting.title')}</h1>
        <p>{M.text(locale, 'waiting.body')}</p>
        <p>{M.text(locale, 'waiting.kept')}</p>
        <Buttons>
          <Press frame={frame} text={M.text(locale, 'waiting.retry')} />
          <Press frame={frame} text={M.text(locale, 'waiting.edit')} again second />
          <ChooseWay frame={frame} offer={offer} />
        </Buttons>
        <p>{M.text(locale, 'waiting.counter')}</p>
        <CaseNumber locale={locale} number={number} />
      </>
    ),
  };
}
