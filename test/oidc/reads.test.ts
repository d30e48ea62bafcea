import type { Citizen, CitizenId } from '../../idp/citizens/citizens.ts';
import { createReads } from '../../idp/oidc/reads.ts';

const ID = '018f0000-0000-7000-8000-000000000001' as CitizenId;

function counted(answers: { citizen?: () => Promise<Citizen | undefined> } = {}) {
  const asked: string[] = [];
  let current: object | undefined;
  const reads = createReads({
    citizens: {
      find(id) {
        asked.push(`citizen ${id}`);
        return answers.citizen?.() ?? Promise.resolve(undefined);
      },
    },
    store: {
      consent(citizenId, clientId) {
        asked.push(`consent ${citizenId} ${clientId}`);
        return Promise.resolve({ scope: String(asked.length) });
      },
    },
    request: () => current,
  });
  return {
    reads,
    asked,
    request: (value: object | undefined) => {
      current = value;
    },
  };
}

describe('what a protocol request reads of a citizen', () => {
  test('is read anew for the next request: nothing outlives the request it was read in', async () => {
    const { reads, asked, request } = counted();
    request({});
    await reads.citizen(ID);
    await reads.citizen(ID);
    expect(asked).toHaveLength(1);
    request({});
    await reads.citizen(ID);
    expect(asked).toHaveLength(2);
  });

  test('is read every time outside a request', async () => {
    const { reads, asked } = counted();
    await reads.consent(ID, 'a');
    await reads.consent(ID, 'a');
    reads.begin({ accountId: ID, clientId: 'a' });
    expect(asked).toHaveLength(2);
  });

  test('is kept apart by citizen and by service', async () => {
    const { reads, asked, request } = counted();
    request({});
    const [one, other] = await Promise.all([reads.consent(ID, 'a'), reads.consent(ID, 'b')]);
    expect(one).not.toEqual(other);
    expect(asked).toEqual([`consent ${ID} a`, `consent ${ID} b`]);
  });

  test('begins side by side, and whoever asks later gets the same answer', async () => {
    const { reads, asked, request } = counted();
    request({});
    reads.begin({ accountId: ID, clientId: 'a' });
    expect(asked).toEqual([`citizen ${ID}`, `consent ${ID} a`]);
    await reads.consent(ID, 'a');
    await reads.citizen(ID);
    expect(asked).toHaveLength(2);
  });

  test('fails for whoever asks, and harms nobody when no one does', async () => {
    const { reads, request } = counted({ citizen: () => Promise.reject(new Error('the store is down')) });
    request({});
    reads.begin({ accountId: ID });
    await new Promise((resolve) => setImmediate(resolve));
    await expect(reads.citizen(ID)).rejects.toThrow('the store is down');
  });

  test('takes a consent that another statement brought along, also the news that there is none', async () => {
    const { reads, asked, request } = counted();
    request({});
    reads.know(ID, 'a', { scope: 'known' });
    reads.know(ID, 'b', undefined);
    expect(await reads.consent(ID, 'a')).toEqual({ scope: 'known' });
    expect(await reads.consent(ID, 'b')).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
