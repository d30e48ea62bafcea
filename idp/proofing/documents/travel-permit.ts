// The mainland travel permits: 港澳居民来往内地通行证 (Hong Kong and Macao) and 台湾居民来往大陆通行证 (Taiwan).
// Eight digits are one person's for life. The two after them count the cards, so they are no part of the normal form:
// the same person must not have two numbers.
import type { DocumentNumber } from '../../citizens/citizens.ts';
import { bad, normaliseNumber, type Reading } from './reading.ts';

/** H or M, then 8 digits, or 10 with the count of renewals. */
export function parseHongKongMacaoPermit(text: string): Reading {
  const number = normaliseNumber(text);
  if (number.length !== 9 && number.length !== 11) return bad('length');
  if (!/^[HM]\d+$/.test(number)) return bad('characters');
  return { is: 'ok', number: number.slice(0, 9) as DocumentNumber };
}

/**
 * 8 digits, or 10 with the count of renewals. Cards from before 2008-09-25 add the code of the office that issued them
 * in brackets, "(A)"; it goes as well.
 */
export function parseTaiwanPermit(text: string): Reading {
  const number = normaliseNumber(text).replace(/\([A-Z\d]\)$/, '');
  if (number.length !== 8 && number.length !== 10) return bad('length');
  if (!/^\d+$/.test(number)) return bad('characters');
  return { is: 'ok', number: number.slice(0, 8) as DocumentNumber };
}
