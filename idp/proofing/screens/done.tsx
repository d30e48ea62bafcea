// The proof is there.
import type { Attributes } from '../../citizens/citizens.ts';
import type { Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Disc, Summary, Tag } from '../../platform/ui/parts.tsx';
import { numberLabel } from './form.tsx';
import { M } from './messages.ts';
import { PressForm } from './parts.tsx';

export function doneScreen(locale: Locale, { name, documentKind, documentNumber }: Attributes): Screen {
  // Network identity leaves no name and no number here: there is nothing to show, and that is its point.
  const shown =
    name && documentNumber
      ? [
          { term: M.text(locale, 'name.label'), value: String(name) },
          { term: numberLabel(locale, documentKind === 'CN_RIC'), value: String(documentNumber) },
        ]
      : [];
  return {
    title: M.text(locale, 'done.title'),
    body: (frame) => (
      <>
        <Disc icon="check" />
        <h1>{M.text(locale, 'done.title')}</h1>
        <p>{M.text(locale, 'done.body')}</p>
        <Summary
          rows={[
            ...shown,
            {
              term: M.text(locale, 'done.status'),
              value: <Tag tone="ok">{M.text(locale, 'done.verified')}</Tag>,
            },
          ]}
        />
        <PressForm frame={frame} text={M.text(locale, 'done.continue')} />
      </>
    ),
  };
}
