// The passport. Numbers are unique within the state that issued them, so the normal form is three letters of the
// state, a space and the number: `CHN E12345678`.
import type { DocumentNumber } from '../../citizens/citizens.ts';
import { issuingState } from './issuing-states.ts';
import { bad, foldWidthAndCase, normaliseNumber, type Beside, type Reading } from './reading.ts';

// China: E and G ordinary, D diplomatic, S service, P public affairs. I and O never stand in second place. The field
// of the machine readable zone holds nine characters: HKSAR passports of 2007 are KJ and seven digits.
const CHINESE: ReadonlyMap<string, RegExp> = new Map([
  ['CHN', /^(?:E\d{8}|E[A-HJ-NP-Z]\d{7}|G\d{8}|[DSP]\d{7,8}|[DSP]E\d{7})$/],
  ['HKG', /^(?:K\d{8}|KJ\d{7,8}|H\d{8})$/],
  ['MAC', /^MA\d{7}$/],
]);

/** Reads a typed number. `beside.issuer` names the state, unless the number is typed in its normal form. */
export function parsePassport(text: string, _now: Date, beside: Beside): Reading {
  const { state, number } = splitState(foldWidthAndCase(text).trim(), beside.issuer);
  if (state === undefined) return bad('issuer');
  if (CHINESE.has(state)) return readChinese(state, number);
  if (number.length < 6 || number.length > 9) return bad('length');
  if (!/^[A-Z\d]+$/.test(number)) return bad('characters');
  return ok(state, number);
}

/** True when the text may be a passport number whose state is not named yet. */
export function mayBePassport(text: string): boolean {
  const number = normaliseNumber(text);
  return /^[A-Z\d]{6,9}$/.test(number) || Array.from(CHINESE.values()).some((own) => own.test(number));
}

// Passports of Hong Kong and Macao print CHN as their state: the number tells whose it is, or the same passport would
// have two normal forms.
function readChinese(state: string, number: string): Reading {
  const states = state === 'CHN' ? Array.from(CHINESE.keys()) : [state];
  const issuer = states.find((one) => CHINESE.get(one)?.test(number));
  return issuer === undefined ? bad('pattern') : ok(issuer, number);
}

interface Split {
  readonly state: string | undefined;
  readonly number: string;
}

/** A named state wins: three letters and a space may also be the beginning of a number typed in groups. */
function splitState(typed: string, issuer: string | undefined): Split {
  const named = issuer === undefined ? undefined : issuingState(issuer);
  const [, letters = '', rest = ''] = /^([A-Z]{3})\s(.*)$/s.exec(typed) ?? [];
  const written = issuingState(letters);
  const whole = written !== undefined && (issuer === undefined || named === written);
  return whole
    ? { state: written, number: normaliseNumber(rest) }
    : { state: named, number: normaliseNumber(typed) };
}

function ok(issuer: string, number: string): Reading {
  return { is: 'ok', number: `${issuer} ${number}` as DocumentNumber, issuer };
}
