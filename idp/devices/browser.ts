// What a browser says of itself, in words that a citizen knows it by: 电脑（Chrome 浏览器）. Coarse on purpose: enough to
// recognise one's own, too little to tell two people apart. It is the browser's own word and proves nothing. Pure.
import { catalogue, type Locale } from '../platform/i18n/messages.ts';

const M = catalogue(
  {
    windows: '电脑',
    mac: '苹果电脑',
    linux: '电脑',
    iphone: '苹果手机',
    ipad: '苹果平板',
    android: '安卓手机',
    tablet: '安卓平板',
    harmony: '鸿蒙手机',
    device: '设备',
    wechat: '微信',
    alipay: '支付宝',
    edge: 'Edge 浏览器',
    firefox: '火狐浏览器',
    huawei: '华为浏览器',
    qq: 'QQ 浏览器',
    uc: 'UC 浏览器',
    xiaomi: '小米浏览器',
    samsung: '三星浏览器',
    opera: 'Opera 浏览器',
    chrome: 'Chrome 浏览器',
    safari: 'Safari 浏览器',
    browser: '浏览器',
    both: '{system}（{family}）',
  },
  {
    windows: 'Windows computer',
    mac: 'Mac',
    linux: 'Linux computer',
    iphone: 'iPhone',
    ipad: 'iPad',
    android: 'Android phone',
    tablet: 'Android tablet',
    harmony: 'HarmonyOS phone',
    device: 'Device',
    wechat: 'WeChat',
    alipay: 'Alipay',
    edge: 'Edge browser',
    firefox: 'Firefox browser',
    huawei: 'Huawei browser',
    qq: 'QQ browser',
    uc: 'UC browser',
    xiaomi: 'Xiaomi browser',
    samsung: 'Samsung browser',
    opera: 'Opera browser',
    chrome: 'Chrome browser',
    safari: 'Safari browser',
    browser: 'browser',
    both: '{system} ({family})',
  },
);

// The first that fits: everybody says Safari, most say Chrome, and the particular name stands beside these.
const SYSTEMS = [
  ['harmony', /HarmonyOS|OpenHarmony/],
  ['iphone', /iPhone|iPod/],
  ['ipad', /iPad/],
  ['android', /Android.*Mobile/],
  ['tablet', /Android/],
  ['windows', /Windows/],
  ['mac', /Macintosh|Mac OS X/],
  ['linux', /Linux|X11|CrOS/],
] as const;
const FAMILIES = [
  ['wechat', /MicroMessenger/],
  ['alipay', /AlipayClient/],
  ['edge', /\bEdgA?\/|EdgiOS/],
  ['firefox', /Firefox|FxiOS/],
  ['huawei', /HuaweiBrowser|ArkWeb/],
  ['qq', /QQBrowser|\bQQ\//],
  ['uc', /UCBrowser|UBrowser/],
  ['xiaomi', /MiuiBrowser/],
  ['samsung', /SamsungBrowser/],
  ['opera', /\bOPR\//],
  ['chrome', /Chrome|CriOS|Chromium/],
  ['safari', /Safari/],
] as const;

export type System = (typeof SYSTEMS)[number][0] | 'device';
export type Family = (typeof FAMILIES)[number][0] | 'browser';

/** Both from closed lists: nothing of the header itself is kept. */
export interface BrowserKind {
  readonly system: System;
  readonly family: Family;
}

/** Longer headers are cut: nobody's browser needs more to be recognised. */
const READ_CHARACTERS = 512;

/** Total: a header that says nothing known, or no header, is some device with some browser. */
export function browserKind(userAgent: string | undefined): BrowserKind {
  const text = (userAgent ?? '').slice(0, READ_CHARACTERS);
  return {
    system: SYSTEMS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'device',
    family: FAMILIES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'browser',
  };
}

/** What stands behind the codes, by member and code. */
export const KIND_WORDS: Readonly<Record<string, Readonly<Record<Locale, string>>>> = Object.fromEntries([
  ...[...SYSTEMS.map(([code]) => code), 'device' as const].map((code) => [`system.${code}`, wordsOf(code)]),
  ...[...FAMILIES.map(([code]) => code), 'browser' as const].map((code) => [`family.${code}`, wordsOf(code)]),
]);

function wordsOf(code: System | Family): Readonly<Record<Locale, string>> {
  return { 'zh-CN': M.text('zh-CN', code), en: M.text('en', code) };
}

export const kindWords = ({ system, family }: BrowserKind, locale: Locale): string =>
  M.text(locale, 'both', { system: M.text(locale, system), family: M.text(locale, family) });

/** The words for the `User-Agent` header of a request (RFC 9110 10.1.5). */
export const browserWords = (userAgent: string | undefined, locale: Locale): string =>
  kindWords(browserKind(userAgent), locale);
