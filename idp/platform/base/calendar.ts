// The calendar that ages and birthdays follow. Pure.

/** The calendar date of an instant in China, ISO 8601. China has kept one zone and no summer time since 1991. */
export function shanghaiDate(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}

/** The instant in China to the second, ISO 8601 with its offset: 2026-11-04T15:40:00+08:00. */
export function shanghaiTime(at: Date): string {
  return `${new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}

/** Whole years from an ISO date of birth to an ISO date. A child of 29 February grows older on 1 March. */
export function ageOn(birthdate: string, date: string): number {
  const years = Number(date.slice(0, 4)) - Number(birthdate.slice(0, 4));
  return date.slice(5) < birthdate.slice(5) ? years - 1 : years;
}
