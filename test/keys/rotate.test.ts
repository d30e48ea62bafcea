// A rotation waits until everybody who must know the next key has had the time to read it.
import { waitBeforeRotation } from '../../idp/keys/rotate.ts';
import { addSeconds } from '../../idp/platform/base/clock.ts';
import type { Key } from '../../idp/platform/crypto/keyring.ts';
import { until } from '../support/until.ts';
import { keysFixture, type KeysFixture } from './fixture.ts';

const NOW = new Date('2026-01-05T08:00:00Z');
const made = (secondsAgo: number): Key => ({
  id: 'k',
  purpose: 'seal',
  state: 'next',
  createdAt: addSeconds(NOW, -secondsAgo),
  activatedAt: undefined,
  retiredAt: undefined,
  material: Buffer.alloc(32),
});

test.each([
  ['there is no next key', made(10), undefined, 0],
  ['both were made together: who has one has the other', made(10), made(10), 0],
  ['the next key was made long ago', made(9_000), made(120), 0],
  ['the next key was made just now', made(9_000), made(0), 120],
  ['the next key has been out for half the time', made(9_000), made(60), 60],
  ['the next key was added later to a first key, by an upgrade', made(9_000), made(1), 119],
])('when %s', (_when, active, next, seconds) => {
  expect(waitBeforeRotation(active, next, NOW, 120)).toBe(seconds);
});

describe('keys rotate', () => {
  let fixture: KeysFixture;
  beforeAll(async () => {
    fixture = await keysFixture(4);
  });
  afterAll(() => fixture.close());

  test('does not wait the first time, waits the second time, and skips that with --now', async () => {
    const node = await fixture.node();
    const ids = (): readonly string[] => node.keyring.all('seal').map(({ id }) => id);
    const first = await node.command('keys rotate seal');
    expect([first.code, first.err]).toEqual([0, '']);
    await until(() => ids().length === 3, 20, 'its own rotation');
    const second = await node.command('keys rotate seal');
    expect([second.code, second.err]).toMatchObject([
      0,
      expect.stringMatching(/^waiting \d+ s until every node/),
    ]);
    expect((await node.command('keys rotate seal --now')).err).toBe('');
  });

  test('refuses what never rotates', async () => {
    const node = await fixture.node();
    expect(await node.command('keys rotate pairwise')).toMatchObject({ code: 1, out: '' });
    expect(await node.command('keys rotate nonsense')).toMatchObject({ code: 1, out: '' });
  });
});
