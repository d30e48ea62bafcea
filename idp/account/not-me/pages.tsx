// The pages behind the link in a message about an unusual sign-in.
import type { VNode } from 'preact';
import { kindWords, type Told } from '../../devices/devices.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, LinkButton, PostForm, type FormFrame } from '../../platform/ui/form.tsx';
import { Bullets, Disc, Steps, Summary } from '../../platform/ui/parts.tsx';
import { M } from './messages.ts';

interface AskProps {
  readonly frame: FormFrame;
  readonly told: Told;
  readonly now: Date;
}

export function Ask({ frame, told, now }: AskProps): VNode {
  const { locale } = frame;
  const time = formatInstant(told.at, now, locale);
  const place = told.place?.name[locale] ?? M.text(locale, 'ask.place.unknown');
  return (
    <>
      <Disc icon="question" tone="warn" />
      <h1>{M.text(locale, 'ask.title')}</h1>
      <p>{M.text(locale, 'ask.happened')}</p>
      <Summary
        rows={[
          { term: M.text(locale, 'ask.time'), value: time },
          { term: M.text(locale, 'ask.place'), value: place },
          { term: M.text(locale, 'ask.device'), value: kindWords(told.browser, locale) },
        ]}
      />
      <p class="hint">{M.text(locale, 'ask.approximate')}</p>
      <p>{M.text(locale, 'ask.yes')}</p>
      <p>{M.text(locale, 'ask.no')}</p>
      <Bullets>
        <li>{M.text(locale, 'ask.frozen.first')}</li>
        <li>{M.text(locale, 'ask.frozen.second')}</li>
        <li>{M.text(locale, 'ask.frozen.third')}</li>
      </Bullets>
      <PostForm frame={frame}>
        <Buttons>
          <Button kind="warning">{M.text(locale, 'ask.go')}</Button>
        </Buttons>
      </PostForm>
    </>
  );
}

/** The same for everybody who comes here: it tells nothing about any account. */
export function Frozen({ locale }: { readonly locale: Locale }): VNode {
  return (
    <>
      <Disc icon="lock" tone="warn" />
      <h1>{M.text(locale, 'done.title')}</h1>
      <p>{M.text(locale, 'done.body')}</p>
      <h2>{M.text(locale, 'done.back')}</h2>
      <Steps>
        <li>
          <p>{M.text(locale, 'done.counter')}</p>
        </li>
        <li>
          <p>{M.text(locale, 'done.call')}</p>
        </li>
        <li>
          <p>{M.text(locale, 'done.password')}</p>
        </li>
      </Steps>
      <Buttons>
        <LinkButton href="/help/counters">{M.text(locale, 'done.counters')}</LinkButton>
      </Buttons>
    </>
  );
}

export function Gone({ locale, days }: { readonly locale: Locale; readonly days: number }): VNode {
  return (
    <>
      <Disc icon="clock" tone="warn" />
      <h1>{M.text(locale, 'gone.title')}</h1>
      <p>{M.text(locale, 'gone.body', { days })}</p>
      <p>{M.text(locale, 'gone.freeze')}</p>
      <p>{M.text(locale, 'gone.history')}</p>
      <Buttons>
        <LinkButton href="/account/history">{M.text(locale, 'gone.go')}</LinkButton>
      </Buttons>
    </>
  );
}
