// What an outage looks like through every method of a store.
import { Fault } from '../../idp/platform/base/errors.ts';
import type { Ephemeral } from '../../idp/platform/store/ephemeral.ts';

export const RATE = { burst: 5, periodSeconds: 60 };

/** Every method once, by name. */
export const everyMethod = (store: Ephemeral): Record<string, () => Promise<unknown>> => ({
  put: () => store.put('k', 1, 60),
  'put in a group': () => store.put('k', 1, 60, 'g'),
  get: () => store.get('k'),
  take: () => store.take('k'),
  claim: () => store.claim('k'),
  once: () => store.once('k', 1, 60),
  spend: () => store.spend('k', RATE),
  merge: () => store.merge('k', { f: {} }, 60, 'f', 's'),
  follow: () => store.follow('k'),
  delete: () => store.delete('k'),
  dropGroup: () => store.dropGroup('g'),
  ping: () => store.ping(),
});

/** What every method throws and within how many milliseconds the slowest did. */
export async function refusals(store: Ephemeral): Promise<{ codes: Set<string>; slowest: number }> {
  const begun = Date.now();
  const codes = await Promise.all(
    Object.entries(everyMethod(store)).map(([name, call]) =>
      call().then(
        () => `${name} succeeded`,
        (error: unknown) => (error instanceof Fault ? error.code : String(error)),
      ),
    ),
  );
  return { codes: new Set(codes), slowest: Date.now() - begun };
}
