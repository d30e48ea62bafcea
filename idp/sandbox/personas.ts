// Made-up people to try the system with. No number, phone or name is a real person's: the numbers were made here.
import type { DocumentKind } from '../citizens/citizens.ts';
import { luhnDigit } from '../platform/base/luhn.ts';

export interface Persona {
  /** Kebab-case: what this person is for. */
  readonly id: string;
  readonly name: string;
  /** 11 digits. */
  readonly phone: string;
  /** At least 15 characters. Set for those who have an account; a suggestion for the others. */
  readonly password: string;
  readonly id_number: string;
  /** What kind of document the number is of. */
  readonly document: DocumentKind;
  /** A card of this person's: 19 digits. */
  readonly bank_card?: string;
  /** The identity level of the account at the start; 0 without an account. */
  readonly ial: 0 | 2;
  /** True when an account exists from the start. */
  readonly registered: boolean;
  /** What happens to this person, Chinese first, then English. */
  readonly purpose: string;
}

// ISO/IEC 7812-1: a number that begins with 9 goes on with the country whose standards body gave it out, and no country
// is 999. So no bank has ever issued, or can issue, such a card.
const ISSUER = '999900';

/** One card for each phone. */
function cardOf(phone: string): string {
  const digits = `${ISSUER}000${phone.slice(-9)}`;
  return digits + luhnDigit(digits);
}

type Account = 'verified' | 'unverified' | 'none';

function persona(
  id: string,
  name: string,
  phone: string,
  number: string,
  account: Account,
  password: string,
  purpose: string,
  document: DocumentKind = 'CN_RIC',
): Persona {
  return {
    id,
    name,
    phone,
    password,
    id_number: number,
    document,
    bank_card: cardOf(phone),
    ial: account === 'verified' ? 2 : 0,
    registered: account !== 'none',
    purpose,
  };
}

/** In the order in which they are shown. */
export const PERSONAS: readonly Persona[] = [
  persona(
    'verified',
    '林晓夏',
    '13900010001',
    '330106199506182261',
    'verified',
    'bamboo-lantern-quiet-river',
    '已实名，可用密码登录，也是示例单位的负责人 · Verified, signs in with a password, owns the demo office',
  ),
  persona(
    'verified-two',
    '周启明',
    '13900010002',
    '440305198809231759',
    'verified',
    'harbour-morning-noodle-cart',
    '第二位已实名的人，也是市级初审员 · A second verified person, reviews for a city',
  ),
  persona(
    'provincial-approver',
    '宋知远',
    '13900010019',
    '320102197903141512',
    'verified',
    'granite-bridge-early-swallow',
    '已实名，省级审批员 · Verified, approves for a province',
  ),
  persona(
    'national-administrator',
    '贺云舟',
    '13900010020',
    '610103197308272038',
    'verified',
    'cedar-drawer-blue-inkstone',
    '已实名，国家级管理员 · Verified, national administrator',
  ),
  persona(
    'unverified',
    '何语桐',
    '13900010003',
    '330102199211053483',
    'unverified',
    'paper-kite-over-the-lake',
    '有账号，还没有实名 · Has an account, not verified yet',
  ),
  persona(
    'rare-character',
    '张\u{20BB7}',
    '13900010004',
    '610113198704121335',
    'none',
    'copper-teapot-winter-plum',
    '姓名有生僻字，能核对上 · A rare character in the name; matches',
  ),
  persona(
    'middle-dot',
    '阿依古丽·买买提',
    '13900010005',
    '650102199310012040',
    'none',
    'apricot-garden-under-snow',
    '姓名中间有点，能核对上 · A dot in the name; matches',
  ),
  persona(
    'not-found',
    '苏念安',
    '13900010006',
    '510104199107194522',
    'none',
    'seven-cranes-cross-the-bay',
    '登记库里查不到这个号码 · The register has no such number',
  ),
  persona(
    'mismatch',
    '陈大文',
    '13900010007',
    '370102198403056673',
    'none',
    'salt-wind-and-old-lighthouse',
    '姓名和号码对不上 · Name and number do not match',
  ),
  persona(
    'register-down',
    '高原',
    '13900010008',
    '420106197902283155',
    'none',
    'slow-ferry-to-the-island',
    '查这个号码时登记库返回 503 · The register answers 503 for this number',
  ),
  persona(
    'register-slow',
    '沈静姝',
    '13900010009',
    '430102199608142429',
    'none',
    'orange-peel-dries-in-sun',
    '查这个号码时登记库一直不回答 · The register never answers for this number',
  ),
  persona(
    'phone-of-another',
    '唐若宁',
    '13900010010',
    '32010619900606518X',
    'none',
    'borrowed-umbrella-red-tram',
    '手机号登记在别人名下 · The phone is registered to someone else',
  ),
  persona(
    'minor',
    '白小川',
    '13900010011',
    '330106201109015232',
    'none',
    'green-bicycle-after-school',
    '15 岁，可以自己实名 · 15 years old, may be verified',
  ),
  persona(
    'child',
    '丁朵朵',
    '13900010012',
    '330110201605034189',
    'none',
    'tiny-drum-and-paper-tiger',
    '不满 14 岁，要监护人陪同 · Under 14, needs a guardian',
  ),
  persona(
    'elder',
    '孙桂英',
    '13900010013',
    '33010319410315124X',
    'none',
    'chess-table-beneath-camphor',
    '80 多岁，适合试长辈版 · Over 80; try the large-text version',
  ),
  persona(
    'deceased',
    '吴长庚',
    '13900010014',
    '210102195005203377',
    'none',
    'evening-bell-far-mountain',
    '登记库记为已去世 · The register says this person has died',
  ),
  persona(
    'virtual-operator',
    '罗一帆',
    '17000010015',
    '120101199404042160',
    'none',
    'borrowed-signal-white-cloud',
    '虚商号码，运营商查不了 · A virtual operator that cannot be asked',
  ),
  persona(
    'hong-kong-resident',
    '梁嘉欣',
    '13900010016',
    '810000199001010019',
    'none',
    'ferry-lights-over-two-islands',
    '持港澳台居民居住证，手机号能核对上 · Holds a residence permit; the phone matches',
    'CN_HMT_RP',
  ),
  persona(
    'foreign-resident',
    'MILLER JAMES ALAN',
    '13900010017',
    '911840198512150018',
    'none',
    'quiet-bookshop-by-the-canal',
    '持外国人永久居留身份证，可用人脸或银行卡 · Foreign permanent resident: face or bank card',
    'CN_FPR_2023',
  ),
  persona(
    'passport-holder',
    'TREMBLAY LOUISE',
    '13900010018',
    'CAN AB123456',
    'none',
    'maple-syrup-on-cold-mornings',
    '只有护照，可用银行卡或到窗口 · Passport only: bank card or counter',
    'PASSPORT',
  ),
];
