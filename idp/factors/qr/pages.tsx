// The computer's pages: the code with its number, what it waits for, and what to do where a code is of no use.
import type { VNode } from 'preact';
import type { Frame, Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, HiddenField, LinkButton, PostForm } from '../../platform/ui/form.tsx';
import { Notice, Steps, Timer } from '../../platform/ui/parts.tsx';
import { QrCode } from '../../platform/ui/qr.tsx';
import type { Shown } from './codes.ts';
import { M } from './messages.ts';

interface CodeProps {
  readonly shown: Shown;
  /** What the camera reads. */
  readonly address: string;
  /** Whole seconds that the code still works. */
  readonly left: number;
}

/** The page with the code. The script asks at `data-watch` and presses the button when the phone has agreed. */
export function codeScreen(locale: Locale, { shown, address, left }: CodeProps): Screen {
  const { number } = shown;
  return {
    title: M.text(locale, 'title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'title')}</h1>
        {frame.lead}
        <p>{M.text(locale, 'intro')}</p>
        <div
          data-watch={`/qr/${shown.watch}`}
          data-left={left}
          data-over={M.text(locale, 'over')}
          data-scanned={M.text(locale, 'scanned', { number })}
          data-next={frame.link({ way: 'qr' })}
        >
          <QrCode text={address} label={M.text(locale, 'code')}>
            <div class="pick">
              <p>{M.text(locale, 'pick')}</p>
              <b>{number}</b>
              <p>
                <Timer seconds={left} text={M.text(locale, 'left', { seconds: '{seconds}' })} />
              </p>
            </div>
          </QrCode>
          <p role="status" />
          <Confirmed frame={frame} text={M.text(locale, 'done')} />
        </div>
        <h2>{M.text(locale, 'how')}</h2>
        <Steps>
          {(['how_scan', 'how_check', 'how_pick'] as const).map((key) => (
            <li key={key}>
              <p>{M.text(locale, key)}</p>
            </li>
          ))}
        </Steps>
        <Fresh frame={frame} />
      </>
    ),
  };
}

function Confirmed({ frame, text }: { readonly frame: Frame; readonly text: string }): VNode {
  return (
    <PostForm frame={frame}>
      <Buttons>
        <Button>{text}</Button>
      </Buttons>
    </PostForm>
  );
}

function Fresh({ frame }: { readonly frame: Frame }): VNode {
  return (
    <PostForm frame={frame}>
      <HiddenField name="fresh" value="1" />
      <Buttons>
        <Button kind="second">{M.text(frame.locale, 'fresh')}</Button>
        {frame.beside}
      </Buttons>
    </PostForm>
  );
}

export type Pause = 'picked' | 'approved' | 'refused';

/** The code has been read and is of no more use: the phone has the word, or has said it. */
export function pausedScreen(locale: Locale, shown: Shown, pause: Pause): Screen {
  if (pause === 'refused') return refusedScreen(locale);
  return {
    title: M.text(locale, `${pause}_title`),
    body: (frame) => (
      <>
        <h1>{M.text(locale, `${pause}_title`)}</h1>
        {pause === 'approved' ? <Approved frame={frame} /> : <Picked frame={frame} shown={shown} />}
        <Fresh frame={{ ...frame, beside: undefined }} />
      </>
    ),
  };
}

function Approved({ frame }: { readonly frame: Frame }): VNode {
  return (
    <>
      <p>{M.text(frame.locale, 'approved_body')}</p>
      <Confirmed frame={frame} text={M.text(frame.locale, 'go_on')} />
    </>
  );
}

function Picked({ frame, shown }: { readonly frame: Frame; readonly shown: Shown }): VNode {
  return (
    <div data-watch={`/qr/${shown.watch}`} data-next={frame.link({ way: 'qr' })}>
      <p role="status">{M.text(frame.locale, 'picked')}</p>
      <Confirmed frame={frame} text={M.text(frame.locale, 'done')} />
    </div>
  );
}

function refusedScreen(locale: Locale): Screen {
  return {
    title: M.text(locale, 'refused_title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'title')}</h1>
        {frame.lead}
        <Notice tone="warning" title={M.text(locale, 'refused_title')}>
          <p>{M.text(locale, 'refused_body')}</p>
          <p>{M.text(locale, 'refused_next')}</p>
        </Notice>
        <Fresh frame={frame} />
      </>
    ),
  };
}

/** Where no code is shown: why, and that there are other ways. */
export function instead(locale: Locale, why: 'too_high' | 'too_many'): Screen {
  return {
    title: M.text(locale, `${why}_title`),
    ...(why === 'too_many' ? { status: 429 } : {}),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'title')}</h1>
        {frame.lead}
        <Notice title={M.text(locale, `${why}_title`)}>
          <p>{M.text(locale, `${why}_body`)}</p>
        </Notice>
        <Buttons>
          <LinkButton href={frame.link({})}>{M.text(locale, 'other')}</LinkButton>
        </Buttons>
      </>
    ),
  };
}
