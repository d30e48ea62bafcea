// One way is locked for a while: until when, and what works right now. The same for accounts that do not exist.
import type { VNode } from 'preact';
import type { Factor } from '../../factors/factors.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Frame, Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { LinkButton } from '../../platform/ui/form.tsx';
import { Disc, Steps } from '../../platform/ui/parts.tsx';
import { RECOVERY } from '../current.ts';
import { M } from '../messages.ts';
import { M as R } from '../recovery/messages.ts';

export interface LockedProps {
  readonly locale: Locale;
  readonly now: Date;
  readonly until: Date;
  /** What the citizen can use instead, in the order of the list. */
  readonly ways: readonly Factor[];
}

/** The next full minute: whoever comes at the minute they were told must not be too early. */
const fullMinute = (at: Date): Date => new Date(Math.ceil(at.getTime() / 60_000) * 60_000);

export function lockedScreen({ locale, now, until, ways }: LockedProps): Screen {
  const time = formatInstant(fullMinute(until), now, locale);
  return {
    title: M.text(locale, 'locked.title'),
    status: 429,
    body: (frame) => (
      <>
        <Disc icon="lock" tone="warn" />
        <h1>{M.text(locale, 'locked.title')}</h1>
        <p>{M.text(locale, 'locked.body', { time })}</p>
        <h2>{M.text(locale, 'locked.ways')}</h2>
        <Steps>
          {ways.map((factor, at) => (
            <Way key={factor.id} {...{ factor, frame }} first={at === 0} />
          ))}
          <li>
            <p>{R.text(locale, 'locked.recover')}</p>
            <LinkButton href={frame.link({ way: RECOVERY })} kind="second">
              {R.text(locale, 'locked.recover.go')}
            </LinkButton>
          </li>
          <li>
            <p>{M.text(locale, 'locked.wait', { time })}</p>
          </li>
        </Steps>
        <h2>{M.text(locale, 'locked.not_me')}</h2>
        <p>{M.text(locale, 'locked.safe')}</p>
        <p class="links">
          <a href="/account/security/freeze">{R.text(locale, 'locked.freeze')}</a>
        </p>
      </>
    ),
  };
}

function Way({ factor, frame, first }: { factor: Factor; frame: Frame; first: boolean }): VNode {
  const way = factor.label(frame.locale);
  return (
    <li>
      <LinkButton href={frame.link({ way: factor.id })} kind={first ? 'primary' : 'second'}>
        {M.text(frame.locale, 'locked.use', { way })}
      </LinkButton>
    </li>
  );
}
