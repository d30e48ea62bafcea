// Every text of the product, as one book: both languages, the same placeholders, the words that citizens know.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { Locale } from '../../../idp/platform/i18n/messages.ts';

const idp = fileURLToPath(new URL('../../../idp/', import.meta.url));
const files = readdirSync(idp, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('messages.ts') && !name.endsWith('i18n/messages.ts'))
  .sort();

type Texts = Readonly<Record<Locale, Readonly<Record<string, string>>>>;
const isCatalogue = (value: unknown): value is { texts: Texts } =>
  typeof value === 'object' && value !== null && 'texts' in value;

const books = await Promise.all(
  files.map(async (name) => {
    const module = (await import(path.join(idp, name))) as Record<string, unknown>;
    return {
      name,
      texts: Object.values(module)
        .filter(isCatalogue)
        .map(({ texts }) => texts),
    };
  }),
);
const entries = books.flatMap(({ name, texts }) =>
  texts.flatMap((book) =>
    Object.entries(book['zh-CN']).map(([key, zh]) => ({
      place: `${name} ${key}`,
      zh,
      en: book.en[key] ?? '',
    })),
  ),
);

/** Words of machines and of scolding, and synonyms of terms that have one word here. */
const UNFIT_ZH =
  /无效|非法|系统异常|参数错误|令牌|会话|认证失败|操作失败|登陆|帐号|帐户|账户|OAuth|token|[!！]/i;
const UNFIT_EN = /\b(sorry|please|invalid|oops|token|oauth|forbidden|illegal|session|login)\b|!/i;

/** Developers read the nouns of the protocol: their pages say ID token, and what a login is. */
const FOR_DEVELOPERS = /^(admin\/developers|registry\/(explain|golive))\//;
const UNFIT_FOR_THEM =
  /无效|非法|系统异常|参数错误|登陆|帐号|帐户|[!！]|\b(sorry|please|invalid|oops|illegal)\b/i;

const placeholders = (text: string): string[] =>
  Array.from(text.matchAll(/\{(\w+)\}/g), (match) => match[1] ?? '').sort();
const saying = (unfit: (entry: (typeof entries)[number]) => boolean): string[] =>
  entries.filter(unfit).map(({ place, zh, en }) => `${place}: ${zh} / ${en}`);

describe('the texts that people read', () => {
  test('are all found', () => {
    expect(books.filter(({ texts }) => texts.length === 0)).toEqual([]);
    expect(entries.length).toBeGreaterThan(250);
  });

  test('never use a machine’s words, scold, or shout', () => {
    const unfit = ({ place, zh, en }: (typeof entries)[number]): boolean =>
      FOR_DEVELOPERS.test(place)
        ? UNFIT_FOR_THEM.test(zh) || UNFIT_FOR_THEM.test(en)
        : UNFIT_ZH.test(zh) || UNFIT_EN.test(en);
    expect(saying(unfit)).toEqual([]);
  });

  test('exist in both languages with the same placeholders', () => {
    for (const { texts } of books)
      for (const book of texts)
        expect(Object.keys(book.en).sort()).toEqual(Object.keys(book['zh-CN']).sort());
    expect(saying(({ zh, en }) => zh.trim() === '' || en.trim() === '')).toEqual([]);
    expect(saying(({ zh, en }) => placeholders(zh).join() !== placeholders(en).join())).toEqual([]);
  });

  test('ask with 请 once at most in a sentence', () => {
    expect(
      saying(({ zh }) => zh.split(/[。；？\n]/).some((each) => (each.match(/请(?!求)/g)?.length ?? 0) > 1)),
    ).toEqual([]);
  });

  test('keep a Chinese sentence short enough to be read at a glance', () => {
    const long = (text: string): boolean =>
      text.split(/[。；？，：\n]/).some((each) => Array.from(each.replaceAll(/\{\w+\}/g, '')).length > 32);
    expect(saying(({ zh }) => long(zh))).toEqual([]);
  });
});
