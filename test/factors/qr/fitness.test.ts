// Which phone may sign which computer in, as plain decisions.
import { near, nearby, vouches } from '../../../idp/factors/qr/fitness.ts';
import type { CitizenId } from '../../../idp/citizens/citizens.ts';
import { browserWords } from '../../../idp/account/scan/browser-words.ts';

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

describe('a browser by its own words', () => {
  const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
  const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0';
  test.each([
    [`${WINDOWS} ${BLINK} Safari/537.36`, 'Chrome', 'Windows'],
    [`${WINDOWS} ${BLINK} Safari/537.36 Edg/150.0.0.0`, 'Edge', 'Windows'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 'Firefox', 'Linux'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
      'Safari',
      'macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50',
      'WeChat',
      'iOS',
    ],
    [
      `Mozilla/5.0 (Phone; OpenHarmony 5.0) ${BLINK} Safari/537.36 HuaweiBrowser/6.0`,
      'Huawei Browser',
      'HarmonyOS',
    ],
  ])('%s is %s on %s', (agent, browser, system) => {
    expect(browserWords(agent)).toEqual({ browser, system });
  });

  test.each(['', 'curl/8.0', '<script>alert(1)</script> Chrome/1'])('%s is not described', (agent) => {
    expect(browserWords(agent)).toBeUndefined();
  });
});
