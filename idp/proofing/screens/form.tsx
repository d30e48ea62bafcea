// The form of proving: what the document shows, what the way needs besides, separate consent (Personal Information
// Protection Law articles 23 and 29: to whom, what, for what, and on its own).
import type { VNode } from 'preact';
import { documentName } from '../../citizens/citizens.ts';
import type { Frame, Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, CheckField, HiddenField, PostForm, TextField } from '../../platform/ui/form.tsx';
import { Details, Summary } from '../../platform/ui/parts.tsx';
import { wayTakes, type Way } from '../ways.ts';
import type { DocumentChoice, Offer } from './choices.ts';
import { M } from './messages.ts';
import { ChooseDocument, ChooseWay, Press } from './parts.tsx';
import { asksBirthdate, type Known } from './reading.ts';

export interface FormOptions {
  readonly locale: Locale;
  /** The service that asks, or undefined in the account centre. */
  readonly service: string | undefined;
  readonly offer: Offer;
  readonly known: Known | undefined;
}

export function formScreen(options: FormOptions): Screen {
  const { locale, offer } = options;
  const title = M.text(locale, 'form.title');
  return {
    title,
    body: (frame) => (
      <>
        <p class="caption">{M.text(locale, 'form.step')}</p>
        <h1>{title}</h1>
        <Lead {...options} />
        {offer.way ? <WayForm {...options} way={offer.way} frame={frame} /> : <NoWay locale={locale} />}
        {asksName(options) && (
          <Details summary={M.text(locale, 'help.rare')}>
            <p>{M.text(locale, 'help.rare_body')}</p>
          </Details>
        )}
        <Others offer={offer} frame={frame} known={options.known} />
      </>
    ),
  };
}

const asksName = ({ offer, known }: FormOptions): boolean =>
  offer.way !== undefined && wayTakes(offer.way) && known === undefined;

function Lead(options: FormOptions): VNode {
  const { locale, service, known, offer } = options;
  const document = documentName(locale, offer.document);
  const fill = M.text(locale, offer.document === 'CN_RIC' ? 'form.fill' : 'form.fill_other', { document });
  const taken = known && offer.way && wayTakes(offer.way);
  return (
    <p>
      {[
        ...(service === undefined ? [] : [M.text(locale, 'form.for_service', { service })]),
        M.text(locale, taken ? 'form.known' : 'form.once'),
        ...(asksName(options) ? [fill] : []),
      ].join(locale === 'en' ? ' ' : '')}
    </p>
  );
}

const NoWay = ({ locale }: { readonly locale: Locale }): VNode => <p>{M.text(locale, 'way.none')}</p>;

interface WayFormProps extends FormOptions {
  readonly way: Way;
  readonly frame: Frame;
}

function WayForm({ locale, offer, known, way, frame }: WayFormProps): VNode {
  const byTicket = way.lead.collect.by === 'ticket';
  return (
    <PostForm frame={frame}>
      {offer.ways[0] === way ? undefined : (
        <p>
          <b>{way.lead.words.way[locale]}</b>
          {locale === 'en' ? ': ' : '：'}
          {way.lead.words.needs[locale]}
        </p>
      )}
      {!wayTakes(way) && <HiddenField name="begin" value="1" />}
      {wayTakes(way) && known && <KnownDetails locale={locale} known={known} />}
      {wayTakes(way) && !known && <DocumentFields frame={frame} choice={offer.document} />}
      <MoreFields way={way} frame={frame} />
      {!byTicket && <Consents way={way} frame={frame} choice={offer.document} />}
      <Buttons>
        <Button>{M.text(locale, byTicket ? 'form.ticket' : SUBMIT[way.lead.collect.by])}</Button>
      </Buttons>
    </PostForm>
  );
}

const SUBMIT = {
  nothing: 'form.submit',
  fields: 'form.submit',
  hand_over: 'form.go_on',
  ticket: 'form.ticket',
} as const;

function KnownDetails({ locale, known }: { readonly locale: Locale; readonly known: Known }): VNode {
  return (
    <Summary
      rows={[
        { term: M.text(locale, 'name.label'), value: String(known.name) },
        { term: numberLabel(locale, known.kind === 'CN_RIC'), value: String(known.number) },
      ]}
    />
  );
}

export const numberLabel = (locale: Locale, resident: boolean): string =>
  M.text(locale, resident ? 'number.label' : 'number.label_other');

