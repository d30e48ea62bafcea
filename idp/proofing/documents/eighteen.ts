// The layout of GB 11643-1999, RRRRRR YYYYMMDD SSS C, which three cards share: only the first digits differ.
import type { DocumentNumber } from '../../citizens/citizens.ts';
import { shanghaiDate } from '../../platform/base/calendar.ts';
import { bad, isCalendarDate, normaliseNumber, type Bad } from './reading.ts';

export type Eighteen =
  | {
      readonly is: 'ok';
      readonly number: DocumentNumber;
      /** ISO 8601 date. */
      readonly birthdate: string;
      readonly gender: 'male' | 'female';
    }
  | Bad<'length' | 'characters' | 'region' | 'check_digit' | 'date' | 'future'>;

/**
 * The first two digits of a region (GB/T 2260). Only the province is certain: a list of today's districts would refuse
 * millions of true cards. 330103 and 330104 were abolished in 2021, the standard's own example 440524 is gone as well.
 */
export const PROVINCE = '(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** ISO 7064 MOD 11-2 over the first 17 digits. */
export function checkCharacter(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(first17[index]), 0);
  return '10X98765432'[sum % 11] ?? '';
}

/**
 * Reads what a person typed. `prefix` is what numbers of this kind begin with, 'region' otherwise. `now` decides what
 * lies in the future (calendar of Asia/Shanghai). No limit on age: the standard's own example was born in 1880.
 */
export function parseEighteen(text: string, now: Date, prefix: RegExp): Eighteen {
  const number = normaliseNumber(text);
  if (number.length !== 18) return bad('length');
  if (!/^\d{17}[\dX]$/.test(number)) return bad('characters');
  if (!prefix.test(number)) return bad('region');
  if (checkCharacter(number.slice(0, 17)) !== number[17]) return bad('check_digit');
  const birthdate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  if (!isCalendarDate(birthdate)) return bad('date');
  if (birthdate > shanghaiDate(now)) return bad('future');
  return {
    is: 'ok',
    number: number as DocumentNumber,
    birthdate,
    gender: Number(number[16]) % 2 === 1 ? 'male' : 'female',
  };
}
