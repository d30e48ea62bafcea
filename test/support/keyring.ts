// A key ring in memory: random keys, no database.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../idp/platform/base/clock.ts';
import { randomToken } from '../../idp/platform/base/ids.ts';
import type { Key, KeyPurpose, Keyring } from '../../idp/platform/crypto/keyring.ts';

/** A key ring of random keys that lives as long as the test. Rotation retires the active key at once. */
export function fixedKeyring(clock: Clock): Keyring {
  const keys = new Map<KeyPurpose, Key[]>();
  const changed: (() => void)[] = [];
  const fresh = (purpose: KeyPurpose): Key => ({
    id: randomToken(6),
    purpose,
    state: 'active',
    createdAt: clock.now(),
    activatedAt: clock.now(),
    retiredAt: undefined,
    material: randomBytes(32),
  });
  const all = (purpose: KeyPurpose): readonly Key[] => {
    const list = keys.get(purpose) ?? [fresh(purpose)];
    keys.set(purpose, list);
    return list;
  };
  return {
    all,
    active: (purpose) => all(purpose)[0]!,
    byId: (purpose, id) => all(purpose).find((key) => key.id === id),
    async rotate(purpose) {
      const retired = all(purpose).map((key): Key => ({ ...key, state: 'retired', retiredAt: clock.now() }));
      const active = fresh(purpose);
      keys.set(purpose, [active, ...retired]);
      for (const tell of changed) tell();
      return active;
    },
    async remove(purpose, id) {
      keys.set(
        purpose,
        all(purpose).filter((key) => key.id !== id),
      );
    },
    renew: async () => undefined,
    onChange: (tell) => void changed.push(tell),
    close: async () => undefined,
  };
}
