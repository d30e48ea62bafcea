// The unified social credit code of a legal person, GB 32100-2015. Public: it needs no mask and no seal.
import type { Brand } from '../../platform/base/ids.ts';
import { normaliseNumber } from './reading.ts';

/** A checked, normalised code of 18 characters. Made only here. */
export type OrganisationCode = Brand<string, 'OrganisationCode'>;

export type ParsedOrganisationCode =
  | {
      readonly is: 'ok';
      readonly code: OrganisationCode;
      /**
       * Who keeps the register: 1 staffing commissions, 2 foreign affairs, 3 justice, 4 culture, 5 civil affairs,
       * 6 tourism, 7 religion, 8 trade unions, 9 market regulation, A military commission, N agriculture, Y others.
       */
      readonly registrar: string;
      /** What it is to that registrar: 91 company, 92 sole trader, 93 cooperative, 11 state organ, 12 institution. */
      readonly class: string;
      /** Six digits, GB/T 2260, of the registration; it may be a region that is gone. */
      readonly region: string;
      /** Nine characters, GB 11714, the last its own check. */
      readonly organisationCode: string;
      /** A warning only: codes with a wrong inner check were issued. */
      readonly innerCheck: 'right' | 'wrong';
    }
  | { readonly is: 'bad'; readonly why: 'length' | 'characters' | 'check_digit' };

// No I, O, Z, S, V: they look like 1, 0, 2, 5, U.
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const CODE = new RegExp(`^[${ALPHABET}]{2}\\d{6}[${ALPHABET}]{10}$`);

/** Reads what a person typed. The last character (modulo 31) must be right. */
export function parseOrganisationCode(text: string): ParsedOrganisationCode {
  const code = normaliseNumber(text);
  if (code.length !== 18) return { is: 'bad', why: 'length' };
  if (!CODE.test(code)) return { is: 'bad', why: 'characters' };
  if (outerCheck(code.slice(0, 17)) !== code[17]) return { is: 'bad', why: 'check_digit' };
  const organisationCode = code.slice(8, 17);
  return {
    is: 'ok',
    code: code as OrganisationCode,
    registrar: code.slice(0, 1),
    class: code.slice(1, 2),
    region: code.slice(2, 8),
    organisationCode,
    innerCheck: innerCheck(organisationCode.slice(0, 8)) === organisationCode[8] ? 'right' : 'wrong',
  };
}

// GB 32100-2015 annex A: the weight of place i is 3^i modulo 31.
const OUTER = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

function outerCheck(first17: string): string {
  const sum = OUTER.reduce(
    (total, weight, index) => total + weight * ALPHABET.indexOf(first17[index] ?? ''),
    0,
  );
  return ALPHABET[(31 - (sum % 31)) % 31] ?? '';
}

const INNER = [3, 7, 9, 10, 5, 8, 4, 2];

/** GB 11714-1997: A counts 10 and Z 35. */
function innerCheck(first8: string): string {
  const sum = INNER.reduce((total, weight, index) => total + weight * parseInt(first8[index] ?? '', 36), 0);
  return '0X987654321'[sum % 11] ?? '';
}
