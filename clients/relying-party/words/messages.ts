// Every text that the demo services share, Chinese first. A text without its translation does not compile.
import type { Words } from '../party.ts';

export const MESSAGES = {
  demo: { 'zh-CN': '演示服务，数据均为虚构', en: 'Demo service, all data are made up' },
  demoMark: { 'zh-CN': '演示服务 Demo service', en: 'Demo service 演示服务' },
  skip: { 'zh-CN': '跳到主要内容', en: 'Skip to main content' },
  otherLanguage: { 'zh-CN': 'English', en: '中文' },
  signIn: { 'zh-CN': '使用“通行”统一登录', en: 'Sign in with Tongxing' },
  signOut: { 'zh-CN': '退出登录', en: 'Sign out' },
  signOutQuestion: { 'zh-CN': '要退出登录吗？', en: 'Do you want to sign out?' },
  signOutHint: {
    'zh-CN': '退出后，用同一次登录进入的其他服务也会退出。',
    en: 'Other services that you entered with the same sign-in will be signed out too.',
  },
  signedOutTitle: { 'zh-CN': '您已退出登录', en: 'You are signed out' },
  signedOutEverywhere: {
    'zh-CN': '本服务和用同一次登录进入的其他服务都已退出。',
    en: 'You are signed out of this service and of the others that you entered with the same sign-in.',
  },
  signedOutHere: { 'zh-CN': '您已退出本服务。', en: 'You are signed out of this service.' },
  receipt: { 'zh-CN': '受理编号', en: 'Receipt number' },
  home: { 'zh-CN': '返回首页', en: 'Back to the home page' },
  again: { 'zh-CN': '重新登录', en: 'Sign in again' },
  welcome: { 'zh-CN': '您好，', en: 'Hello, ' },
  citizen: { 'zh-CN': '办事人', en: 'citizen' },
  level: { 'zh-CN': '身份级别', en: 'Identity level' },
  received: { 'zh-CN': '从“通行”收到的信息', en: 'What we received from Tongxing' },
  nothingReceived: { 'zh-CN': '没有收到个人信息。', en: 'No personal details were received.' },
  subject: { 'zh-CN': '您在本单位的编号', en: 'Your identifier at this unit' },
  methods: { 'zh-CN': '登录方式', en: 'Signed in by' },
  since: { 'zh-CN': '登录时间', en: 'Signed in at' },
  offers: { 'zh-CN': '您可以办理', en: 'What you can do here' },
  offersLater: { 'zh-CN': '登录后可以办理', en: 'What you can do after signing in' },
  yes: { 'zh-CN': '是', en: 'yes' },
  no: { 'zh-CN': '否', en: 'no' },
  notFoundTitle: { 'zh-CN': '没有这个页面', en: 'There is no such page' },
  notFound: { 'zh-CN': '请检查网址，或返回首页。', en: 'Check the address, or go back to the home page.' },
  errorCode: { 'zh-CN': '错误代码', en: 'Error code' },
} as const satisfies Readonly<Record<string, Words>>;

/** Claims by name, in words. */
export const CLAIMS: Readonly<Record<string, Words>> = {
  name: { 'zh-CN': '姓名', en: 'Name' },
  birthdate: { 'zh-CN': '出生日期', en: 'Date of birth' },
  gender: { 'zh-CN': '性别', en: 'Gender' },
  realname_verified: { 'zh-CN': '已实名', en: 'Real name verified' },
  id_type: { 'zh-CN': '证件类型', en: 'Type of document' },
  id_number_masked: { 'zh-CN': '证件号码', en: 'ID number' },
  phone_number: { 'zh-CN': '手机号码', en: 'Phone number' },
  phone_number_verified: { 'zh-CN': '手机号码已确认', en: 'Phone number confirmed' },
  email: { 'zh-CN': '电子邮箱', en: 'Email' },
  address: { 'zh-CN': '地址', en: 'Address' },
};

/** Values of claims that are codes, in words. */
export const VALUES: Readonly<Record<string, Words>> = {
  male: { 'zh-CN': '男', en: 'male' },
  female: { 'zh-CN': '女', en: 'female' },
  CN_RIC: { 'zh-CN': '居民身份证', en: 'Resident ID card' },
  CN_HMT_RP: {
    'zh-CN': '港澳台居民居住证',
    en: 'Residence permit for Hong Kong, Macao and Taiwan residents',
  },
  CN_FPR_2017: { 'zh-CN': '外国人永久居留身份证', en: 'Foreign permanent resident ID card' },
  CN_FPR_2023: { 'zh-CN': '外国人永久居留身份证', en: 'Foreign permanent resident ID card' },
  PASSPORT: { 'zh-CN': '护照', en: 'Passport' },
  HM_PERMIT: {
    'zh-CN': '港澳居民来往内地通行证',
    en: 'Mainland travel permit for Hong Kong and Macao residents',
  },
  TW_PERMIT: { 'zh-CN': '台湾居民来往大陆通行证', en: 'Mainland travel permit for Taiwan residents' },
};

/** Authentication methods (RFC 8176) in words. */
export const METHODS: Readonly<Record<string, Words>> = {
  pwd: { 'zh-CN': '密码', en: 'password' },
  sms: { 'zh-CN': '短信验证码', en: 'text message code' },
  hwk: { 'zh-CN': '通行密钥', en: 'passkey' },
  swk: { 'zh-CN': '通行密钥', en: 'passkey' },
  user: { 'zh-CN': '本人在场', en: 'user present' },
  mca: { 'zh-CN': '扫码', en: 'QR code' },
  otp: { 'zh-CN': '恢复码', en: 'recovery code' },
  mfa: { 'zh-CN': '两种方式', en: 'two methods' },
};
