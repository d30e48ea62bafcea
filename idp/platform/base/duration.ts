// Durations in settings are written `90s`, `10m`, `12h`, `30d` and read as whole seconds.

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Whole seconds of a duration such as `10m`. Throws a plain Error that names the text when it is malformed. */
export function seconds(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  if (!match) throw new Error(`"${text}" is not a duration such as 90s, 10m, 12h or 30d`);
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}
