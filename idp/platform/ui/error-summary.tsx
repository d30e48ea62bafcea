// What has to be put right, at the top of the page, each line leading to its field.
import type { VNode } from 'preact';
import type { Locale } from '../i18n/messages.ts';
import { fieldId, type FieldProblem } from './form.tsx';
import { M } from './messages.ts';
import { Icon } from './parts.tsx';

interface ErrorSummaryProps {
  readonly locale: Locale;
  readonly problems: readonly FieldProblem[];
}

export function ErrorSummary({ locale, problems }: ErrorSummaryProps): VNode {
  return (
    <div class="error-summary" role="alert" tabIndex={-1} aria-labelledby="problem">
      <h2 id="problem">
        <Icon name="warning" />
        {M.text(locale, problems.length > 1 ? 'error.titles' : 'error.title')}
      </h2>
      <ul>
        {problems.map(({ field, text }) => (
          <li key={text}>{field === undefined ? text : <a href={`#${fieldId(field)}`}>{text}</a>}</li>
        ))}
      </ul>
    </div>
  );
}
