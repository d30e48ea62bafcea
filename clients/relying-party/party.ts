// What makes one service differ from another, and the parts its routes share.
import type { Level } from './words/levels.ts';
import type { Provider } from './provider.ts';
import type { Settings } from './settings.ts';
import type { Visits } from './visits.ts';

export type Language = 'zh-CN' | 'en';
export type Words = Readonly<Record<Language, string>>;

/** A matter that the service's own API carries out, and what that API asks of the sign-in. */
export interface MatterTerms {
  readonly level: Level;
  /** Longest time since the citizen signed in, in seconds. */
  readonly maxAgeSeconds: number;
  readonly button: Words;
  readonly done: Words;
}

export interface Service {
  readonly settings: Settings;
  readonly clock: { now(): Date };
  /** The service's own words. */
  readonly words: {
    readonly name: Words;
    readonly lead: Words;
    /** What a signed-in citizen can do here; shown as a list. */
    readonly offers: Readonly<Record<Language, readonly string[]>>;
  };
  /** How much the service asks: as a wish (`acr_values`) or as a condition (`claims`, OpenID Connect Core 5.5.1.1). */
  readonly asks: { readonly level: Level; readonly essential: boolean };
  /** What a citizen does here that takes more than being signed in; absent for a service without such a matter. */
  readonly matter?: MatterTerms;
  /** Folder whose files are served under /public/. */
  readonly publicFolder: string;
}

export interface RelyingParty extends Service {
  readonly provider: Provider;
  readonly visits: Visits;
}
