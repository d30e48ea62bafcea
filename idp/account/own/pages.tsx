// The pages where one takes one's information along, or leaves.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import {
  Button,
  Buttons,
  CheckField,
  LinkButton,
  PostForm,
  type FormFrame,
} from '../../platform/ui/form.tsx';
import { ErrorSummary } from '../../platform/ui/error-summary.tsx';
import { Bullets, Disc, Notice } from '../../platform/ui/parts.tsx';
import { M } from './messages.ts';

export interface OwnProps {
  readonly frame: FormFrame;
  /** True after a form that came too long after signing in. */
  readonly again: boolean;
}

export function Own({ frame, again }: OwnProps): VNode {
  const { locale } = frame;
  return (
    <>
      <h1>{M.text(locale, 'own.title')}</h1>
      <p>{M.text(locale, 'own.lead')}</p>
      {again && (
        <Notice tone="warning" title={M.text(locale, 'copy.again.title')}>
          <p>{M.text(locale, 'copy.again.body')}</p>
        </Notice>
      )}
      <h2>{M.text(locale, 'copy.title')}</h2>
      <p>{M.text(locale, 'copy.what')}</p>
      <p>{M.text(locale, 'copy.care')}</p>
      <PostForm frame={frame}>
        <Buttons>
          <Button>{M.text(locale, 'copy.go')}</Button>
        </Buttons>
      </PostForm>
      <h2>{M.text(locale, 'close.title')}</h2>
      <p>{M.text(locale, 'close.short')}</p>
      <Buttons>
        <LinkButton href="/account/data/close" kind="second">
          {M.text(locale, 'close.go')}
        </LinkButton>
      </Buttons>
    </>
  );
}

export interface CloseProps extends OwnProps {
  /** Names of the services that have a consent. */
  readonly services: readonly string[];
  readonly keepEvidenceDays: number;
}

const GONE = ['person', 'factors', 'consents', 'cases'] as const;

export function Close({ frame, again, services, keepEvidenceDays }: CloseProps): VNode {
  const { locale, problems } = frame;
  return (
    <>
      {problems.length > 0 && <ErrorSummary locale={locale} problems={problems} />}
      <h1>{M.text(locale, 'close.title')}</h1>
      <p>{M.text(locale, 'close.lead')}</p>
      <p>
        <a href="/account/data">{M.text(locale, 'close.copy')}</a>
      </p>
      {again && (
        <Notice tone="warning" title={M.text(locale, 'close.again.title')}>
          <p>{M.text(locale, 'close.again.body')}</p>
        </Notice>
      )}
      <h2>{M.text(locale, 'close.gone')}</h2>
      <Bullets>
        {GONE.map((key) => (
          <li key={key}>{M.text(locale, `close.gone.${key}`)}</li>
        ))}
      </Bullets>
      <h2>{M.text(locale, 'close.kept')}</h2>
      <StillKept locale={locale} keepEvidenceDays={keepEvidenceDays} />
      <h2>{M.text(locale, 'close.then')}</h2>
      <Then locale={locale} services={services} />
      <PostForm frame={frame}>
        <CheckField frame={frame} name="confirm" label={M.text(locale, 'close.confirm')} />
        <Buttons>
          <Button kind="warning">{M.text(locale, 'close.submit')}</Button>
          <LinkButton href="/account/data" kind="second">
            {M.text(locale, 'close.keep')}
          </LinkButton>
        </Buttons>
      </PostForm>
    </>
  );
}

/** 1095 days are 3 years; what is no whole number of years is told in days. */
function timeText(days: number, locale: Locale): string {
  return days % 365 === 0
    ? M.text(locale, 'time.years', { n: days / 365 })
    : M.text(locale, 'time.days', { n: days });
}

function StillKept({ locale, keepEvidenceDays }: { locale: Locale; keepEvidenceDays: number }): VNode {
  const time = timeText(keepEvidenceDays, locale);
  const rows = [
    [M.text(locale, 'close.kept.history'), M.text(locale, 'close.kept.history.why')],
    [M.text(locale, 'close.kept.proofs', { time }), M.text(locale, 'close.kept.proofs.why')],
    [M.text(locale, 'close.kept.number'), M.text(locale, 'close.kept.number.why')],
    [M.text(locale, 'close.kept.services'), M.text(locale, 'close.kept.services.why')],
  ] as const;
  return (
    <Bullets>
      {rows.map(([what, why]) => (
        <li key={what}>
          <b>{what}</b>
          <br />
          {why}
        </li>
      ))}
    </Bullets>
  );
}

function Then({ locale, services }: { locale: Locale; services: readonly string[] }): VNode {
  const names = services.join(M.text(locale, 'list.separator'));
  return (
    <Bullets>
      <li>{M.text(locale, 'close.then.out')}</li>
      {services.length > 0 && <li>{M.text(locale, 'close.then.services', { services: names })}</li>}
      <li>{M.text(locale, 'close.then.again')}</li>
      <li>{M.text(locale, 'close.then.new')}</li>
    </Bullets>
  );
}

/** Stands outside of the account centre: nobody is signed in any more. */
export function Closed({ locale }: { locale: Locale }): VNode {
  return (
    <>
      <Disc icon="check" />
      <h1>{M.text(locale, 'closed.title')}</h1>
      <p>{M.text(locale, 'closed.body')}</p>
      <p>{M.text(locale, 'closed.again')}</p>
    </>
  );
}
