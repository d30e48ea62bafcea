// The stand-ins for the population register and the mobile operators. They answer in the manner of the vendors:
// Code, ResultObject.BizCode, SubCode, and one transaction per question however often it is asked.
import { randomToken } from '../platform/base/ids.ts';
import type { Behaviour } from './behaviour.ts';
import type { Population } from './population.ts';
import { signedRoute, textOf, type Question, type SignedRoute, type StandInParts } from './stand-in.ts';

const REMEMBERED = 2_000;

/** The same question id gets the same transaction id. */
export function transactions(): (requestId: string) => string {
  const known = new Map<string, string>();
  return (requestId) => {
    const transaction = known.get(requestId) ?? randomToken(12);
    known.set(requestId, transaction);
    const oldest = known.size > REMEMBERED ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return transaction;
  };
}

/** An answer in the vendors' manner. */
export const envelope = (
  transaction: string,
  result: Readonly<Record<string, string>>,
): Record<string, unknown> => ({
  Code: '200',
  Message: 'success',
  TransactionId: transaction,
  ResultObject: result,
});

/** POST { RequestId, ParamType, UserName, IdentifyNum }. */
export function populationRegister(parts: StandInParts, population: Population): SignedRoute {
  const transaction = transactions();
  const result = (question: Question, behaviour: Behaviour): Record<string, string> => {
    if (behaviour === 'wrong') return { BizCode: '2' };
    const resident = population.resident(textOf(question['IdentifyNum']));
    if (!resident) return { BizCode: '3' };
    if (resident.name !== textOf(question['UserName'])) return { BizCode: '2' };
    return { BizCode: '1', PersonStatus: resident.deceased ? 'deceased' : 'normal' };
  };
  return signedRoute(parts, 'RequestId', (question, behaviour) => ({
    body: envelope(transaction(textOf(question['RequestId'])), result(question, behaviour)),
    trouble: population.resident(textOf(question['IdentifyNum']))?.trouble,
  }));
}

/** Number ranges of virtual operators, which the real interface cannot ask either. */
export const VIRTUAL = /^1(62|65|67|70|71)/;

/** POST { RequestId, ParamType, UserName, IdentifyNum, Mobile }. */
export function mobileOperator(parts: StandInParts, population: Population): SignedRoute {
  const transaction = transactions();
  const result = (question: Question, behaviour: Behaviour): Record<string, string> => {
    const mobile = textOf(question['Mobile']);
    if (behaviour === 'wrong') return { BizCode: '2', SubCode: '201' };
    if (VIRTUAL.test(mobile)) return { BizCode: '3', SubCode: '302' };
    const holder = population.holder(mobile);
    if (!holder) return { BizCode: '3', SubCode: '301' };
    const name = holder.name === textOf(question['UserName']);
    const number = holder.number === textOf(question['IdentifyNum']);
    if (name && number) return { BizCode: '1', SubCode: '101', IspName: 'CMCC' };
    return { BizCode: '2', SubCode: name ? '202' : number ? '203' : '201' };
  };
  return signedRoute(parts, 'RequestId', (question, behaviour) => ({
    body: envelope(transaction(textOf(question['RequestId'])), result(question, behaviour)),
  }));
}
