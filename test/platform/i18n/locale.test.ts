import fc from 'fast-check';
import { negotiateLocale } from '../../../idp/platform/i18n/locale.ts';

test.each([
  [[undefined], 'zh-CN'],
  [[''], 'zh-CN'],
  [['fr'], 'zh-CN'],
  [['en'], 'en'],
  [['en-GB'], 'en'],
  [['EN_us'], 'en'],
  [['zh-Hans-CN'], 'zh-CN'],
  [['zh-TW'], 'zh-CN'],
  [['english'], 'zh-CN'],
  [['en;q=0'], 'zh-CN'],
  [['en;q=0, zh;q=0.1'], 'zh-CN'],
  [['zh;q=0.5, en;q=0.9'], 'en'],
  [['zh; q=0.5, en; q=0.9'], 'en'],
  [['en; q=0.5, zh; q=0.9'], 'zh-CN'],
  [['en-GB, en;q=0.9, zh;q=0.8'], 'en'],
  [['fr-FR en zh'], 'en'],
  [[undefined, 'en'], 'en'],
  [['zh', 'en'], 'zh-CN'],
  [['fr', 'en'], 'en'],
] as const)('%j is %s', (preferred, locale) => {
  expect(negotiateLocale(preferred)).toBe(locale);
});

test('any header gives one of our languages', () => {
  fc.assert(fc.property(fc.string(), (header) => ['zh-CN', 'en'].includes(negotiateLocale([header]))));
});

test('a header of 16 kB costs as little as its beginning', () => {
  // The best of many runs, and a ratio: neither the machine nor its load decides. Reading it whole would be 80.
  const best = (header: string): number => {
    const runs = Array.from({ length: 20 }, () => {
      const began = performance.now();
      for (let turn = 0; turn < 100; turn += 1) negotiateLocale([header]);
      return performance.now() - began;
    });
    return Math.min(...runs);
  };
  const piece = ',;q=';
  expect(best(piece.repeat(4_000)) / best(piece.repeat(50))).toBeLessThan(8);
});
