// The stand-in for the bank-card network: every persona has a card, and some cards are not as they should be.
import { Router } from '@koa/router';
import type { DocumentKind } from '../../citizens/citizens.ts';
import { envelope, transactions } from '../authorities.ts';
import type { Behaviour } from '../behaviour.ts';
import { PERSONAS, type Persona } from '../personas.ts';
import { signedRoute, textOf, type Question } from '../stand-in.ts';
import { dailyCount } from './daily-count.ts';
import type { Vendor } from './vendors.ts';

// UnionPay's risk rule for one card within 24 hours.
const CHECKS_A_DAY = 5;

type Result = Readonly<Record<string, string>>;

const MATCH: Result = { BizCode: '1', SubCode: '101' };
const MISMATCH: Result = { BizCode: '2', SubCode: '201' };
const NO_SUCH_CARD: Result = { BizCode: '3', SubCode: '304' };
const TOO_OFTEN: Result = { BizCode: '3', SubCode: '306' };

interface Flaw {
  readonly result: Result;
  /** For the page of the personas. */
  readonly note: string;
}

const FLAWS: Readonly<Record<string, Flaw>> = {
  minor: { result: { BizCode: '2', SubCode: '210' }, note: '已挂失 · reported lost' },
  elder: { result: { BizCode: '2', SubCode: '214' }, note: '没有预留手机号 · no phone reserved' },
  deceased: { result: { BizCode: '2', SubCode: '213' }, note: '已冻结 · frozen' },
};

/** What is wrong with a persona's card, for people to read; undefined when nothing is. */
export const cardNote = (persona: Persona): string | undefined => FLAWS[persona.id]?.note;

/** POST { RequestId, VerifyMode, ProductType, ParamType, UserName, CertType, IdentifyNum, BankCard, Mobile }. */
export const bankCard: Vendor = {
  id: 'bank-card',
  routes(parts) {
    const transaction = transactions();
    const mayAsk = dailyCount(parts.clock, CHECKS_A_DAY);
    const result = (question: Question, behaviour: Behaviour): Result => {
      if (behaviour === 'wrong') return MISMATCH;
      const card = textOf(question['BankCard']);
      const holder = PERSONAS.find((persona) => persona.bank_card === card);
      if (!holder) return NO_SUCH_CARD;
      if (!mayAsk(card, textOf(question['RequestId']))) return TOO_OFTEN;
      return FLAWS[holder.id]?.result ?? (agrees(holder, question) ? MATCH : MISMATCH);
    };
    const route = signedRoute(parts, 'RequestId', (question, behaviour) => ({
      body: envelope(transaction(textOf(question['RequestId'])), result(question, behaviour)),
    }));
    return new Router()
      .post('/', route.handle)
      .get('/requests.json', (ctx) => void (ctx.body = route.asked()));
  },
};

/** UnionPay certifTp, and 99 for what it has no code for. */
const CERT_TYPE: Readonly<Record<DocumentKind, string>> = {
  CN_RIC: '01',
  CN_HMT_RP: '99',
  CN_FPR_2017: '99',
  CN_FPR_2023: '99',
  PASSPORT: '03',
  HM_PERMIT: '04',
  TW_PERMIT: '05',
};

/** The bank wrote down what is on the persona's document, and the phone that the persona signs in with. */
function agrees(holder: Persona, question: Question): boolean {
  const written = {
    UserName: holder.name,
    CertType: CERT_TYPE[holder.document],
    // A passport's number as printed: the state stands elsewhere on the page.
    IdentifyNum: holder.id_number.replace(/^[A-Z]{3} /, ''),
    Mobile: holder.phone,
  };
  return Object.entries(written).every(([member, value]) => textOf(question[member]) === value);
}
