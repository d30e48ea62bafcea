// Complaints as the problems of a form. Pure.
import type { MemberComplaint } from '../../platform/base/errors.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';

/** Fields of these pages; what stands against anything else is told without a link. */
const FIELDS: ReadonlySet<string> = new Set(['decision', 'reason', 'sure']);

export function problemsOf(locale: Locale, complaints: readonly MemberComplaint[]): FieldProblem[] {
  return complaints.map(({ member, text }) => ({
    field: FIELDS.has(member) ? member : undefined,
    text: text[locale],
  }));
}
