// Why something more is asked, by whom, what happens to those who stop, and the other ways to answer.
import type { VNode } from 'preact';
import type { Factor } from '../../factors/factors.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { TRUST_DAYS } from '../../devices/devices.ts';
import type { Frame } from '../../platform/http/step.ts';
import { CheckField, LinkButton } from '../../platform/ui/form.tsx';
import { Details } from '../../platform/ui/parts.tsx';
import { M } from '../messages.ts';
import type { AuthenticateWhy } from '../next-step.ts';

export interface WhyProps {
  readonly locale: Locale;
  readonly why: AuthenticateWhy;
  readonly service: string;
}

export function Why({ locale, why, service }: WhyProps): VNode {
  return <p>{M.text(locale, `second.why.${why}`, { service })}</p>;
}

export interface OtherWaysProps {
  readonly locale: Locale;
  readonly others: readonly Factor[];
  readonly link: (query: Readonly<Record<string, string>>) => string;
}

export function OtherWays({ locale, others, link }: OtherWaysProps): VNode {
  return (
    <>
      {others.map((factor) => (
        <LinkButton key={factor.id} href={link({ way: factor.id })} kind="second">
          {M.text(locale, 'second.other', { way: factor.label(locale) })}
        </LinkButton>
      ))}
    </>
  );
}

export function WhatIfNot({ locale, why, service, leave }: WhyProps & { readonly leave: string }): VNode {
  return (
    <Details summary={M.text(locale, 'second.not')}>
      <p>{M.text(locale, `second.not.${why}`, { service })}</p>
      <p>
        <a href={leave}>{M.text(locale, 'refused.return', { service })}</a>
      </p>
    </Details>
  );
}

/** Its name in the form of whichever factor is asked. */
export const TRUST_FIELD = 'trust_device';

/** Never ticked beforehand: what a shared computer keeps, everybody who uses it has. */
export function TrustDevice({
  frame,
}: {
  readonly frame: Pick<Frame, 'locale' | 'problems' | 'values'>;
}): VNode {
  const { locale } = frame;
  return (
    <CheckField
      frame={frame}
      name={TRUST_FIELD}
      label={M.text(locale, 'trust.label', { days: TRUST_DAYS })}
      hint={M.text(locale, 'trust.hint')}
    />
  );
}
