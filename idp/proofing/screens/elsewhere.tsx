// The citizen goes on elsewhere: on a phone, in an app, at a counter. This page waits for them.
import type { Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Buttons, LinkButton } from '../../platform/ui/form.tsx';
import { QrCode } from '../../platform/ui/qr.tsx';
import type { Authority } from '../authority.ts';
import type { Handover } from '../cases/handover.ts';
import type { Offer } from './choices.ts';
import { M } from './messages.ts';
import { CaseNumber, ChooseWay, Press } from './parts.tsx';

export interface HandoverOptions {
  readonly locale: Locale;
  readonly handover: Handover;
  readonly lead: Authority;
  readonly offer: Offer;
}

export function handoverScreen({ locale, handover, lead, offer }: HandoverOptions): Screen {
  return {
    title: lead.words.way[locale],
    body: (frame) => (
      <>
        <p class="caption">{M.text(locale, 'elsewhere.step')}</p>
        <h1>{lead.words.way[locale]}</h1>
        <p>{M.text(locale, 'elsewhere.body')}</p>
        <Buttons>
          <LinkButton href={handover.address}>{M.text(locale, 'elsewhere.here')}</LinkButton>
        </Buttons>
        <h2>{M.text(locale, 'elsewhere.scan')}</h2>
        <QrCode text={handover.address} label={M.text(locale, 'elsewhere.qr')}>
          <p>{M.text(locale, 'elsewhere.alone')}</p>
        </QrCode>
        <h2>{M.text(locale, 'elsewhere.after')}</h2>
        <p>{M.text(locale, 'elsewhere.after_body')}</p>
        <Buttons>
          <Press frame={frame} text={M.text(locale, 'elsewhere.finished')} second />
          <ChooseWay frame={frame} offer={offer} />
        </Buttons>
      </>
    ),
  };
}

export function ticketScreen(locale: Locale, number: string, offer: Offer): Screen {
  return {
    title: M.text(locale, 'ticket.title'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'ticket.title')}</h1>
        <p>{M.text(locale, 'ticket.body')}</p>
        <CaseNumber locale={locale} number={number} />
        <p>{M.text(locale, 'ticket.bring')}</p>
        <p>{M.text(locale, 'ticket.after')}</p>
        <Buttons>
          <Press frame={frame} text={M.text(locale, 'ticket.look')} second />
          <ChooseWay frame={frame} offer={offer} />
        </Buttons>
      </>
    ),
  };
}
