// Values that must not be printed. A Secret never shows; a Personal shows its mask. Both survive string
// concatenation, JSON.stringify, console.log and pino without giving the value away.
import { inspect } from 'node:util';

class Guarded {
  readonly #value: string;
  readonly #shown: string;

  constructor(value: string, shown: string) {
    this.#value = value;
    this.#shown = shown;
  }

  /** The real value. Every call is a place that an auditor reads. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return this.#shown;
  }

  toJSON(): string {
    return this.#shown;
  }

  [Symbol.toPrimitive](): string {
    return this.#shown;
  }

  [inspect.custom](): string {
    return this.#shown;
  }
}

/** A password, code, token or key. Prints as `[secret]`. */
export class Secret extends Guarded {
  constructor(value: string) {
    super(value, '[secret]');
  }
}

/** A person's datum. Prints as its mask. */
export class Personal extends Guarded {}

export function secret(value: string): Secret {
  return new Secret(value);
}

/**
 * 张三 -> 张*, 欧阳娜娜 -> 欧**: first code point, then at most two stars. Latin: so for every word, SMITH, JOHN ->
 * S** J**.
 */
export function maskName(name: string): string {
  return /^[A-Za-z]/.test(name)
    ? name
        .split(/[\s,]+/)
        .filter((word) => word !== '')
        .map(maskWord)
        .join(' ')
    : maskWord(name);
}

function maskWord(word: string): string {
  const points = Array.from(word);
  return (points[0] ?? '') + '*'.repeat(Math.min(2, Math.max(1, points.length - 1)));
}

/**
 * For screens that others may see. 18 characters (resident ID and its kin): 330106198501011231 -> 3****************1.
 * Passports and permits keep the first and the last three: E12345678 -> E*****678. The state that issued a passport is
 * no secret: CHN E12345678 -> CHN E*****678.
 */
export function maskNumber(number: string): string {
  const [state, passport] = number.split(' ');
  if (state !== undefined && passport !== undefined) return `${state} ${maskNumber(passport)}`;
  // No document number is so short: what four of its characters would give away is nearly all.
  if (number.length < 6) return '*'.repeat(number.length);
  const end = number.length === 18 ? 1 : 3;
  return `${number[0]}${'*'.repeat(number.length - 1 - end)}${number.slice(-end)}`;
}

/** +8613800135678 -> 138****5678; a foreign number keeps its last four digits. */
export function maskPhone(e164: string): string {
  const national = e164.startsWith('+86') ? e164.slice(3) : undefined;
  return national?.length === 11
    ? `${national.slice(0, 3)}****${national.slice(7)}`
    : `****${e164.slice(-4)}`;
}

export const personalName = (value: string): Personal => new Personal(value, maskName(value));
export const personalNumber = (value: string): Personal => new Personal(value, maskNumber(value));
export const personalPhone = (value: string): Personal => new Personal(value, maskPhone(value));
