// The residence permit for Hong Kong, Macao and Taiwan residents (港澳台居民居住证), issued since 2018-09-01: the
// layout of the resident ID with 810000, 820000 or 830000 for a region.
import { parseEighteen, type Eighteen } from './eighteen.ts';

/** Reads what a person typed; a number of another region is 'region'. */
export function parseResidencePermit(text: string, now: Date): Eighteen {
  return parseEighteen(text, now, /^8[123]0000/);
}
