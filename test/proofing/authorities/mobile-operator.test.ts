import { createMobileOperator } from '../../../idp/proofing/authorities/mobile-operator/mobile-operator.ts';
import { systemClock } from '../../../idp/platform/base/clock.ts';
import type { Phone } from '../../../idp/citizens/citizens.ts';
import { authorityConformance } from '../../conformance/authority.ts';
import { runSandbox, type Running } from '../../sandbox/running.ts';
import { claimOf } from './claims.ts';

describe('the mobile operator', () => {
  authorityConformance({
    standIn: 'mobile-operator',
    settings: (running) => running.mobileOperator,
    create: createMobileOperator,
    reaches: 2,
    claims: {
      match: claimOf('verified'),
      mismatch: claimOf('phone-of-another'),
      no_record: claimOf('verified', { phone: '13911112222' }),
      unsupported: claimOf('virtual-operator'),
    },
  });
});

describe('the mobile operator', () => {
  let running: Running;
  beforeAll(async () => {
    running = await runSandbox();
  });
  afterAll(() => running.close());
  const operator = () => createMobileOperator({ settings: running.mobileOperator, clock: systemClock });

  it.each([
    ['another name on this phone', claimOf('verified', { name: '林小夏' })],
    [
      'another number on this phone',
      { ...claimOf('verified'), document: claimOf('verified-two', { name: '林晓夏' }).document },
    ],
  ])('finds a mismatch with %s', async (_, claimed) => {
    expect(await operator().examine(claimed, 'request-1')).toMatchObject({ is: 'mismatch' });
  });

  it('is not asked about a phone of another country', async () => {
    const claimed = { ...claimOf('verified'), phone: '+85291234567' as Phone };
    expect(await operator().examine(claimed, 'request-2')).toMatchObject({ is: 'unsupported' });
    const asked = await running.json<readonly { requestId: string }[]>(
      `${new URL(running.mobileOperator.url).origin}/requests.json`,
    );
    expect(asked.some(({ requestId }) => requestId === 'request-2')).toBe(false);
  });
});
