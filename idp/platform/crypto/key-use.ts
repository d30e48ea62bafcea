// The contract by which a folder says that it still needs a key that has retired; app.ts collects them, keys/ asks.
import type { KeyPurpose } from './keyring.ts';

export interface KeyUse {
  readonly purpose: KeyPurpose;
  /** What is counted, in words for an operator: `sealed values of citizens.document`. */
  readonly what: string;
  /** How many need the key. It may read whole tables. */
  count(keyId: string): Promise<number>;
}
