// A node that hears of changed keys and one that does not, over one database, and a look at its lookups.
import type { CitizenId, DocumentNumber, Phone } from '../../idp/citizens/citizens.ts';
import { keysFixture, type KeysFixture, type Node } from './fixture.ts';

export interface State {
  readonly code: number;
  readonly active: string;
  readonly phase: string;
  readonly done: number;
  readonly left: number;
  readonly old: number;
}

export interface TwoNodes {
  readonly fixture: KeysFixture;
  readonly node: Node;
  readonly deaf: Node;
  readonly both: readonly Node[];
  /** What `keys reindex --dry-run` says. */
  state(): Promise<State>;
  reindex(at?: Node): Promise<State>;
  /** Only so many steps of the job; gives what is in the way. */
  stepwise(steps: number): Promise<readonly string[]>;
  /** Key, account and space of every lookup. */
  lookups(): Promise<{ key_id: string; citizen_id: CitizenId; space: string }[]>;
  keysInUse(): Promise<readonly string[]>;
  events(type: string): Promise<readonly unknown[]>;
  /** On both nodes. */
  expectFound(id: CitizenId, phone: Phone, number?: DocumentNumber): Promise<void>;
}

export async function twoNodes(): Promise<TwoNodes> {
  const fixture = await keysFixture(30);
  const [node, deaf] = [await fixture.node(), await fixture.node({ deaf: true })];
  const both = [node, deaf];
  const json = async (words: string, at: Node): Promise<State> => {
    const { code, out } = await at.command(`${words} --json`);
    return { code, ...(JSON.parse(out) as Omit<State, 'code'>) };
  };
  const lookups: TwoNodes['lookups'] = () =>
    fixture.sql('select key_id, citizen_id, space from citizens.lookup order by 1, 2, 3');
  return {
    fixture,
    node,
    deaf,
    both,
    state: () => json('keys reindex --dry-run', node),
    reindex: (at = node) => json('keys reindex', at),
    stepwise(steps) {
      let taken = 0;
      return node.parts.reindexing.run(() => (taken += 1) < steps);
    },
    lookups,
    keysInUse: async () => [...new Set((await lookups()).map(({ key_id }) => key_id))],
    async events(type) {
      const rows = await fixture.sql<{ data: unknown }>(
        'select data from audit.event where type = $1 order by at',
        [type],
      );
      return rows.map(({ data }) => data);
    },
    async expectFound(id, phone, number) {
      for (const { citizens } of both) {
        expect(await citizens.findByPhone(phone)).toBe(id);
        if (number) expect(await citizens.findByDocument('CN_RIC', number)).toBe(id);
      }
    },
  };
}
