import { createPopulationRegister } from '../../../idp/proofing/authorities/population-register/population-register.ts';
import { systemClock } from '../../../idp/platform/base/clock.ts';
import { authorityConformance } from '../../conformance/authority.ts';
import { runSandbox, type Running } from '../../sandbox/running.ts';
import { claimOf } from './claims.ts';

describe('the population register', () => {
  authorityConformance({
    standIn: 'population-register',
    settings: (running) => running.populationRegister,
    create: createPopulationRegister,
    reaches: 1,
    claims: {
      match: claimOf('verified'),
      mismatch: claimOf('mismatch'),
      no_record: claimOf('not-found'),
      deceased: claimOf('deceased'),
    },
  });
});

describe('the population register knows', () => {
  let running: Running;
  beforeAll(async () => {
    running = await runSandbox();
  });
  afterAll(() => running.close());

  it.each([
    ['rare-character', 'match'],
    ['middle-dot', 'match'],
    ['minor', 'match'],
    ['elder', 'match'],
    ['register-down', 'unavailable'],
    ['register-slow', 'unavailable'],
  ])('%s: %s', async (id, is) => {
    const register = createPopulationRegister({ settings: running.populationRegister, clock: systemClock });
    expect(await register.examine(claimOf(id), `request-${id}`)).toMatchObject({ is });
  });
});
