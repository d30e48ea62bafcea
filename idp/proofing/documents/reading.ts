// What all documents share: how a number may be typed, what reading it gives, and real dates. Pure.
import type { DocumentNumber } from '../../citizens/citizens.ts';

/** What stands beside the number on a form. */
export interface Beside {
  /** Passports only: the issuing state, as printed on the passport. */
  readonly issuer?: string | undefined;
  /** ISO date. Taken only for documents whose number holds no date of birth. */
  readonly birthdate?: string | undefined;
}

/** Why a typed number is no number of its kind. Closed: a form has one text for each. */
export type DocumentProblem =
  | 'length'
  | 'characters'
  | 'check_digit'
  | 'region'
  /** The date in the number is no calendar date. */
  | 'date'
  /** The date in the number has not come yet. */
  | 'future'
  /** 15 digits: a resident ID number of the first generation. */
  | 'fifteen'
  /** The first three letters of a 2017 permanent resident number are no nationality. */
  | 'nationality'
  /** No issuing state was named, or it is not one. */
  | 'issuer'
  /** The named state numbers its passports in another way. */
  | 'pattern'
  /** The date of birth beside the number is no calendar date, or has not come yet. */
  | 'birthdate';

export interface Bad<Problem extends DocumentProblem = DocumentProblem> {
  readonly is: 'bad';
  readonly why: Problem;
}

export const bad = <Problem extends DocumentProblem>(why: Problem): Bad<Problem> => ({ is: 'bad', why });

/** What one number tells. What it does not hold is absent. */
export type Reading =
  | {
      readonly is: 'ok';
      readonly number: DocumentNumber;
      /** ISO 8601 date. */
      readonly birthdate?: string;
      readonly gender?: 'male' | 'female';
      /** Three letters. */
      readonly issuer?: string;
    }
  | Bad;

/** Full-width characters become ASCII, small Latin letters large ones. Only a to z: `toUpperCase` makes S of U+017F. */
export function foldWidthAndCase(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[a-z]/g, (small) => small.toUpperCase());
}

/** The one form in which numbers are compared: folded, without spaces and hyphens. Does not check anything. */
export function normaliseNumber(text: string): string {
  return foldWidthAndCase(text).replace(/[\s\u200B\uFEFF\u2010-\u2015\u2212\u00AD_-]/g, '');
}

/** True for a `YYYY-MM-DD` that exists, from 1800 on: no register reaches back further. */
export function isCalendarDate(date: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || date < '1800') return false;
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
}
