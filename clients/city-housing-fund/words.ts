// What the housing fund says about itself, and the one matter that takes more than being signed in.
import type { Service } from '../relying-party/relying-party.ts';

export const WORDS: Service['words'] = {
  name: { 'zh-CN': '江临市住房公积金', en: 'Jianglin Housing Provident Fund' },
  lead: {
    'zh-CN': '查询和提取您的住房公积金。为保护您的资金，需要先完成实名认证。',
    en: 'See and withdraw your housing fund. To protect your money, your real name has to be verified first.',
  },
  offers: {
    'zh-CN': ['查询账户余额和缴存明细', '申请提取公积金', '开具缴存证明'],
    en: ['See your balance and payments', 'Apply for a withdrawal', 'Get proof of payments'],
  },
};

/** Money leaves an account: the person must be confirmed, by two factors, within the last five minutes. */
export const WITHDRAWAL: NonNullable<Service['matter']> = {
  level: 'l3',
  maxAgeSeconds: 300,
  button: { 'zh-CN': '提取公积金', en: 'Withdraw from the fund' },
  done: { 'zh-CN': '提取申请已受理', en: 'Your withdrawal has been accepted' },
};
