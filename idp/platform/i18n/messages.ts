// Typed message catalogues. A text that is missing in one language, or whose placeholders differ, does not compile.

export type Locale = 'zh-CN' | 'en';
export const LOCALES: readonly Locale[] = ['zh-CN', 'en'];

type Placeholders<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Texts = Readonly<Record<string, string>>;
type SamePlaceholders<Zh extends Texts, En extends Texts> = {
  readonly [K in keyof Zh]: K extends keyof En
    ? [Placeholders<Zh[K]>, Placeholders<En[K]>] extends [Placeholders<En[K]>, Placeholders<Zh[K]>]
      ? string
      : ['placeholders differ', Placeholders<Zh[K]>, Placeholders<En[K]>]
    : ['missing in en', K];
};

export interface Catalogue<Zh extends Texts> {
  /**
   * The text in that language with its placeholders filled. Values are plain text: escaping happens where the text
   * becomes HTML, not here.
   */
  text<K extends keyof Zh & string>(
    locale: Locale,
    key: K,
    ...values: [Placeholders<Zh[K]>] extends [never]
      ? []
      : [Readonly<Record<Placeholders<Zh[K]>, string | number>>]
  ): string;
  /** Every text, for the catalogue tests. */
  readonly texts: Readonly<Record<Locale, Readonly<Record<string, string>>>>;
}

/** const M = catalogue({ hello: '您好，{name}' }, { hello: 'Hello, {name}' }); M.text(locale, 'hello', { name }) */
export function catalogue<const Zh extends Texts, const En extends Readonly<Record<keyof Zh, string>>>(
  zh: Zh,
  en: En & SamePlaceholders<Zh, En>,
): Catalogue<Zh> {
  const texts: Record<Locale, Readonly<Record<string, string>>> = { 'zh-CN': zh, en };
  return {
    texts,
    text: (locale, key, ...values) =>
      (texts[locale][key] ?? '').replace(/\{(\w+)\}/g, (whole, name: string) => {
        const filled = (values[0] as Readonly<Record<string, string | number>> | undefined)?.[name];
        return filled === undefined ? whole : String(filled);
      }),
  };
}
