// Which phone may sign which computer in, as plain decisions.
import { near, nearby, vouches } from '../../../idp/factors/qr/fitness.ts';
import type { CitizenId } from '../../../idp/citizens/citizens.ts';

describe('two addresses', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9', true],
    ['203.0.113.9', '203.0.7.1', true],
    ['203.0.113.9', '203.1.113.9', false],
    ['2408:8000:1:2::/64', '2408:8000:ffff:1::/64', true],
    ['2408:8000:1:2::/64', '2409:8000:1:2::/64', false],
    ['203.0.113.9', '2408:8000:1:2::/64', false],
  ])('%s and %s are near: %s', async (computer, phone, expected) => {
    expect(near(computer, phone)).toBe(expected);
    const at = (address: string) => ({ address, device: undefined });
    const meeting = { citizenId: 'one' as CitizenId, clientId: 'service' };
    const fit = await nearby({ ...meeting, computer: at(computer), phone: at(phone) });
    expect(fit).toBe(expected || 'new_place');
  });
});

describe('the session of a phone', () => {
  const now = new Date('2026-03-01T08:00:00Z');
  const ago = (seconds: number): number => now.getTime() / 1000 - seconds;
  test.each([
    [['pwd'], 0, true],
    [['pwd'], 300, true],
    [['pwd'], 301, false],
    [['pwd', 'sms'], 10, true],
    [['hwk', 'user'], 10, true],
    [['swk', 'user'], 10, true],
    [['sms'], 10, false],
    [['mca'], 10, false],
    [['sms', 'mca'], 10, false],
    [['user'], 10, false],
    [[], 0, false],
  ] as const)('%j of %i s ago vouches: %s', (amr, seconds, expected) => {
    expect(vouches({ amr, authTime: ago(seconds) }, now)).toBe(expected);
  });
});
