// The population register: does this name belong to this resident ID number? Two factors, so it shows that the record
// exists, not that the asker is its holder (identity level 1).
import { z } from 'zod';
import type { Clock } from '../../../platform/base/clock.ts';
import { createExchange, type Ask } from '../exchange.ts';
import { authoritySettings, type AuthoritySettings } from '../settings.ts';
import type { Authority, Finding } from '../../authority.ts';

export const populationRegisterSettings = authoritySettings;

// Only combinations that mean something: a match that does not say whether the person lives is half an answer.
const answer = z.object({
  Code: z.literal('200'),
  TransactionId: z.string().min(1).max(64),
  ResultObject: z.discriminatedUnion('BizCode', [
    z.object({ BizCode: z.literal('1'), PersonStatus: z.enum(['normal', 'deceased']) }),
    z.object({ BizCode: z.literal('2') }),
    z.object({ BizCode: z.literal('3') }),
  ]),
});

export interface PopulationRegisterParts {
  readonly settings: AuthoritySettings;
  readonly clock: Clock;
  readonly fetch?: Ask | undefined;
}

/** BizCode 1 match, 2 mismatch, 3 no record. */
export function createPopulationRegister({ settings, clock, fetch }: PopulationRegisterParts): Authority {
  const exchange = createExchange({ settings, clock, answer, fetch });
  return {
    id: 'population-register',
    reaches: 1,
    method: 'population_register.name_number',
    covers: ['CN_RIC'],
    beside: [],
    leads: false,
    collect: { by: 'nothing' },
    words: {
      way: { 'zh-CN': '人口登记库核对', en: 'Population register' },
      needs: { 'zh-CN': '只要姓名和身份证号。', en: 'Your name and ID number.' },
      recipient: { 'zh-CN': '人口登记库', en: 'the population register' },
    },
    async examine({ document }, requestId) {
      if (!document) throw new Error('the population register is asked about a name and a number');
      const outcome = await exchange.ask(requestId, {
        ParamType: 'normal',
        UserName: document.name,
        IdentifyNum: document.number,
      });
      const at = clock.now();
      if (outcome.is === 'unavailable') return { ...outcome, at };
      return { is: meaning(outcome.answer), transaction: outcome.answer.TransactionId, at };
    },
  };
}

function meaning({ ResultObject: result }: z.output<typeof answer>): Exclude<Finding['is'], 'unavailable'> {
  if (result.BizCode === '1') return result.PersonStatus === 'deceased' ? 'deceased' : 'match';
  return result.BizCode === '2' ? 'mismatch' : 'no_record';
}
