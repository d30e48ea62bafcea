// Small pieces that the proving pages share.
import type { ComponentChildren, VNode } from 'preact';
import type { Frame } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, HiddenField, PostForm } from '../../platform/ui/form.tsx';
import type { Authority } from '../authority.ts';
import type { Offer } from './choices.ts';
import { M } from './messages.ts';

interface PressProps {
  readonly frame: Frame;
  readonly text: string;
  /** Asks for the empty form instead of what the page is about. */
  readonly again?: boolean;
  readonly second?: boolean;
}

/** One button and what it sends. Several of them may stand in one row (Buttons). */
function ButtonForm({
  frame,
  fields = {},
  second = false,
  children,
}: Pick<PressProps, 'frame' | 'second'> & {
  readonly fields?: Readonly<Record<string, string>>;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <PostForm frame={frame}>
      {Object.entries(fields).map(([name, value]) => (
        <HiddenField key={name} name={name} value={value} />
      ))}
      <Button kind={second ? 'second' : 'primary'}>{children}</Button>
    </PostForm>
  );
}

/** For a row of its own: PressForm. */
export function Press({ frame, text, again = false, second = false }: PressProps): VNode {
  return (
    <ButtonForm frame={frame} second={second} fields={again ? { again: '1' } : {}}>
      {text}
    </ButtonForm>
  );
}

export function PressForm(props: PressProps): VNode {
  return (
    <Buttons>
      <Press {...props} />
    </Buttons>
  );
}

/** What a person at a counter or on the telephone finds the case by: the random end of its id, `1A2B-3C4D`. */
export function caseNumber(id: string): string {
  const tail = id.replaceAll('-', '').slice(-8).toUpperCase();
  return `${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** One numbered way out: what to do in bold, more about it, and a button if it can be done here. */
export function Way({
  what,
  more,
  children,
}: {
  readonly what: string;
  readonly more: string;
  readonly children?: ComponentChildren;
}): VNode {
  return (
    <li>
      <p>
        <b>{what}</b> {more}
      </p>
      {children}
    </li>
  );
}

interface NumberProps {
  readonly locale: Locale;
  /** The ticket's, or where there is no counter the case's. */
  readonly number: string;
}

export function CounterWay({ locale, number }: NumberProps): VNode {
  return (
    <Way what={M.text(locale, 'ways.counter')} more={M.text(locale, 'ways.counter_more')}>
      <CaseNumber locale={locale} number={number} />
    </Way>
  );
}

export function CaseNumber({ locale, number }: NumberProps): VNode {
  return (
    <p>
      {M.text(locale, 'ways.number')} <b class="num nowrap">{number}</b>
    </p>
  );
}

interface ChooseProps {
  readonly frame: Frame;
  readonly offer: Offer;
}

/** Leads to the page of choice; nothing where there is no other. */
export function ChooseDocument({ frame, offer }: ChooseProps): VNode | null {
  if (offer.documents.length < 2) return null;
  return (
    <ButtonForm frame={frame} second fields={{ choose: 'document' }}>
      {M.text(frame.locale, 'others.document')}
    </ButtonForm>
  );
}

export function ChooseWay({ frame, offer }: ChooseProps): VNode | null {
  if (offer.ways.length < 2) return null;
  return (
    <ButtonForm frame={frame} second fields={{ choose: 'way' }}>
      {M.text(frame.locale, 'others.way')}
    </ButtonForm>
  );
}

export function OtherDocument(props: ChooseProps): VNode | null {
  const { locale } = props.frame;
  if (props.offer.documents.length < 2) return null;
  return (
    <Way what={M.text(locale, 'ways.other_document')} more={M.text(locale, 'ways.other_document_more')}>
      <Buttons>
        <ChooseDocument {...props} />
      </Buttons>
    </Way>
  );
}

export function OtherWay(props: ChooseProps): VNode | null {
  const { locale } = props.frame;
  if (props.offer.ways.length < 2) return null;
  return (
    <Way what={M.text(locale, 'ways.other_way')} more={M.text(locale, 'ways.other_way_more')}>
      <Buttons>
        <ChooseWay {...props} />
      </Buttons>
    </Way>
  );
}

interface TakeWayProps {
  readonly frame: Frame;
  readonly lead: Authority;
  readonly second: boolean;
}

/** One certain way, taken at once. */
export function TakeWay({ frame, lead, second }: TakeWayProps): VNode {
  const { locale } = frame;
  const name = lead.words.way[locale];
  const stop = locale === 'en' ? '.' : '。';
  return (
    <Way what={`${name}${stop}`} more={lead.words.needs[locale]}>
      <Buttons>
        <ButtonForm frame={frame} second={second} fields={{ way: lead.id }}>
          {M.text(locale, 'ways.take')}
          <span class="vh">{` ${name}`}</span>
        </ButtonForm>
      </Buttons>
    </Way>
  );
}
