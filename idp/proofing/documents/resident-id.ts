// The resident ID number, GB 11643-1999: RRRRRR YYYYMMDD SSS C. A number that passes here is well formed, nothing
// more: only an authority knows whether it was ever issued.
import { parseEighteen, PROVINCE, type Eighteen } from './eighteen.ts';
import { bad, normaliseNumber, type Bad } from './reading.ts';

export { ageOn, shanghaiDate } from '../../platform/base/calendar.ts';
export { checkCharacter } from './eighteen.ts';

export type ResidentId = Eighteen | Bad<'fifteen'>;

const PREFIX = new RegExp(`^${PROVINCE}`);

/** Full-width characters become ASCII, spaces and hyphens go, x becomes X. Does not check anything. */
export const normaliseResidentId = normaliseNumber;

/**
 * Reads what a person typed. `now` decides what lies in the future (calendar of Asia/Shanghai). 15-digit numbers ended
 * on 2013-01-01 (居民身份证法 article 23). Prefixes 81, 82, 83 are residence permits and 9 is a foreigner's card: other
 * documents, 'region' here.
 */
export function parseResidentId(text: string, now: Date): ResidentId {
  if (/^\d{15}$/.test(normaliseNumber(text))) return bad('fifteen');
  return parseEighteen(text, now, PREFIX);
}
