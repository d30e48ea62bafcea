// The one form of proving: name, ID number, separate consent (Personal Information Protection Law articles 23 and 29:
// to whom, what, for what, and on its own).
import type { VNode } from 'preact';
import type { Personal } from '../../platform/base/secret.ts';
import type { Frame, Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, CheckField, PostForm, TextField } from '../../platform/ui/form.tsx';
import { Details, Summary } from '../../platform/ui/parts.tsx';
import { M } from '../messages.ts';

/** What the account holds already; it is shown masked and not asked for again (WCAG 2.2, 3.3.7). */
export interface Known {
  readonly name: Personal;
  readonly number: Personal;
}

export interface FormOptions {
  readonly locale: Locale;
  /** The service that asks, or undefined in the account centre. */
  readonly service: string | undefined;
  readonly known: Known | undefined;
}

export function formScreen({ locale, service, known }: FormOptions): Screen {
  return {
    title: M.text(locale, 'form.title'),
    body: (frame) => (
      <>
        <p class="caption">{M.text(locale, 'form.step')}</p>
        <h1>{M.text(locale, 'form.title')}</h1>
        <p>
          {service === undefined
            ? undefined
            : `${M.text(locale, 'form.for_service', { service })}${locale === 'en' ? ' ' : ''}`}
          {M.text(locale, known ? 'form.known' : 'form.once')}
        </p>
        <PostForm frame={frame}>
          {known ? <KnownDetails locale={locale} known={known} /> : <NameAndNumber frame={frame} />}
          <Consent frame={frame} />
          <Buttons>
            <Button>{M.text(locale, 'form.submit')}</Button>
          </Buttons>
        </PostForm>
        {known ? undefined : (
          <Details summary={M.text(locale, 'help.rare')}>
            <p>{M.text(locale, 'help.rare_body')}</p>
          </Details>
        )}
        <Details summary={M.text(locale, 'help.other')}>
          <p>{M.text(locale, 'help.other_body')}</p>
        </Details>
      </>
    ),
  };
}

function KnownDetails({ locale, known }: { readonly locale: Locale; readonly known: Known }): VNode {
  return (
    <Summary
      rows={[
        { term: M.text(locale, 'name.label'), value: String(known.name) },
        { term: M.text(locale, 'number.label'), value: String(known.number) },
      ]}
    />
  );
}

function NameAndNumber({ frame }: { readonly frame: Frame }): VNode {
  const { locale } = frame;
  return (
    <>
      <TextField
        frame={frame}
        name="name"
        label={M.text(locale, 'name.label')}
        hint={M.text(locale, 'name.hint')}
        autocomplete="name"
        size="name"
      />
      <TextField
        frame={frame}
        name="id_number"
        label={M.text(locale, 'number.label')}
        hint={M.text(locale, 'number.hint')}
        inputMode="text"
        autocapitalize="characters"
        size="id"
      />
    </>
  );
}

/** Not ticked after a mistake elsewhere on the page either: the step forgets it. */
function Consent({ frame }: { readonly frame: Frame }): VNode {
  const { locale } = frame;
  return (
    <CheckField
      frame={frame}
      name="consent"
      legend={M.text(locale, 'consent.legend')}
      label={M.text(locale, 'consent.label')}
      hint={M.text(locale, 'consent.hint')}
    />
  );
}
