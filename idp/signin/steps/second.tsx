// Why something more is asked, by whom, what happens to those who stop, and the other ways to answer.
import type { VNode } from 'preact';
import type { Factor } from '../../factors/factors.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { LinkButton } from '../../platform/ui/form.tsx';
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
