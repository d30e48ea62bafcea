import { describe, expect, test } from '@jest/globals';
import { formatInstant } from '../../../idp/platform/i18n/format.ts';
import { negotiateLocale } from '../../../idp/platform/i18n/locale.ts';
import { catalogue } from '../../../idp/platform/i18n/messages.ts';

describe('an instant, as people say it', () => {
  const now = new Date('2026-11-22T16:30:00Z'); // 00:30 on the 23rd in Beijing
  test.each([
    ['2026-11-22T16:05:00Z', '今天 00:05', 'today at 00:05'],
    ['2026-11-22T15:59:00Z', '昨天 23:59', 'yesterday at 23:59'],
    ['2026-11-23T16:00:00Z', '明天 00:00', 'tomorrow at 00:00'],
    ['2026-11-03T00:00:00Z', '11 月 3 日 08:00', '3 November at 08:00'],
    ['2025-12-31T15:59:00Z', '2025 年 12 月 31 日', '31 December 2025'],
  ])('%s is %s, %s', (at, zh, en) => {
    expect([formatInstant(new Date(at), now, 'zh-CN'), formatInstant(new Date(at), now, 'en')]).toEqual([
      zh,
      en,
    ]);
  });
});

describe('the language of a page', () => {
  test.each<[string, (string | undefined)[], string]>([
    ['nothing is asked for', [], 'zh-CN'],
    ['a language is asked for that we do not speak', ['fr', 'de'], 'zh-CN'],
    ['a service asks for English', ['en-GB'], 'en'],
    ['the browser ranks them', [undefined, 'en;q=0.5, zh-TW;q=0.9'], 'zh-CN'],
    ['English is ruled out', ['en;q=0, fr'], 'zh-CN'],
    ['the first wish that we can meet counts', ['fr', 'en', 'zh'], 'en'],
    ['OpenID tags are split by spaces', ['fr en'], 'en'],
    ['rubbish is sent', ['<script>', '\u0000;q=,,,'], 'zh-CN'],
  ])('%s', (_, preferred, locale) => {
    expect(negotiateLocale(preferred)).toBe(locale);
  });

  test('a very long wish is read no further than it is worth', () => {
    expect(negotiateLocale([`${'x,'.repeat(100_000)}en`])).toBe('zh-CN');
  });
});

test('a value that looks like a placeholder is not filled again', () => {
  const M = catalogue({ hello: '您好，{name}，{name}' }, { hello: '{name}, {name}' });
  expect(M.text('zh-CN', 'hello', { name: '{name}$&' })).toBe('您好，{name}$&，{name}$&');
});
