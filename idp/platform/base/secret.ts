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

/** 张三 -> 张*, 欧阳娜娜 -> 欧**: first code point, then at most two stars. */
export function maskName(name: string): string {
  const points = Array.from(name);
  return (points[0] ?? '') + '*'.repeat(Math.min(2, Math.max(1, points.length - 1)));
}

/** 330106198501011231 -> 3****************1, for screens that others may see. */
export function maskNumber(number: string): string {
  return number.length < 3
    ? '*'.repeat(number.length)
    : `${number[0]}${'*'.repeat(number.length - 2)}${number.at(-1)}`;
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
