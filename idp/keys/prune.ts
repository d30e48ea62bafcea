// Which retired keys may go for good. A key that anything may still need stays: what only it opens would be lost.
import type { Audit } from '../audit/audit.ts';
import { addSeconds, type Clock } from '../platform/base/clock.ts';
import type { KeyUse } from '../platform/crypto/key-use.ts';
import type { Key, Keyring, KeyPurpose } from '../platform/crypto/keyring.ts';

/** Purposes whose retired keys can be outlived. Others stay: audit keys prove the past, peppers wait for a sign-in. */
export const PRUNED = ['seal', 'index'] as const satisfies readonly KeyPurpose[];
export type PrunedPurpose = (typeof PRUNED)[number];

export interface PruneParts {
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly uses: readonly KeyUse[];
  /**
   * Seconds for which a retired key stays whatever else: as long as the short-lived state that it protects, which
   * nobody can count, and longer than a node may not have heard of its retirement.
   */
  readonly keepSeconds: Readonly<Record<PrunedPurpose, number>>;
}

export type Verdict =
  | { readonly is: 'removed' }
  | { readonly is: 'kept'; readonly until: Date }
  | { readonly is: 'used'; readonly by: readonly { readonly what: string; readonly count: number }[] };

export type Pruned = Verdict & { readonly purpose: KeyPurpose; readonly keyId: string };

/** Removes the retired keys that nothing needs and says of the others why they stay. */
export async function prune(parts: PruneParts): Promise<readonly Pruned[]> {
  const pruned: Pruned[] = [];
  for (const purpose of PRUNED)
    for (const key of parts.keyring.all(purpose).filter(({ state }) => state === 'retired'))
      pruned.push({ purpose, keyId: key.id, ...(await pruneKey(parts, purpose, key)) });
  return pruned;
}

async function pruneKey(parts: PruneParts, purpose: PrunedPurpose, key: Key): Promise<Verdict> {
  const { keyring, audit, clock, uses, keepSeconds } = parts;
  const until = addSeconds(key.retiredAt ?? clock.now(), keepSeconds[purpose]);
  if (until > clock.now()) return { is: 'kept', until };
  const by: { what: string; count: number }[] = [];
  for (const use of uses.filter((use) => use.purpose === purpose)) {
    const count = await use.count(key.id);
    if (count > 0) by.push({ what: use.what, count });
  }
  if (by.length > 0) return { is: 'used', by };
  await audit.change(async (tx) => {
    await keyring.remove(purpose, key.id, tx);
    tx.record({ type: 'key.removed', data: { purpose, keyId: key.id }, actor: 'operator:cli' });
  });
  return { is: 'removed' };
}
