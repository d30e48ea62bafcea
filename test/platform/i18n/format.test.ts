import fc from 'fast-check';
import { formatInstant } from '../../../idp/platform/i18n/format.ts';

// 15:30 in Beijing on 22 November 2026.
const NOW = new Date('2026-11-22T07:30:00Z');

test.each([
  ['2026-11-22T07:40:00Z', '今天 15:40', 'today at 15:40'],
  ['2026-11-21T16:00:00Z', '今天 00:00', 'today at 00:00'],
  ['2026-11-21T15:59:59Z', '昨天 23:59', 'yesterday at 23:59'],
  ['2026-11-22T16:00:00Z', '明天 00:00', 'tomorrow at 00:00'],
  ['2026-11-23T16:00:00Z', '11 月 24 日 00:00', '24 November at 00:00'],
  ['2026-11-12T01:05:00Z', '11 月 12 日 09:05', '12 November at 09:05'],
  ['2025-12-31T15:59:59Z', '2025 年 12 月 31 日', '31 December 2025'],
  ['2025-12-31T16:00:00Z', '1 月 1 日 00:00', '1 January at 00:00'],
])('%s reads %s', (at, zh, en) => {
  expect(formatInstant(new Date(at), NOW, 'zh-CN')).toBe(zh);
  expect(formatInstant(new Date(at), NOW, 'en')).toBe(en);
});

test('the turn of the year has its day words as well', () => {
  const midnight = new Date('2026-12-31T16:00:00Z');
  const before = new Date('2026-12-31T15:59:00Z');
  expect(formatInstant(before, midnight, 'zh-CN')).toBe('昨天 23:59');
  expect(formatInstant(midnight, before, 'en')).toBe('tomorrow at 00:00');
});

test('within a day the word is today, yesterday or tomorrow', () => {
  const near = fc.integer({ min: -86_399_999, max: 86_399_999 });
  fc.assert(
    fc.property(
      near,
      fc.date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }),
      (ms, now) =>
        /^(今天|昨天|明天) \d\d:\d\d$/.test(formatInstant(new Date(now.getTime() + ms), now, 'zh-CN')),
    ),
  );
});
