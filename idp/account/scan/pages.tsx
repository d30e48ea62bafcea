// The phone's pages: the question with its number, the confirmation, and how it ended.
import type { VNode } from 'preact';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import {
  Button,
  Buttons,
  HiddenField,
  LinkButton,
  PostForm,
  type FormFrame,
} from '../../platform/ui/form.tsx';
import { Disc, Notice, Summary, type IconName } from '../../platform/ui/parts.tsx';
import { browserWords } from '../../devices/devices.ts';
import { M } from './messages.ts';

/** What is known of the computer. */
export interface Asking {
  readonly clientId: string;
  /** User-Agent, or empty. */
  readonly agent: string;
  readonly shownAt: Date;
  readonly near: boolean;
  /** The computer's city, where it is known. */
  readonly place: Readonly<Record<Locale, string>> | undefined;
}

type Asked =
  | { readonly is: 'pick'; readonly asking: Asking; readonly choices: readonly string[] }
  | { readonly is: 'confirm'; readonly asking: Asking; readonly vouched: boolean };

/** How a code stands, for the phone that opened it. */
export type Seen =
  | Asked
  | { readonly is: 'approved'; readonly asking: Asking }
  | { readonly is: 'gone' | 'used' }
  | {
      readonly is: 'refused';
      readonly reason: 'citizen' | 'wrong_number' | 'new_place' | 'unknown_device' | 'risk';
    };

export interface ScanScreen {
  readonly title: string;
  readonly body: VNode;
}

interface ScanFrame extends Pick<FormFrame, 'locale' | 'action' | 'hidden'> {
  readonly now: Date;
  /** Where signing in anew begins. */
  readonly again: string;
}

/** The question, as long as it is open. The service that it is about stands above it, as on every page of a sign-in. */
export function askScreen(frame: ScanFrame, asked: Asked): ScanScreen {
  const { locale } = frame;
  if (asked.is === 'confirm' && !asked.vouched) return againScreen(frame);
  const title = M.text(locale, asked.is === 'pick' ? 'title' : 'confirm_title');
  const body = (
    <>
      <h1>{title}</h1>
      <Notice tone="warning" title={M.text(locale, 'warn_title')}>
        <p>{M.text(locale, 'warn_body')}</p>
      </Notice>
      <Computer frame={frame} asking={asked.asking} />
      {asked.is === 'pick' ? (
        <Numbers frame={frame} choices={asked.choices} />
      ) : (
        <Act frame={frame} name="confirm" text={M.text(locale, 'confirm')} kind="primary" />
      )}
      <Act frame={frame} name="refuse" text={M.text(locale, 'refuse')} kind="warning" />
    </>
  );
  return { title, body };
}

interface ComputerProps {
  readonly frame: ScanFrame;
  readonly asking: Asking;
}

function Computer({ frame: { locale, now }, asking }: ComputerProps): VNode {
  return (
    <Summary
      rows={[
        {
          term: M.text(locale, 'place'),
          value: asking.place?.[locale] ?? M.text(locale, asking.near ? 'place_near' : 'place_unknown'),
        },
        {
          term: M.text(locale, 'browser'),
          value: browserWords(asking.agent, locale),
        },
        { term: M.text(locale, 'at'), value: formatInstant(asking.shownAt, now, locale) },
      ]}
    />
  );
}

/** One form for each number: a press is a choice, and nothing is chosen beforehand. */
function Numbers({
  frame,
  choices,
}: {
  readonly frame: ScanFrame;
  readonly choices: readonly string[];
}): VNode {
  return (
    <>
      <h2>{M.text(frame.locale, 'pick')}</h2>
      <p class="hint">{M.text(frame.locale, 'pick_hint')}</p>
      <div class="numbers">
        {choices.map((number) => (
          <PostForm key={number} frame={frame}>
            <HiddenField name="pick" value={number} />
            <Button kind="equal">{number}</Button>
          </PostForm>
        ))}
      </div>
    </>
  );
}

interface ActProps {
  readonly frame: ScanFrame;
  readonly name: 'confirm' | 'refuse';
  readonly text: string;
  readonly kind: 'primary' | 'warning';
}

function Act({ frame, name, text, kind }: ActProps): VNode {
  return (
    <PostForm frame={frame}>
      <HiddenField name={name} value="yes" />
      <Buttons>
        <Button kind={kind}>{text}</Button>
      </Buttons>
    </PostForm>
  );
}

/** The right number came from a session that does not vouch: the person shows more, then comes back to say yes. */
function againScreen(frame: ScanFrame): ScanScreen {
  const { locale } = frame;
  const title = M.text(locale, 'again_title');
  const body = (
    <>
      <h1>{title}</h1>
      <p>{M.text(locale, 'again_body')}</p>
      <p>{M.text(locale, 'again_how')}</p>
      <p class="hint">{M.text(locale, 'again_time')}</p>
      <Buttons>
        <LinkButton href={frame.again}>{M.text(locale, 'again')}</LinkButton>
      </Buttons>
      <Act frame={frame} name="refuse" text={M.text(locale, 'refuse')} kind="warning" />
    </>
  );
  return { title, body };
}

export function approvedScreen(locale: Locale): ScanScreen {
  return ending('check', 'ok', M.text(locale, 'approved_title'), [
    M.text(locale, 'approved_body'),
    M.text(locale, 'approved_wrong'),
  ]);
}

/** The code is over, for this phone or for all. */
export function endScreen(locale: Locale, seen: Seen): ScanScreen {
  if (seen.is === 'refused')
    return ending('lock', 'warn', M.text(locale, 'refused_title'), [
      M.text(locale, seen.reason),
      M.text(locale, 'warn_again'),
    ]);
  const why = seen.is === 'used' ? 'used' : 'gone';
  return ending('clock', 'warn', M.text(locale, `${why}_title`), [M.text(locale, `${why}_body`)]);
}

function ending(icon: IconName, tone: 'ok' | 'warn', title: string, lines: readonly string[]): ScanScreen {
  const body = (
    <>
      <Disc icon={icon} tone={tone} />
      <h1>{title}</h1>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </>
  );
  return { title, body };
}
