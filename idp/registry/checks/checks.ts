// Whether a client may be registered like this: everything that is looked at before anything is saved, whoever brings it
// (page, API, command, dynamic registration).
import { readRegistration, type Read } from '../registration.ts';
import type { Bilingual, Environment } from '../registry.ts';

/** Where the client is to live. */
export interface Place {
  readonly environment: Environment;
  /** Host names that the owning unit has shown to be its own; a client may use them and what lies below them. */
  readonly domains: readonly string[];
}

/** One thing that is wrong: the member (`redirect_uris`), and value, rule and fix in a sentence. */
export interface Complaint {
  readonly member: string;
  readonly text: Bilingual;
}

export interface Checked {
  readonly read: Read;
  readonly complaints: readonly Complaint[];
}

export interface Checks {
  /**
   * `given`: client metadata as a service brings it (OpenID Connect Registration 1.0 section 2, and our `tongxing_*`).
   * Nothing is written. Never throws for what is wrong with the metadata.
   */
  check(given: unknown, place: Place): Promise<Checked>;
}

export interface ChecksParts {
  /** The protocol engine's own check; throws an Error whose message says what is wrong. */
  readonly validate: (metadata: Readonly<Record<string, unknown>>) => void | Promise<void>;
}

export function createChecks(_parts: ChecksParts): Checks {
  return {
    check(given, { environment }) {
      const read = readRegistration(given, environment === 'sandbox');
      const complaints = read.complaints.map((line) => ({ member: '', text: { 'zh-CN': line, en: line } }));
      return Promise.resolve({ read, complaints });
    },
  };
}
