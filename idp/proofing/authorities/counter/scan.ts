// A document as a terminal reads it from the chip. The number is brought to its one normal form, so that it compares
// with what a citizen typed.
import type { DocumentKind, DocumentNumber } from '../../../citizens/citizens.ts';
import { ageOn, shanghaiDate } from '../../../platform/base/calendar.ts';
import type { VouchedDocument } from '../../authority.ts';
import { parseDocument } from '../../documents/documents.ts';
import { parseNameFor } from '../../documents/name.ts';

/** What is printed on a document, in its one normal form. */
export interface Printed {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly number: DocumentNumber;
}

interface Given {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly number: string;
  /** Passports only: the issuing state, unless the number begins with it. */
  readonly issuer?: string | undefined;
}

interface Scanned extends Given {
  /** ISO 8601 date. */
  readonly birthdate: string;
  readonly gender: 'male' | 'female';
}

type Bad = { readonly is: 'bad'; readonly members: readonly string[] };

/** `bad` names the members that are wrong; those in which chip and number contradict each other too. */
export function readScan(
  given: Scanned,
  now: Date,
): { readonly is: 'ok'; readonly document: VouchedDocument } | Bad {
  const { kind, birthdate, gender } = given;
  const parsed = parseDocument(kind, given.number, now, given);
  if (parsed.is === 'bad') return { is: 'bad', members: [memberOf(parsed.why)] };
  const name = parseNameFor(kind, given.name);
  if (name.is === 'bad') return { is: 'bad', members: ['name'] };
  if (parsed.birthdate !== birthdate) return { is: 'bad', members: ['birthdate'] };
  if (parsed.gender !== undefined && parsed.gender !== gender) return { is: 'bad', members: ['gender'] };
  return { is: 'ok', document: { kind, name: name.name, number: parsed.number, birthdate, gender } };
}

/** `bad` names the members that are wrong. */
export function readPrinted(
  given: Given,
  now: Date,
): { readonly is: 'ok'; readonly printed: Printed; readonly birthdate: string | undefined } | Bad {
  const { kind } = given;
  const parsed = parseDocument(kind, given.number, now, { issuer: given.issuer });
  if (parsed.is === 'bad') return { is: 'bad', members: [memberOf(parsed.why)] };
  const name = parseNameFor(kind, given.name);
  if (name.is === 'bad') return { is: 'bad', members: ['name'] };
  return {
    is: 'ok',
    printed: { kind, name: name.name, number: parsed.number },
    birthdate: parsed.birthdate,
  };
}

const ADULT_FROM_AGE = 18;

/** Nobody is their own guardian, and none is a minor (Civil Code articles 17, 18 and 27). */
export function readGuardian(
  given: Given,
  child: VouchedDocument,
  now: Date,
): { readonly is: 'ok'; readonly guardian: Printed } | Bad {
  const read = readPrinted(given, now);
  if (read.is === 'bad') return read;
  const { printed, birthdate } = read;
  const minor = birthdate !== undefined && ageOn(birthdate, shanghaiDate(now)) < ADULT_FROM_AGE;
  if (minor || samePrint(printed, child)) return { is: 'bad', members: ['number'] };
  return { is: 'ok', guardian: printed };
}

/** The same document of the same kind, whoever is named on it. */
export const samePrint = (
  a: Pick<Printed, 'kind' | 'number'>,
  b: Pick<Printed, 'kind' | 'number'>,
): boolean => a.kind === b.kind && a.number === b.number;

const memberOf = (why: string): string => (why === 'issuer' || why === 'birthdate' ? why : 'number');