/** Hints that tell what this document looks like; the labels say what it is called. */
function DocumentFields({
  frame,
  choice,
}: {
  readonly frame: Frame;
  readonly choice: DocumentChoice;
}): VNode {
  const { locale } = frame;
  return (
    <>
      <TextField
        frame={frame}
        name="name"
        label={M.text(locale, 'name.label')}
        hint={M.text(locale, choice === 'CN_RIC' ? 'name.hint' : 'name.hint_other')}
        autocomplete="name"
        size="name"
      />
      {choice === 'PASSPORT' && (
        <TextField
          frame={frame}
          name="issuer"
          label={M.text(locale, 'issuer.label')}
          hint={M.text(locale, 'issuer.hint')}
          autocapitalize="characters"
          size="code"
        />
      )}
      <TextField
        frame={frame}
        name="id_number"
        label={numberLabel(locale, choice === 'CN_RIC')}
        hint={M.text(locale, `number.hint_${choice}`)}
        inputMode="text"
        autocapitalize="characters"
        size="id"
      />
      {asksBirthdate(choice) && (
        <TextField
          frame={frame}
          name="birthdate"
          label={M.text(locale, 'birthdate.label')}
          hint={M.text(locale, 'birthdate.hint')}
          inputMode="numeric"
          autocomplete="bday"
          size="id"
        />
      )}
    </>
  );
}

function MoreFields({ way, frame }: { readonly way: Way; readonly frame: Frame }): VNode {
  const { collect } = way.lead;
  return (
    <>
      {collect.by === 'fields' &&
        collect.fields.map(({ name, label, hint, inputMode }) => (
          <TextField
            key={name}
            frame={frame}
            name={name}
            label={label[frame.locale]}
            hint={hint[frame.locale]}
            inputMode={inputMode}
            size="id"
          />
        ))}
    </>
  );
}

interface ConsentsProps {
  readonly way: Way;
  readonly frame: Frame;
  readonly choice: DocumentChoice;
}

/** Not ticked after a mistake elsewhere on the page either: the step forgets them. */
function Consents({ way, frame, choice }: ConsentsProps): VNode {
  const { locale } = frame;
  const { consent } = way.lead.words;
  return (
    <>
      <CheckField
        frame={frame}
        name="consent"
        legend={M.text(locale, 'consent.legend')}
        label={consentText(locale, way, choice)}
        hint={M.text(locale, 'consent.hint')}
      />
      {consent && <CheckField frame={frame} name="consent_more" label={consent[locale]} />}
    </>
  );
}

/** Exactly what is given away, and to whom. */
function consentText(locale: Locale, { lead, beside }: Way, choice: DocumentChoice): string {
  const english = locale === 'en';
  const recipients = [...beside, lead]
    .map(({ words }) => words.recipient[locale])
    .join(english ? ' and ' : '和');
  if (!wayTakes({ lead, beside })) return M.text(locale, 'consent.label_result', { recipients });
  const given = [
    M.text(locale, 'name.label'),
    numberLabel(locale, choice === 'CN_RIC'),
    ...(lead.bindsPhone ? [M.text(locale, 'phone.label')] : []),
  ];
  const what = english ? inSentence(given) : `${given.slice(0, -1).join('、')}和${given.at(-1)}`;
  return M.text(locale, 'consent.label', { recipients, what });
}

/** Labels inside a sentence: small letters, but for abbreviations. */
function inSentence(labels: readonly string[]): string {
  const small = labels.map((label) => label.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase()));
  return `${small.slice(0, -1).join(', ')} and ${small.at(-1)}`;
}

/** Other documents and other ways, one press away. */
function Others({
  offer,
  frame,
  known,
}: Pick<FormOptions, 'offer' | 'known'> & { readonly frame: Frame }): VNode | null {
  const { locale } = frame;
  const changes = known !== undefined && known.fixed !== true;
  if (!changes && offer.documents.length < 2 && offer.ways.length < 2) return null;
  return (
    <>
      <h2>{M.text(locale, 'others.title')}</h2>
      <Buttons>
        {changes && <Press frame={frame} text={M.text(locale, 'others.changed')} again second />}
        <ChooseDocument frame={frame} offer={offer} />
        <ChooseWay frame={frame} offer={offer} />
      </Buttons>
    </>
  );
}
