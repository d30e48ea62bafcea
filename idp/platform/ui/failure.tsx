// Pages for what went wrong: what happened, what to do first, other ways. One text per kind of failure.
import type { FaultCode } from '../base/errors.ts';
import { formatInstant } from '../i18n/format.ts';
import type { Locale } from '../i18n/messages.ts';
import { F } from './failure-messages.ts';
import { LinkButton } from './form.tsx';
import { page, type Display } from './layout.tsx';
import { Disc, Steps, type IconName } from './parts.tsx';

/** `internal`: a bug of ours. `service_setup`: the service that asks is set up wrongly; the citizen can do nothing. */
export type FailureKind = FaultCode | 'internal' | 'service_setup';

export interface FailureProps {
  readonly kind: FailureKind;
  readonly locale: Locale;
  readonly display: Display;
  readonly reference: string;
  /** When a lock ends. */
  readonly until?: Date;
  readonly now?: Date;
  readonly retryAfterSeconds?: number;
  /** Where the person can go on; the first way out becomes a button. */
  readonly onward?: string | undefined;
  readonly sandbox: boolean;
  readonly currentUrl: string;
  /** What a developer needs to know; shown in the sandbox only. */
  readonly developer?: string;
}

type Text =
  | 'expired'
  | 'browser'
  | 'request'
  | 'missing'
  | 'busy'
  | 'locked'
  | 'stopped'
  | 'limit'
  | 'internal'
  | 'setup'
  | 'denied'
  | 'form'
  | 'changed'
  | 'method';

const TEXT: Readonly<Record<FailureKind, Text>> = {
  bad_request: 'request',
  forgery: 'form',
  forbidden: 'denied',
  signed_out: 'expired',
  passkey_needed: 'denied',
  unsigned: 'request',
  not_found: 'missing',
  method_not_allowed: 'method',
  conflict: 'changed',
  flow_expired: 'expired',
  other_browser: 'browser',
  too_large: 'request',
  unsupported_media: 'request',
  too_many: 'limit',
  locked: 'locked',
  unavailable: 'busy',
  internal: 'internal',
  service_setup: 'setup',
};

const ICON: Readonly<Record<Text, IconName>> = {
  expired: 'clock',
  browser: 'shield',
  request: 'warning',
  missing: 'question',
  busy: 'clock',
  locked: 'lock',
  stopped: 'lock',
  limit: 'clock',
  internal: 'warning',
  setup: 'warning',
  denied: 'lock',
  form: 'shield',
  changed: 'clock',
  method: 'question',
};

/** 40 seconds, 3 minutes: rounded up, so that trying then works. */
function waitText(seconds: number, locale: Locale): string {
  if (seconds < 5) return F.text(locale, 'wait.moment');
  return seconds < 90
    ? F.text(locale, 'wait.seconds', { count: seconds })
    : F.text(locale, 'wait.minutes', { count: Math.ceil(seconds / 60) });
}

/** The next full minute: whoever comes at the minute they were told must not be too early. */
const fullMinute = (at: Date): Date => new Date(Math.ceil(at.getTime() / 60_000) * 60_000);

/** A lock that names no end stands until the secret is changed. */
const textOf = ({ kind, until }: FailureProps): Text =>
  kind === 'locked' && until === undefined ? 'stopped' : TEXT[kind];

/** Where another way is what helps first. */
const OTHER_WAY: ReadonlySet<Text> = new Set(['locked', 'stopped', 'limit']);

function body(props: FailureProps): string {
  const { locale, until, now, retryAfterSeconds } = props;
  const text = textOf(props);
  if (text === 'locked' || text === 'stopped')
    return until === undefined
      ? F.text(locale, 'stopped.plain')
      : F.text(locale, 'locked.body', {
          time: formatInstant(fullMinute(until), now ?? new Date(), locale),
        });
  if (text === 'limit')
    return F.text(locale, 'limit.body', { wait: waitText(retryAfterSeconds ?? 60, locale) });
  return F.text(locale, `${text}.plain`);
}

/** The whole page as text. */
export function failurePage(props: FailureProps): string {
  const { locale, display, reference, onward, sandbox, currentUrl, developer } = props;
  const text = textOf(props);
  const title = F.text(locale, `${text}.title`);
  return page({
    locale,
    display,
    title,
    hasProblems: true,
    reference,
    sandbox,
    currentUrl,
    children: (
      <>
        <Disc icon={ICON[text]} tone="warn" />
        <h1>{title}</h1>
        <p>{body(props)}</p>
        <h2>{F.text(locale, 'ways')}</h2>
        <Steps>
          <li>
            <p>{F.text(locale, `${text}.first`)}</p>
            {onward !== undefined && (
              <LinkButton href={onward}>
                {F.text(locale, OTHER_WAY.has(text) ? 'onward.other' : 'onward.again')}
              </LinkButton>
            )}
          </li>
          <li>
            <p>{F.text(locale, 'way.call', { reference })}</p>
          </li>
          <li>
            <p>{F.text(locale, 'way.counter')}</p>
          </li>
        </Steps>
        {sandbox && developer !== undefined && <p class="developer">{developer}</p>}
      </>
    ),
  });
}
