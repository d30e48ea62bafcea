// Which language a page speaks. Chinese is the default, because it is everybody's here.
import { LOCALES, type Locale } from './messages.ts';

/** The first language tag of a text that we speak: `en-GB`, or `fr, en;q=0.8` (RFC 9110 12.5.4), or `zh en`. */
function firstKnown(text: string): Locale | undefined {
  const ranked = text
    .replaceAll(/\s*;\s*q\s*=\s*/gi, ';q=')
    .split(/[,\s]+/)
    .map((entry) => {
      const [tag = '', weight] = entry.split(';q=');
      return {
        language: tag.toLowerCase().split(/[-_]/)[0],
        weight: weight === undefined ? 1 : Number(weight) || 0,
      };
    })
    .sort((a, b) => b.weight - a.weight);
  for (const { language, weight } of ranked) {
    const known = LOCALES.find((locale) => locale.toLowerCase().split('-')[0] === language);
    if (known && weight > 0) return known;
  }
  return undefined;
}

/** The first preference that names a language we speak: query, cookie, then the browser's list. */
export function negotiateLocale(preferred: readonly (string | undefined)[]): Locale {
  for (const text of preferred) {
    const known = text === undefined ? undefined : firstKnown(text.slice(0, 200));
    if (known) return known;
  }
  return 'zh-CN';
}
