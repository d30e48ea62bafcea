// Time is a part that is passed in, so that tests can move it.

export interface Clock {
  /** The present instant. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Seconds since the epoch, as tokens count them (RFC 7519 NumericDate). */
export function epochSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}

export function addSeconds(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
