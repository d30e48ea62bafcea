// What the queue tells first: host names that could not be shown any more, with the way to each.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Domain } from '../../registry/registry.ts';
import { Note } from '../frame/icons.tsx';
import { M } from './messages.ts';
import { addressOf } from './tree.tsx';

export function LostDomains({
  locale,
  lost,
}: {
  readonly locale: Locale;
  readonly lost: readonly Domain[];
}): VNode | null {
  if (lost.length === 0) return null;
  return (
    <Note is="warn">
      <p>{M.text(locale, 'lost.title', { count: lost.length })}</p>
      <ul>
        {lost.map(({ id, unitId, unitName, host }) => (
          <li key={id}>
            <a href={addressOf(unitId)}>
              {unitName[locale]}: <span class="m">{host}</span>
            </a>
          </li>
        ))}
      </ul>
    </Note>
  );
}
