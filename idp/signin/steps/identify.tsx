// Who are you: the ways to sign in as tabs, each drawn by its own factor.
import type { VNode } from 'preact';
import type { Factor } from '../../factors/factors.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { M } from '../messages.ts';

export interface TabsProps {
  readonly locale: Locale;
  readonly factors: readonly Factor[];
  readonly chosen: Factor;
  readonly registering: boolean;
  readonly link: (query: Readonly<Record<string, string>>) => string;
}

/** The ways in. Someone who creates an account sees none: there is one way to begin. */
export function Tabs({ locale, factors, chosen, registering, link }: TabsProps): VNode {
  if (registering) return <p class="quiet">{M.text(locale, 'signin.once')}</p>;
  return (
    <>
      <p class="quiet">{M.text(locale, 'signin.once')}</p>
      {factors.length > 1 && (
        <nav class="methods" aria-label={M.text(locale, 'ways.label')}>
          <ul>
            {factors.map((factor) => (
              <li key={factor.id}>
                <a href={link({ way: factor.id })} {...(factor === chosen ? { 'aria-current': 'page' as const } : {})}>
                  {factor.label(locale)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </>
  );
}

/** The button beside the primary one: to the other of signing in and creating an account. */
export function Beside({ locale, registering, link }: Omit<TabsProps, 'factors' | 'chosen'>): VNode {
  return registering ? (
    <a class="button second" href={link({})}>
      {M.text(locale, 'ways.have_account')}
    </a>
  ) : (
    <a class="button second" href={link({ way: 'register' })}>
      {M.text(locale, 'ways.register')}
    </a>
  );
}
