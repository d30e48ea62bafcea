// Durations in settings are written `90s`, `10m`, `12h`, `30d` and read as whole seconds.

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

const PATTERN = /^(\d{1,6})([smhd])$/;

/** Complaint about a setting that is no duration. */
export const DURATION_RULE = 'must be a duration such as 90s, 10m, 12h or 30d';

/** Whole seconds of a duration such as `10m`. Throws a plain Error that names the text when it is malformed. */
export function seconds(text: string): number {
  const match = PATTERN.exec(text);
  if (!match) throw new Error(`"${text}" ${DURATION_RULE}`);
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}

/** True for what `seconds` can read, when it is not longer than `mostSeconds`. */
export const isDuration = (text: string, mostSeconds = Infinity): boolean =>
  PATTERN.test(text) && seconds(text) <= mostSeconds;
