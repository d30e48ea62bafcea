// The resident ID number, GB 11643-1999: RRRRRR YYYYMMDD SSS C. A number that passes here is well formed, nothing
// more: only an authority knows whether it was ever issued.
import type { DocumentNumber } from '../../citizens/citizens.ts';
import { shanghaiDate } from '../../platform/base/calendar.ts';

export { ageOn, shanghaiDate } from '../../platform/base/calendar.ts';

export type ResidentId =
  | {
      readonly is: 'ok';
      readonly number: DocumentNumber;
      /** ISO 8601 date. */
      readonly birthdate: string;
      readonly gender: 'male' | 'female';
    }
  | {
      readonly is: 'bad';
      readonly why: 'length' | 'characters' | 'check_digit' | 'date' | 'future' | 'region' | 'fifteen';
    };

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** ISO 7064 MOD 11-2 over the first 17 digits. */
export function checkCharacter(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(first17[index]), 0);
  return '10X98765432'[sum % 11] ?? '';
}

// Only the province is certain. A list of today's districts would refuse millions of true cards: 330103 and 330104
// were abolished in 2021, and the standard's own example 440524 is gone as well.
const PROVINCES = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])/;

/** Full-width characters become ASCII, spaces and hyphens go, x becomes X. Does not check anything. */
export function normaliseResidentId(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\s\u200B\uFEFF\u2010-\u2015\u2212\u00AD_-]/g, '')
    .toUpperCase();
}

/**
 * Reads what a person typed. `now` decides what lies in the future (calendar of Asia/Shanghai). No limit on age: the
 * standard's own example was born in 1880. 15-digit numbers ended on 2013-01-01 (居民身份证法 article 23). Prefixes
 * 81, 82, 83 are residence permits and 9 is a foreigner's card: other documents, 'region' here.
 */
export function parseResidentId(text: string, now: Date): ResidentId {
  const number = normaliseResidentId(text);
  if (/^\d{15}$/.test(number)) return { is: 'bad', why: 'fifteen' };
  if (number.length !== 18) return { is: 'bad', why: 'length' };
  if (!/^\d{17}[\dX]$/.test(number)) return { is: 'bad', why: 'characters' };
  if (!PROVINCES.test(number)) return { is: 'bad', why: 'region' };
  if (checkCharacter(number.slice(0, 17)) !== number[17]) return { is: 'bad', why: 'check_digit' };
  const birthdate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  if (!isCalendarDate(birthdate)) return { is: 'bad', why: 'date' };
  if (birthdate > shanghaiDate(now)) return { is: 'bad', why: 'future' };
  return {
    is: 'ok',
    number: number as DocumentNumber,
    birthdate,
    gender: Number(number[16]) % 2 === 1 ? 'male' : 'female',
  };
}

function isCalendarDate(date: string): boolean {
  const at = new Date(`${date}T00:00:00Z`);
  return Number(date.slice(0, 4)) >= 1800 && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
}
