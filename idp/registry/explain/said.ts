// What a rule reads of a request, and what it says about a parameter. Pure.
import type { Bilingual, Client } from '../registry.ts';

export interface Said {
  readonly is: 'ok' | 'warning' | 'error';
  readonly text: Bilingual;
  /** What to write instead, where that is certain; empty: leave it out. */
  readonly fix?: string;
}

export interface Asked {
  /** Parameters with a value that stand once. */
  readonly params: Readonly<Record<string, string>>;
  readonly client: Client | undefined;
  readonly resources: readonly string[];
}

export type Rule = (asked: Asked) => readonly (readonly [string, Said])[];

export const ok = (text: Bilingual): Said => ({ is: 'ok', text });
export const warning = (text: Bilingual, fix?: string): Said => ({
  is: 'warning',
  text,
  ...(fix === undefined ? {} : { fix }),
});
export const error = (text: Bilingual, fix?: string): Said => ({
  is: 'error',
  text,
  ...(fix === undefined ? {} : { fix }),
});
