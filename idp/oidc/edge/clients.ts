// The engine's own view of a client is made once, not for every request: the engine keeps a hundred and finds them by a
// digest of their metadata, a country has fifty thousand.
import type { Provider } from 'oidc-provider';

type EngineClient = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>;

/**
 * The adapter gives the same object for the same client as long as nothing changed, so what was made of that object is
 * still true, and goes when the object goes.
 */
export function keepClients(provider: Provider): void {
  const made = new WeakMap<object, EngineClient>();
  const { Client } = provider;
  const make = Client.find.bind(Client);
  const { adapter } = Client as typeof Client & {
    adapter: { find(id: string): Promise<object | undefined> };
  };
  Client.find = async (id) => {
    if (typeof id !== 'string' || id === '') return undefined;
    const metadata = await adapter.find(id);
    if (!metadata) return undefined;
    const known = made.get(metadata);
    if (known) return known;
    const client = await make(id);
    if (client) made.set(metadata, client);
    return client;
  };
}
