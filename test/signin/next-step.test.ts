import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aalOf, satisfies, type Aal, type Level } from '../../idp/assurance/assurance.ts';
import { amrOf, nextStep, type Situation } from '../../idp/signin/next-step.ts';

const nobody: Situation = {
  session: undefined,
  shown: undefined,
  citizen: undefined,
  demand: { level: 'l1', essential: true },
  declined: false,
  wrongCitizen: false,
  consentAnswered: true,
  provenUntold: false,
  risk: { floor: 0, discounted: [] },
  changing: 0,
  trustedDevice: false,
  offerDue: false,
};
const verified = { active: true, ial: 2 } as const;
const byPassword = { citizenId: 'c', phoneConfirmed: false, amr: ['pwd'], needsSecond: false };

describe('the next step', () => {
  test.each<[string, Partial<Situation>, string]>([
    ['nobody is known', {}, 'identify'],
    [
      'a phone was confirmed that no account has',
      { shown: { ...byPassword, citizenId: undefined, phoneConfirmed: true } },
      'enrol',
    ],
    ['the account is gone', { shown: byPassword, citizen: undefined }, 'refused'],
    ['the account is closed', { shown: byPassword, citizen: { active: false, ial: 2 } }, 'refused'],
    [
      'the account is frozen',
      { shown: byPassword, citizen: { active: false, frozen: true, ial: 2 } },
      'frozen',
    ],
    [
      'another citizen was asked for',
      { shown: byPassword, citizen: verified, wrongCitizen: true },
      'refused',
    ],
    [
      'a short password was used alone',
      { shown: { ...byPassword, needsSecond: true }, citizen: verified },
      'authenticate',
    ],
    [
      'the name is not proven',
      { shown: byPassword, citizen: { active: true, ial: 0 }, demand: { level: 'l2', essential: true } },
      'prove',
    ],
    [
      'a factor is missing',
      { shown: byPassword, citizen: { active: true, ial: 3 }, demand: { level: 'l3', essential: true } },
      'authenticate',
    ],
    [
      'the name was just proven, and that has to be said first',
      {
        shown: byPassword,
        citizen: verified,
        demand: { level: 'l2', essential: true },
        provenUntold: true,
        consentAnswered: false,
      },
      'prove',
    ],
    ['consent is missing', { shown: byPassword, citizen: verified, consentAnswered: false }, 'consent'],
    [
      'what was shown is too long ago for the highest level',
      {
        session: { citizenId: 'c', amr: ['hwk', 'user'], fresh: false },
        citizen: { active: true, ial: 4 },
        demand: { level: 'l4', essential: true },
      },
      'authenticate',
    ],
    [
      'the circumstances ask for a second factor that the service does not ask',
      { shown: byPassword, citizen: verified, risk: { floor: 2, discounted: [] } },
      'authenticate',
    ],
    [
      'how the account is signed in to is about to change, on less than it can show',
      { shown: byPassword, citizen: verified, changing: 2, trustedDevice: true },
      'authenticate',
    ],
    [
      'the only method shown does not count under these circumstances',
      { shown: { ...byPassword, amr: ['sms'] }, citizen: verified, risk: { floor: 0, discounted: ['sms'] } },
      'authenticate',
    ],
    [
      'a short password is used on a device that the citizen trusts',
      { shown: { ...byPassword, needsSecond: true }, citizen: verified, trustedDevice: true },
      'done',
    ],
    [
      'a trusted device meets a service that asks for two factors',
      {
        shown: byPassword,
        citizen: { active: true, ial: 3 },
        demand: { level: 'l3', essential: true },
        trustedDevice: true,
      },
      'authenticate',
    ],
    ['a factor is to be offered', { shown: byPassword, citizen: verified, offerDue: true }, 'offer'],
    ['all is there', { shown: byPassword, citizen: verified }, 'done'],
    [
      'the session suffices',
      { session: { citizenId: 'c', amr: ['pwd'], fresh: true }, citizen: verified },
      'done',
    ],
    [
      'the session suffices but consent is missing',
      { session: { citizenId: 'c', amr: ['pwd'], fresh: true }, citizen: verified, consentAnswered: false },
      'consent',
    ],
    [
      'a wish was declined',
      {
        shown: byPassword,
        citizen: { active: true, ial: 0 },
        demand: { level: 'l2', essential: false },
        declined: true,
      },
      'done',
    ],
  ])('when %s', (_when, change, step) => {
    expect(nextStep({ ...nobody, ...change }).is).toBe(step);
  });

  const AMR = ['pwd', 'sms', 'swk', 'hwk', 'user'];
  const levels = fc.constantFrom<Level>('l1', 'l2', 'l3', 'l4');
  const situations = fc.record<Situation>({
    session: fc.option(
      fc.record({ citizenId: fc.constantFrom('a', 'b'), amr: fc.subarray(AMR), fresh: fc.boolean() }),
      { nil: undefined },
    ),
    shown: fc.option(
      fc.record({
        citizenId: fc.constantFrom('a', 'b', undefined),
        phoneConfirmed: fc.boolean(),
        amr: fc.subarray(AMR),
        needsSecond: fc.boolean(),
      }),
      { nil: undefined },
    ),
    citizen: fc.option(fc.record({ active: fc.boolean(), ial: fc.constantFrom(0, 1, 2, 3, 4) }), {
      nil: undefined,
    }),
    demand: fc.record({ level: levels, essential: fc.boolean() }),
    declined: fc.boolean(),
    wrongCitizen: fc.boolean(),
    consentAnswered: fc.boolean(),
    provenUntold: fc.boolean(),
    risk: fc.record({
      floor: fc.constantFrom<Aal>(0, 1, 2, 3),
      discounted: fc.subarray(['sms', 'pwd']),
    }),
    changing: fc.constantFrom<Aal>(0, 1, 2, 3),
    trustedDevice: fc.boolean(),
    offerDue: fc.boolean(),
  });

  test('is never done without an active account, its consent and the demanded level', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        if (nextStep(situation).is !== 'done') return true;
        const { citizen, demand, declined, shown } = situation;
        const met =
          citizen !== undefined && satisfies(demand.level, { ial: citizen.ial, amr: amrOf(situation) });
        return (
          citizen?.active === true &&
          situation.consentAnswered &&
          !situation.wrongCitizen &&
          (!shown || aalOf(amrOf(situation)) >= situation.risk.floor) &&
          (!shown || aalOf(amrOf(situation)) >= situation.changing) &&
          (shown?.needsSecond !== true || situation.trustedDevice || aalOf(amrOf(situation)) >= 2) &&
          (met || declined)
        );
      }),
      { numRuns: 5_000 },
    );
  });

  test('the session of one citizen lends nothing to another who signs in over it', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { session, shown } = situation;
        if (!session || !shown || shown.citizenId === session.citizenId) return true;
        return amrOf(situation).every((method) => shown.amr.includes(method));
      }),
    );
  });
});
