// Every text of the product, in both languages. The compiler holds keys and placeholders; words it cannot judge.
import { globSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue, LOCALES, type Catalogue } from '../../../idp/platform/i18n/messages.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

type Texts = Catalogue<Record<string, string>>['texts'];

/** Engineers' words, blame, and two spellings that are wrong. Operators' pages (admin/) may use them. */
const NOT_FOR_CITIZENS: readonly RegExp[] = [
  /无效|非法|系统异常|参数错误|令牌|会话|认证失败|操作失败|登陆|帐号|帐户|账户/,
  /\b(token|oauth|oidc|session|sorry|please|oops|invalid|forbidden|illegal)\b/i,
  /[!！]/,
];

const placeholders = (text: string): readonly string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

/** What is wrong with a catalogue, one line each. */
function faultsOf(texts: Texts): readonly string[] {
  const { 'zh-CN': zh, en } = texts;
  const keys = [...new Set([...Object.keys(zh), ...Object.keys(en)])];
  return keys.flatMap((key) => [
    ...LOCALES.filter((locale) => !texts[locale][key]?.trim()).map((locale) => `${key} (${locale}): no text`),
    ...(String(placeholders(zh[key] ?? '')) === String(placeholders(en[key] ?? ''))
      ? []
      : [`${key}: other placeholders`]),
    ...LOCALES.flatMap((locale) =>
      NOT_FOR_CITIZENS.map((words) => words.exec(texts[locale][key] ?? '')?.[0])
        .filter((word) => word !== undefined)
        .map((word) => `${key} (${locale}): ${word}`),
    ),
    ...(/^[^a-z]*[\u3400-\u9fff][^a-z]*$/i.test(en[key] ?? '') ? [`${key} (en): not translated`] : []),
  ]);
}

const isCatalogue = (value: unknown): value is { readonly texts: Texts } =>
  typeof value === 'object' && value !== null && 'texts' in value;

const files = globSync('idp/**/*messages.ts', { cwd: root }).filter(
  (file) => file !== path.join('idp', 'platform', 'i18n', 'messages.ts'),
);

test('the catalogues are found', () => {
  expect(files.length).toBeGreaterThan(5);
});

test.each(files)('%s: both languages, same placeholders, words that citizens understand', async (file) => {
  const exported = Object.values((await import(path.join(root, file))) as Record<string, unknown>);
  const catalogues = exported.filter((value) => isCatalogue(value));
  expect(catalogues.length).toBeGreaterThan(0);
  expect(catalogues.flatMap(({ texts }) => faultsOf(texts))).toEqual([]);
});

test('each kind of fault is found', () => {
  const zh = { a: '您好，{name}', b: '令牌无效', c: '好！', d: '', e: '说明' };
  const en = { a: 'Hello, {nme}', b: 'Please sign in', c: 'Good', d: 'x', e: '说明' };
  expect(faultsOf({ 'zh-CN': zh, en })).toEqual([
    'a: other placeholders',
    'b (zh-CN): 令牌',
    'b (en): Please',
    'c (zh-CN): ！',
    'd (zh-CN): no text',
    'e (en): not translated',
  ]);
});

describe('a catalogue', () => {
  const M = catalogue(
    { plain: '好', named: '您好，{name}，{name}' },
    { plain: 'Good', named: 'Hello {name}, {name}' },
  );

  test('fills every placeholder, and leaves braces in values alone', () => {
    expect(M.text('en', 'named', { name: '{name}' })).toBe('Hello {name}, {name}');
    expect(M.text('zh-CN', 'named', { name: 7 })).toBe('您好，7，7');
    expect(M.text('en', 'plain')).toBe('Good');
  });

  test('a value with dollar signs is only text', () => {
    expect(M.text('en', 'named', { name: '$& $1' })).toBe('Hello $& $1, $& $1');
  });

  test('what differs between the languages does not compile', () => {
    // @ts-expect-error a text is missing in English
    catalogue({ a: '好', b: '坏' }, { a: 'Good' });
    // @ts-expect-error the placeholders differ
    catalogue({ a: '您好，{name}' }, { a: 'Hello {person}' });
    // @ts-expect-error a placeholder is not filled
    M.text('en', 'named');
    // @ts-expect-error a value that no placeholder takes
    expect(() => M.text('en', 'named', { other: 'x' })).not.toThrow();
  });
});
