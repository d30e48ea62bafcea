// Vendors that send registered templates: which one a message is, and with what it is filled. Pure.
import { timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../base/secret.ts';
import type { Blank, TextMessage } from '../notify.ts';
import type { Templates } from '../settings.ts';

export interface ChosenTemplate {
  readonly id: string;
  /** In the order of the template. */
  readonly filled: readonly (readonly [Blank, string])[];
}

/** Undefined when there is no template of this purpose, or the message lacks what the template asks for. */
export function chosenTemplate(templates: Templates, message: TextMessage): ChosenTemplate | undefined {
  const languages = templates[message.purpose];
  const template = languages && (languages[message.locale] ?? languages['zh-CN']);
  if (!template) return undefined;
  const filled = template.blanks.map((blank) => [blank, message.blanks?.[blank]?.reveal()] as const);
  return filled.every((pair): pair is readonly [Blank, string] => pair[1] !== undefined)
    ? { id: template.id, filled }
    : undefined;
}

/** Compares in constant time; false where no key was agreed. */
export function keyMatches(expected: Secret | undefined, given: string | undefined): boolean {
  const [left, right] = [Buffer.from(expected?.reveal() ?? ''), Buffer.from(given ?? '')];
  return left.length > 0 && left.length === right.length && timingSafeEqual(left, right);
}
