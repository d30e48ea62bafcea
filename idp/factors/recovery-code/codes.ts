// What a recovery code is: how it is made, read as people write it, and kept. Pure but for the random bytes.
import { randomBytes } from 'node:crypto';
import { hmacSha256 } from '../../platform/base/keyed.ts';

/** Crockford's base 32: no I, L, O, U, so that a code copied by hand is read as it was meant. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 60 random bits each (SP 800-63B-4 3.1.2.2 asks for 20 with a limit on tries; a leaked table must not be searched). */
const LENGTH = 12;
const GROUP = 4;
const SHAPE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);
export const CODES_IN_A_SET = 10;

/** Ten codes, `7K3M9P4RXW2D`. */
export function newCodes(): readonly string[] {
  return Array.from({ length: CODES_IN_A_SET }, () =>
    Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte & 31]).join(''),
  );
}

/** As it is shown and printed: `7K3M-9P4R-XW2D`. */
export function written(code: string): string {
  return (code.match(new RegExp(`.{${GROUP}}`, 'g')) ?? [code]).join('-');
}

/** Reads what a person typed: any case, full width, spaces and hyphens; O for 0, I and L for 1. Undefined: no code. */
export function parseRecoveryCode(typed: string): string | undefined {
  const plain = typed
    .slice(0, 64)
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\u2010-\u2015-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return SHAPE.test(plain) ? plain : undefined;
}

/** Bound to its account: the same code of two accounts has two digests. */
export function digestOf(material: Buffer, citizenId: string, code: string): Buffer {
  return hmacSha256(material).update(`recovery-code\0${citizenId}\0${code}`).digest();
}
