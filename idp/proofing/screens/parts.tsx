// Small pieces that the proving pages share.
import type { ComponentChildren, VNode } from 'preact';
import type { Frame } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, HiddenField, PostForm } from '../../platform/ui/form.tsx';
import type { Offer } from './choices.ts';
import { M } from './messages.ts';

/** A one-button form of a step; `again` asks for the empty form instead of what the page is about. */
export function PressForm({
  frame,
  text,
  again = false,
  second = false,
}: {
  readonly frame: Frame;
  readonly text: string;
  readonly again?: boolean;
  readonly second?: boolean;
}): VNode {
  return (
    <PostForm frame={frame}>
      {again ? <HiddenField name="again" value="1" /> : undefined}
      <Buttons>
        <Button kind={second ? 'second' : 'primary'}>{text}</Button>
      </Buttons>
    </PostForm>
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
  readonly what: 'document' | 'way';
  readonly text: string;
}

/** A button that leads to a page of choice; it says no more than that it is a button, beside the one of the page. */
export function ChooseForm({ frame, what, text }: ChooseProps): VNode {
  return (
    <PostForm frame={frame}>
      <HiddenField name="choose" value={what} />
      <Buttons>
        <button class="button second">{text}</button>
      </Buttons>
    </PostForm>
  );
}

interface OtherWayProps {
  readonly frame: Frame;
  readonly offer: Offer;
  /** Another document instead of another way. */
  readonly documents?: boolean;
}

/** Nothing where there is no other. */
export function OtherWay({ frame, offer, documents = false }: OtherWayProps): VNode | null {
  const { locale } = frame;
  const what = documents ? 'document' : 'way';
  if ((documents ? offer.documents : offer.ways).length < 2) return null;
  return (
    <Way what={M.text(locale, `ways.other_${what}`)} more={M.text(locale, `ways.other_${what}_more`)}>
      <ChooseForm frame={frame} what={what} text={M.text(locale, `others.${what}`)} />
    </Way>
  );
}
