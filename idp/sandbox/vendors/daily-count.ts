// How often a vendor answers about one thing within 24 hours.
import { addSeconds, type Clock } from '../../platform/base/clock.ts';

const DAY_SECONDS = 86_400;
const REMEMBERED = 2_000;

/** True while a thing was asked about by no more than `most` questions; the same question twice counts once. */
export function dailyCount(clock: Clock, most: number): (thing: string, question: string) => boolean {
  const seen = new Map<string, ReadonlyMap<string, Date>>();
  return (thing, question) => {
    const since = addSeconds(clock.now(), -DAY_SECONDS);
    const lately = new Map([...(seen.get(thing) ?? [])].filter(([, at]) => at > since));
    if (lately.has(question)) return true;
    if (lately.size >= most) return false;
    seen.delete(thing);
    seen.set(thing, lately.set(question, clock.now()));
    const oldest = seen.size > REMEMBERED ? seen.keys().next().value : undefined;
    if (oldest !== undefined) seen.delete(oldest);
    return true;
  };
}
