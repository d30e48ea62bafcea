// The bank-card network's four-factor check: do name, document number, bank card and reserved phone belong together? The
// bank has seen the person; with a code confirmed on that phone it shows possession (identity level 2).
import { z } from 'zod';
import { DOCUMENT_KINDS, type DocumentKind } from '../../../citizens/citizens.ts';
import type { Clock } from '../../../platform/base/clock.ts';
import { seconds } from '../../../platform/base/duration.ts';
import type { Authority, Finding } from '../../authority.ts';
import { createExchange, type Ask } from '../exchange.ts';
import type { OptionalAuthoritySettings } from '../settings.ts';
import { cardNumber } from './card-number.ts';

type Found = Exclude<Finding['is'], 'unavailable'>;

// Every SubCode of BankMetaVerify. What the issuer does not offer, or never wrote down, says nothing of the person:
// 'unsupported'. A card that is lost, frozen, expired or held back no longer speaks for whoever types its number, and
// a finder who was told so would learn what its owner reported: 'mismatch', the same as for a wrong name.
const MEANING = {
  '101': 'match',
  '201': 'mismatch', // the holder is another
  '202': 'unsupported', // not opened for checks without the card
  '203': 'mismatch', // expired
  '204': 'mismatch', // restricted
  '205': 'mismatch', // confiscated
  '206': 'no_record', // no valid card
  '207': 'no_record', // no issuing bank
  '208': 'mismatch', // never activated, or dormant
  '209': 'mismatch', // reported as fraud, or kept by a machine
  '210': 'mismatch', // reported lost
  '211': 'mismatch', // locked after wrong passwords
  '212': 'unsupported', // the issuer takes no such question
  '213': 'mismatch', // frozen, or not in a normal state
  '214': 'unsupported', // no phone reserved
  '215': 'mismatch', // wrong password, date or CVN2: never sent, so never right
  '216': 'mismatch', // anything else that is wrong with the card
  '301': 'unsupported', // kind of card
  '302': 'unsupported', // the issuer refused to say
  '303': 'unsupported', // the issuer compares no phones
  '304': 'no_record', // no such number
  '305': 'unsupported', // not said why
  '306': 'too_many', // the network answers about one card five times in 24 hours
} as const satisfies Readonly<Record<string, Found>>;

type SubCode = keyof typeof MEANING;

// The first digit of a SubCode is its BizCode: every other pair contradicts itself.
const answer = z.object({
  Code: z.literal('200'),
  TransactionId: z.string().min(1).max(64),
  ResultObject: z
    .object({ BizCode: z.enum(['1', '2', '3']), SubCode: z.enum(Object.keys(MEANING) as SubCode[]) })
    .refine(({ BizCode, SubCode }) => SubCode.startsWith(BizCode)),
});

// UnionPay certifTp. It has no code of its own for residence permits and foreigners' permanent resident IDs: 99, others.
const CERT_TYPE: Readonly<Record<DocumentKind, string>> = {
  CN_RIC: '01',
  CN_HMT_RP: '99',
  CN_FPR_2017: '99',
  CN_FPR_2023: '99',
  PASSPORT: '03',
  HM_PERMIT: '04',
  TW_PERMIT: '05',
};

const WORDS: Authority['words'] = {
  way: { 'zh-CN': '用银行卡核对', en: 'By a bank card' },
  needs: {
    'zh-CN': '要有本人的银行卡，在银行预留的手机号就是登录用的手机号。约 1 分钟。',
    en: 'A bank card of your own whose phone number at the bank is the one you sign in with. About 1 minute.',
  },
  recipient: { 'zh-CN': '银行卡组织', en: 'the bank-card network' },
  // Personal Information Protection Law articles 28 and 29: a financial account is sensitive, and agreed to on its own.
  consent: {
    'zh-CN': '我同意把银行卡号和登录用的手机号提供给银行卡组织，核对是不是我的卡。核对完就删除卡号。',
    en: 'I agree that my bank card number and the phone number I sign in with are given to the bank-card network to check that the card is mine. The card number is erased after the check.',
  },
};

export interface BankCardParts {
  readonly settings: OptionalAuthoritySettings;
  readonly clock: Clock;
  readonly fetch?: Ask | undefined;
}

/** A phone that no mainland bank can have written down is 'unsupported', and nobody is asked. */
export function createBankCard(parts: BankCardParts): Authority {
  const { settings, clock } = parts;
  const exchange = createExchange({ ...parts, answer });
  return {
    id: 'bank-card',
    reaches: 2,
    method: 'bank_card.name_number_card_phone',
    covers: DOCUMENT_KINDS,
    beside: ['population-register'],
    leads: true,
    // A family may have one phone at all its banks: whose it is only the operators know (bindsPhone stays false).
    validitySeconds: seconds(settings.validity),
    collect: { by: 'fields', fields: [cardNumber] },
    words: WORDS,
    async examine({ document, phone, more }, requestId) {
      const card = more[cardNumber.name];
      if (!document || card === undefined)
        throw new Error('the bank-card network is asked about a name, a number and a card');
      if (phone === undefined || !/^\+861\d{10}$/.test(phone))
        return { is: 'unsupported', transaction: `not-asked:${requestId}`, at: clock.now() };
      const outcome = await exchange.ask(requestId, {
        VerifyMode: 'VERIFY_BANK_CARD',
        ProductType: 'BANK_CARD_4_META',
        ParamType: 'normal',
        UserName: document.name,
        CertType: CERT_TYPE[document.kind],
        // A bank writes a passport's number down as printed, without the state before it.
        IdentifyNum: document.number.replace(/^[A-Z]{3} /, ''),
        BankCard: card,
        Mobile: phone.slice('+86'.length),
      });
      const at = clock.now();
      return outcome.is === 'unavailable' ? { ...outcome, at } : found(outcome.answer, at);
    },
  };
}

/** What stopped a check is kept by its code: an officer at a counter can say which card would do. */
function found({ TransactionId: transaction, ResultObject }: z.output<typeof answer>, at: Date): Finding {
  const is = MEANING[ResultObject.SubCode];
  return is === 'match'
    ? { is, transaction, at }
    : { is, transaction, at, details: { sub_code: ResultObject.SubCode } };
}
