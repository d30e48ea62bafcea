// The identity documents of natural persons: which kinds there are, how their numbers are read. Not here: names
// (name.ts), organisations (organisation-code.ts), whether a number was ever issued (authorities/).
import type { DocumentKind, DocumentNumber } from '../../citizens/citizens.ts';
import { shanghaiDate } from '../../platform/base/calendar.ts';
import { mayBePassport, parsePassport } from './passport.ts';
import { parsePermanentResident2017, parsePermanentResident2023 } from './permanent-resident.ts';
import { bad, isCalendarDate, type Bad, type Beside, type Reading } from './reading.ts';
import { parseResidencePermit } from './residence-permit.ts';
import { parseResidentId } from './resident-id.ts';
import { parseHongKongMacaoPermit, parseTaiwanPermit } from './travel-permit.ts';

export type { Beside, DocumentProblem } from './reading.ts';

export type ParsedDocument =
  | {
      readonly is: 'ok';
      readonly kind: DocumentKind;
      /** The normal form: one person's document has exactly one. */
      readonly number: DocumentNumber;
      /** ISO 8601 date. */
      readonly birthdate: string | undefined;
      readonly gender: 'male' | 'female' | undefined;
      /** Passports only: three letters. */
      readonly issuer: string | undefined;
    }
  | Bad;

// Best first: a number of many digits and a check is no accident, a passport number may be almost anything.
const READ: Readonly<Record<DocumentKind, (text: string, now: Date, beside: Beside) => Reading>> = {
  CN_RIC: parseResidentId,
  CN_HMT_RP: parseResidencePermit,
  CN_FPR_2023: parsePermanentResident2023,
  CN_FPR_2017: parsePermanentResident2017,
  HM_PERMIT: parseHongKongMacaoPermit,
  TW_PERMIT: parseTaiwanPermit,
  PASSPORT: parsePassport,
};

/**
 * Reads a number that a person typed: full-width characters, small letters, spaces and hyphens are welcome. `now`
 * decides what lies in the future (calendar of Asia/Shanghai). A number that holds a date of birth is believed; the
 * others take `beside.birthdate`, and give none when there is none. Well formed is all that 'ok' says.
 */
export function parseDocument(
  kind: DocumentKind,
  text: string,
  now: Date,
  beside: Beside = {},
): ParsedDocument {
  const read = READ[kind](text, now, beside);
  if (read.is === 'bad') return read;
  const { number, birthdate, gender, issuer } = read;
  const stated = birthdate === undefined ? beside.birthdate : undefined;
  if (stated !== undefined && !isPastDate(stated, now)) return bad('birthdate');
  return { is: 'ok', kind, number, birthdate: birthdate ?? stated, gender, issuer };
}

/** The kinds whose rules a typed number satisfies, best first; a passport's state need not be named yet. */
export function looksLike(text: string, now: Date): readonly DocumentKind[] {
  return (Object.keys(READ) as DocumentKind[]).filter(
    (kind) => parseDocument(kind, text, now).is === 'ok' || (kind === 'PASSPORT' && mayBePassport(text)),
  );
}

/** The normal forms that a typed number may stand for, best first. A passport's state must be named. */
export function documentNumbers(text: string, now: Date): readonly DocumentNumber[] {
  const read = Object.values(READ).map((reading) => reading(text, now, {}));
  return read.flatMap((one) => (one.is === 'ok' ? [one.number] : []));
}

const isPastDate = (date: string, now: Date): boolean => isCalendarDate(date) && date <= shanghaiDate(now);
