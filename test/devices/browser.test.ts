// What a browser says of itself, in the words a citizen knows it by.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { browserKind, browserWords } from '../../idp/devices/browser.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`,
    '电脑（Chrome 浏览器）',
    'Windows computer (Chrome browser)',
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36 Edg/141.0`,
    '电脑（Edge 浏览器）',
    'Windows computer (Edge browser)',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
    '苹果电脑（Safari 浏览器）',
    'Mac (Safari browser)',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    '电脑（火狐浏览器）',
    'Linux computer (Firefox browser)',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.60',
    '苹果手机（微信）',
    'iPhone (WeChat)',
  ],
  [
    `Mozilla/5.0 (Linux; Android 14; ABR-AL60) ${WEBKIT} Chrome/114.0 Mobile Safari/537.36 HuaweiBrowser/15.0`,
    '安卓手机（华为浏览器）',
    'Android phone (Huawei browser)',
  ],
  [
    `Mozilla/5.0 (Linux; Android 13; SM-X700) ${WEBKIT} Chrome/120.0 Safari/537.36`,
    '安卓平板（Chrome 浏览器）',
    'Android tablet (Chrome browser)',
  ],
  [
    'Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0 Safari/537.36 ArkWeb/4.1 Mobile',
    '鸿蒙手机（华为浏览器）',
    'HarmonyOS phone (Huawei browser)',
  ],
  ['curl/8.5.0', '设备（浏览器）', 'Device (browser)'],
  [undefined, '设备（浏览器）', 'Device (browser)'],
])('%s is %s', (userAgent, zh, en) => {
  expect(browserWords(userAgent, 'zh-CN')).toBe(zh);
  expect(browserWords(userAgent, 'en')).toBe(en);
});

test('nothing of the header itself is in the words, whatever it says', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 2_000 }), (header) => {
      const words = browserWords(header, 'zh-CN');
      return words.length < 40 && !/[<>\n]/.test(words);
    }),
  );
  expect(browserKind(`${'x'.repeat(600)} Firefox/1`).family).toBe('browser');
});
