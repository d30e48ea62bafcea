// Mainland mobile numbers: read leniently as people type them, kept in one form.
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Phone } from './citizens.ts';

/**
 * Only what a person types or pastes: digits (also full-width), a plus, spaces, hyphens. Everything else,
 * letters, extensions, digits of other scripts and invisible characters, makes the text no phone number.
 */
const TYPED = /^[0-9\uff10-\uff19+\uff0b \u00a0\u3000\u2010-\u2015\u2212\uff0d-]{11,32}$/;

/** Mobile ranges (MIIT numbering plan), without 140, 141, 144, 146 and 148: those SIMs sit in machines. */
const MOBILE = /^\+861(?!4[01468])[3-9]\d{9}$/;

/**
 * The E.164 form of a mainland mobile number, `+8613800135678`. Accepts `138 0013 5678`, `+86-138...`, `0086138...`,
 * full-width digits. Undefined for everything else: landlines, machine SIMs, other countries, extensions.
 */
export function parsePhone(text: string): Phone | undefined {
  if (!TYPED.test(text)) return undefined;
  const parsed = parsePhoneNumberFromString(text.normalize('NFKC'), { defaultCountry: 'CN', extract: false });
  if (!parsed || parsed.ext !== undefined || !MOBILE.test(parsed.number)) return undefined;
  return parsed.number as Phone;
}
