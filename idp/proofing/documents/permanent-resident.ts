// The foreign permanent resident ID (外国人永久居留身份证). The cards of 2017 and of 2023 are valid side by side, and
// one person may hold a number of each.
import type { DocumentNumber } from '../../citizens/citizens.ts';
import { shanghaiDate } from '../../platform/base/calendar.ts';
import { parseEighteen, PROVINCE, type Eighteen } from './eighteen.ts';
import { isNationality } from './issuing-states.ts';
import { bad, isCalendarDate, normaliseNumber, type Reading } from './reading.ts';

// The nationality is the one at first issue (ISO 3166-1 numeric): a state that is gone stays in the number, so no list
// of today's decides.
const PREFIX_2023 = new RegExp(`^9${PROVINCE}\\d{3}`);

/** The card of 2023, in use since 2023-12-01: 9, province, nationality (3 digits), YYYYMMDD, SSS, check (MOD 11-2). */
export function parsePermanentResident2023(text: string, now: Date): Eighteen {
  return parseEighteen(text, now, PREFIX_2023);
}

const REGION = new RegExp(`^${PROVINCE}`);

/**
 * The card of 2017: nationality (3 letters), region (4 digits), YYMMDD, one digit, check (ICAO 9303). The number does
 * not tell the gender, and of two possible centuries the later one that is not in the future is taken.
 */
export function parsePermanentResident2017(text: string, now: Date): Reading {
  const number = normaliseNumber(text);
  if (number.length !== 15) return bad('length');
  if (!/^[A-Z]{3}\d{12}$/.test(number)) return bad('characters');
  // The check sees no difference between letters that stand ten apart, such as C and M: the list does.
  if (!isNationality(number.slice(0, 3))) return bad('nationality');
  if (!REGION.test(number.slice(3))) return bad('region');
  if (icaoCheckDigit(number.slice(0, 14)) !== number[14]) return bad('check_digit');
  const birthdate = latestDate(number.slice(7, 13), shanghaiDate(now));
  if (birthdate === undefined) return bad('date');
  return { is: 'ok', number: number as DocumentNumber, birthdate };
}

/** The latest calendar date with this YYMMDD that is not after `today`. */
function latestDate(yymmdd: string, today: string): string | undefined {
  const century = Number(today.slice(0, 2));
  const day = `${yymmdd.slice(0, 2)}-${yymmdd.slice(2, 4)}-${yymmdd.slice(4)}`;
  return [`${century}${day}`, `${century - 1}${day}`].find((date) => isCalendarDate(date) && date <= today);
}

/** ICAO 9303-3 4.9: weights 7, 3, 1; digits count as themselves, A is 10 and Z is 35; modulo 10. */
export function icaoCheckDigit(text: string): string {
  const sum = Array.from(text).reduce(
    (total, character, index) => total + parseInt(character, 36) * ([7, 3, 1][index % 3] ?? 0),
    0,
  );
  return String(sum % 10);
}
