// Names of members, people and deadlines, as the pages of requests say them. Pure.
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Tone } from '../frame/icons.tsx';
import { M } from './messages.ts';
import { M as NAMES } from './name-messages.ts';

const CLAIMS = 'tongxing_claims.';

function known(locale: Locale, key: string): string | undefined {
  return Object.hasOwn(NAMES.texts[locale], key) ? NAMES.texts[locale][key] : undefined;
}

/** `redirect_uris` -> 回调地址; a member that has no name of ours is shown as it is registered. */
export function memberName(locale: Locale, member: string): string {
  if (member.startsWith(CLAIMS)) return claimName(locale, member.slice(CLAIMS.length).split('.')[0] ?? '');
  return known(locale, `member.${member}`) ?? member;
}

export const claimName = (locale: Locale, claim: string): string => known(locale, `claim.${claim}`) ?? claim;

export const partName = (locale: Locale, part: string): string =>
  known(locale, `part.${part.replace('#', '_')}`) ?? part;

/** The trail names people by identifiers; a page says whether it is oneself, and which kind of somebody else. */
export function whoName(locale: Locale, by: string, self: string): string {
  if (by === self) return M.text(locale, 'who.you');
  if (by === 'system') return M.text(locale, 'who.system');
  if (by === 'operator:command-line') return M.text(locale, 'who.machine');
  const [kind, id = ''] = by.split(/:(.*)/);
  if (kind === 'client') return M.text(locale, 'who.program', { id });
  return M.text(locale, 'who.operator', { short: id.slice(-6) });
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long is left, in words, and how loud. */
export function dueWords(
  locale: Locale,
  dueAt: Date,
  now: Date,
): { readonly tone: Tone; readonly text: string } {
  const left = dueAt.getTime() - now.getTime();
  if (left <= -DAY_MS)
    return { tone: 'bad', text: M.text(locale, 'due.over_days', { count: Math.floor(-left / DAY_MS) }) };
  if (left < 0)
    return {
      tone: 'bad',
      text: M.text(locale, 'due.over_hours', { count: Math.max(1, Math.floor(-left / HOUR_MS)) }),
    };
  if (left < DAY_MS)
    return {
      tone: 'warn',
      text: M.text(locale, 'due.hours', { count: Math.max(1, Math.floor(left / HOUR_MS)) }),
    };
  return { tone: 'wait', text: M.text(locale, 'due.days', { count: Math.floor(left / DAY_MS) }) };
}

export const instant = (at: Date, now: Date, locale: Locale): string => formatInstant(at, now, locale);
