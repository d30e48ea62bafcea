// Instants in calendar words, in the time of Beijing, as people say them: 今天 15:40, 昨天 09:12, 11 月 3 日 08:00.
import { catalogue, type Locale } from './messages.ts';

const M = catalogue(
  {
    today: '今天 {time}',
    yesterday: '昨天 {time}',
    tomorrow: '明天 {time}',
    this_year: '{month} 月 {day} 日 {time}',
    other_year: '{year} 年 {month} 月 {day} 日',
  },
  {
    today: 'today at {time}',
    yesterday: 'yesterday at {time}',
    tomorrow: 'tomorrow at {time}',
    this_year: '{day} {month} at {time}',
    other_year: '{day} {month} {year}',
  },
);

const ZONE = 'Asia/Shanghai';
const PARTS = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const MONTH = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, month: 'long' });
const DAY_MS = 86_400_000;

function partsOf(at: Date): Readonly<Record<string, string>> {
  return Object.fromEntries(PARTS.formatToParts(at).map(({ type, value }) => [type, value]));
}

const dayOf = (at: Date): string => {
  const { year, month, day } = partsOf(at);
  return `${year}-${month}-${day}`;
};

/** Text for a page; `now` decides which day word fits. */
export function formatInstant(at: Date, now: Date, locale: Locale): string {
  const { year = '', month = '', day = '', hour, minute } = partsOf(at);
  const time = `${hour}:${minute}`;
  const that = dayOf(at);
  if (that === dayOf(now)) return M.text(locale, 'today', { time });
  if (that === dayOf(new Date(now.getTime() - DAY_MS))) return M.text(locale, 'yesterday', { time });
  if (that === dayOf(new Date(now.getTime() + DAY_MS))) return M.text(locale, 'tomorrow', { time });
  const named = locale === 'en' ? MONTH.format(at) : String(Number(month));
  const date = { month: named, day: String(Number(day)) };
  return year === partsOf(now)['year']
    ? M.text(locale, 'this_year', { ...date, time })
    : M.text(locale, 'other_year', { ...date, year });
}
