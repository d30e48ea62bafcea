// The card number as a citizen types it. It goes to the network and nowhere else: no text here repeats it.
import { luhnDigit } from '../../../platform/base/luhn.ts';
import type { MoreField, Wording } from '../../authority.ts';
import { normaliseNumber } from '../../documents/reading.ts';

const WRONG: Readonly<Record<'empty' | 'characters' | 'length' | 'check_digit', Wording>> = {
  empty: { 'zh-CN': '请输入银行卡号', en: 'Enter your bank card number' },
  characters: { 'zh-CN': '银行卡号应只有数字', en: 'A bank card number has numbers only' },
  length: { 'zh-CN': '银行卡号应为 16 到 19 位', en: 'A bank card number has 16 to 19 digits' },
  check_digit: {
    'zh-CN': '银行卡号有一位不对，请对照银行卡检查',
    en: 'One digit of the bank card number is not right. Check it against your card',
  },
};

function fault(number: string): keyof typeof WRONG | undefined {
  if (number === '') return 'empty';
  if (!/^\d+$/.test(number)) return 'characters';
  if (number.length < 16 || number.length > 19) return 'length';
  return luhnDigit(number.slice(0, -1)) === number.at(-1) ? undefined : 'check_digit';
}

/** A number that passes is well formed (ISO/IEC 7812-1), nothing more: only the network knows whether there is such a card. */
export const cardNumber: MoreField = {
  name: 'bank_card',
  label: { 'zh-CN': '银行卡号', en: 'Bank card number' },
  hint: {
    'zh-CN': '本人的银行卡。在银行预留的手机号，要和登录用的手机号一样。',
    en: 'A card of your own. The phone number your bank holds for it must be the one you sign in with.',
  },
  inputMode: 'numeric',
  parse(text) {
    const value = normaliseNumber(text);
    const why = fault(value);
    return why === undefined ? { is: 'ok', value } : { is: 'bad', text: WRONG[why] };
  },
};
