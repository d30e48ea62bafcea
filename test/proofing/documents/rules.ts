// The rules of the numbers a second time, written another way than in the product: what a test measures it against.
import type { DocumentKind } from '../../../idp/citizens/citizens.ts';
import { isNationality, issuingState } from '../../../idp/proofing/documents/issuing-states.ts';

const PROVINCES =
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65'.split(' ');

/** The normal form of what was typed under a kind, undefined when it is none. Passports are typed with their state. */
export function numberOf(kind: DocumentKind, text: string, today: string): string | undefined {
  if (kind === 'PASSPORT') return passport(text);
  const typed = plain(text);
  return RULES[kind](typed, today) ? typed.slice(0, LENGTHS[kind]) : undefined;
}

const RULES: Record<Exclude<DocumentKind, 'PASSPORT'>, (typed: string, today: string) => boolean> = {
  CN_RIC: (typed, today) => PROVINCES.includes(typed.slice(0, 2)) && eighteen(typed, today),
  CN_HMT_RP: (typed, today) =>
    ['810000', '820000', '830000'].includes(typed.slice(0, 6)) && eighteen(typed, today),
  CN_FPR_2023: (typed, today) =>
    typed.startsWith('9') && PROVINCES.includes(typed.slice(1, 3)) && eighteen(typed, today),
  CN_FPR_2017: card2017,
  HM_PERMIT: (typed) => /^[HM](?:\d{8}|\d{10})$/.test(typed),
  TW_PERMIT: (typed) => /^(?:\d{8}|\d{10})(?:\([A-Z0-9]\))?$/.test(typed),
};
const LENGTHS = { CN_RIC: 18, CN_HMT_RP: 18, CN_FPR_2023: 18, CN_FPR_2017: 15, HM_PERMIT: 9, TW_PERMIT: 8 };

/** Character by character: full width to half width, a to z to capitals; spaces, hyphens and the unseen go. */
function plain(text: string): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const narrow = code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : character;
    if (narrow.trim() === '' || '\u200B\u00AD\u2010\u2011\u2012\u2013\u2014\u2015\u2212_-'.includes(narrow))
      continue;
    out += narrow >= 'a' && narrow <= 'z' ? narrow.toUpperCase() : narrow;
  }
  return out;
}

function eighteen(typed: string, today: string): boolean {
  if (!/^[0-9]{17}[0-9X]$/.test(typed)) return false;
  // ISO 7064 5.2, the recursive way: the check makes the whole congruent to 1 modulo 11.
  let rest = 0;
  for (const digit of typed.slice(0, 17)) rest = ((rest + Number(digit)) * 2) % 11;
  const check = typed[17] === 'X' ? 10 : Number(typed[17]);
  const date = typed.slice(6, 14);
  return (rest + check) % 11 === 1 && exists(date) && date >= '1800' && date <= today.replaceAll('-', '');
}

function exists(yyyymmdd: string): boolean {
  const [year, month, day] = [yyyymmdd.slice(0, 4), yyyymmdd.slice(4, 6), yyyymmdd.slice(6)].map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
}

function card2017(typed: string): boolean {
  if (!/^[A-Z]{3}[0-9]{12}$/.test(typed) || !isNationality(typed.slice(0, 3))) return false;
  if (!PROVINCES.includes(typed.slice(3, 5))) return false;
  let sum = 0;
  for (let at = 0; at < 14; at += 1) {
    const value = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(typed[at] ?? '');
    sum += at % 3 === 0 ? value * 7 : at % 3 === 1 ? value * 3 : value;
  }
  const day = typed.slice(7, 13);
  return sum % 10 === Number(typed[14]) && (exists(`19${day}`) || exists(`20${day}`));
}

function passport(text: string): string | undefined {
  const typed = text.trim();
  const state = issuingState(plain(typed.slice(0, 3)));
  if (
    typed.length < 4 ||
    state === undefined ||
    plain(typed.slice(0, 3)) !== state ||
    typed[3]?.trim() !== ''
  )
    return undefined;
  const number = plain(typed.slice(4));
  const own = {
    CHN: /^E\d{8}$|^E[A-HJ-NP-Z]\d{7}$|^G\d{8}$|^[DSP]\d{7}$|^[DSP]\d{8}$|^[DSP]E\d{7}$/,
    HKG: /^[KH]\d{8}$|^KJ\d{7}$|^KJ\d{8}$/,
    MAC: /^MA\d{7}$/,
  };
  if (state === 'CHN' || state === 'HKG' || state === 'MAC') {
    const whose = (Object.keys(own) as (keyof typeof own)[]).filter((one) => own[one].test(number));
    const issuer = state === 'CHN' ? whose[0] : whose.find((one) => one === state);
    return issuer && `${issuer} ${number}`;
  }
  return /^[A-Z0-9]{6,9}$/.test(number) ? `${state} ${number}` : undefined;
}
