import fc from 'fast-check';
import { COMMON_NUMBERS, COMMON_WORDS } from '../../../idp/factors/password/blocklist.ts';
import { countPieces } from '../../../idp/factors/password/pieces.ts';
import { isTooLong, judgePassword, type About, type Flaw } from '../../../idp/factors/password/policy.ts';

const nothingKnown: About = {
  phone: undefined,
  name: undefined,
  documentNumber: undefined,
  birthdate: undefined,
};
const zhang: About = {
  phone: '+8613800135678',
  name: '张建国',
  documentNumber: '11010519491231002X',
  birthdate: '1949-12-31',
};
const flawOf = (password: string, about: About = nothingKnown): Flaw | undefined => {
  const verdict = judgePassword(password, about);
  return verdict.is === 'refused' ? verdict.flaw : undefined;
};

describe('a new password is refused', () => {
  it.each<[string, string, Flaw]>([
    ['that is empty', '', 'empty'],
    ['of 7 characters', 'k7Vq-2x', 'too_short'],
    ['of 7 characters outside the basic plane', '𠀀𠀁𠀂𠀃𠀄𠀅𠀆', 'too_short'],
    ['of 129 characters', 'kV7-'.repeat(32) + 'q', 'too_long'],
    ['of 1 MB', 'x7kq'.repeat(262_144), 'too_long'],
    ['of more than 1 kB in few characters', '𠀀'.repeat(300), 'too_long'],
    ['with the name of the service', 'kq-TongXing-v7', 'service_name'],
    ['with the Chinese name of the service', '我每天通行两次桥头', 'service_name'],
  ])('%s', (_case, password, flaw) => expect(flawOf(password)).toBe(flaw));

  it.each<[string, string, Flaw]>([
    ['the phone', 'kq13800135678vx', 'personal_phone'],
    ['the end of the phone', 'kqv-00135678', 'personal_phone'],
    ['the phone in full width', 'ｋｑｖ１３８００１３５６７８', 'personal_phone'],
    ['the birthday', 'kqvx19491231', 'personal_document'],
    ['the end of the ID number, x in small', 'kqvx1231002x', 'personal_document'],
  ])('that holds %s of its owner', (_case, password, flaw) => expect(flawOf(password, zhang)).toBe(flaw));

  it.each<[string, string, string]>([
    ['the Chinese name', '张建国', 'kq7-张建国-vx'],
    ['the Chinese name with something between', '张建国', 'kq张_建_国7vx'],
    ['the Chinese name in another encoding of its signs', '\u4f60\u8c48', 'kq7vx-\u4f60\uf900'],
    ['a part of a name with a dot', '阿卜杜拉·买买提', 'kq7-买买提-vx'],
    ['the Latin surname', 'SMITH, JOHN', 'kq7vSmith-x9'],
    ['the Latin name without its comma', 'SMITH, JOHN', 'x9johnsmith-q'],
    ['a short Latin name in the order of the passport', 'NG AN', 'kq7-ngan-vx'],
    ['a short Latin name the other way round', 'NG AN', 'kq7-An.Ng-vx'],
    ['letters with marks', 'MÜLLER ANNA', 'kq7mu\u0308llervx9'],
  ])('that holds %s of its owner (A71)', (_case, name, password) => {
    expect(flawOf(password, { ...nothingKnown, name })).toBe('personal_name');
    expect(flawOf(password)).toBeUndefined();
  });

  it('but not for two letters of a name that stand in it by chance', () => {
    expect(flawOf('kuqvlixmodiran', { ...nothingKnown, name: 'LI ANN' })).toBeUndefined();
  });

  it.each(
    `12345678 123456789 1234567890 11111111 88888888 aaaaaaaa abcdefgh qwertyui qwertyuiop asdfghjkl 1qaz2wsx
    1q2w3e4r5t zxcvbnm123 password password1 Password123 P@ssw0rd p@$$w0rd123 passw0rd! letmein123 admin123 admin888
    iloveyou1 woaini1314 5201314520 woaini520 woaini5201314 a123456789 qq123456 abc123456 zhang123456 wang1234
    lihua1990 zhangwei123 zhangsan1985 19850101 198501011234 zhang19850101 13912345678 110101199003070011 qwerty123
    qwer1234 asd123456 aa123456 123456aa 123456abc 1234qwer 5211314520 7758521520 147258369 159357456 31415926
    taobao123 tencent2008 nihao123 mima1234 woaiwojia1 beijing2008 china2024 shanghai123 dragon2024 Summer2024!
    monkey123456 987654321 87654321 qazwsxedc 1122334455 112233445566 abcd1234 abcabcabc 123123123 admin@123 Aa123456
    123456.com 52013145201314 woaizhongguo66 shengrikuaile1`.split(/\s+/),
  )('because many people have it: %s', (password) => {
    expect(flawOf(password)).toMatch(/^(?:common|predictable)$/);
  });

  it.each([
    'aaaaaaaaaaaaaaaaaaaa',
    '12345678901234567890',
    'passwordpassword',
    'qwertyuiopasdfghjkl',
    'woaini1314woaini1314',
    'abcdefghijklmnopqrst',
    '1qaz2wsx3edc4rfv5tgb',
    'zhangsan198501011234',
  ])('at any length when it only repeats or slides along the keyboard: %s', (password) => {
    expect(password.length).toBeGreaterThanOrEqual(15);
    expect(flawOf(password)).toMatch(/^(?:common|predictable)$/);
  });

  it('for each of 3,000 and more common ones, made of common words and numbers', () => {
    const tails = [
      '1',
      '12',
      '123',
      '1234',
      '12345',
      '123456',
      '!',
      '@',
      '520',
      '1314',
      '666',
      '888',
      '2008',
      '2024',
    ];
    const made = new Set([
      ...COMMON_WORDS.flatMap((word) => tails.map((tail) => word + tail)),
      ...COMMON_WORDS,
      ...COMMON_NUMBERS,
    ]);
    const usable = Array.from(made).filter((password) => password.length >= 8);
    expect(usable.length).toBeGreaterThan(3_000);
    expect(usable.filter((password) => flawOf(password) === undefined)).toEqual([]);
  });
});

describe('a new password is good', () => {
  it.each([
    ['8 random characters', 'k7Vq-2xT', false],
    ['14 characters', 'mei tian zao 7', false],
    ['15 characters', 'mei tian zao 7c', true],
    ['64 characters', 'kV7-xq2T'.repeat(8), true],
    ['128 characters', 'ma4 yi3 ban1 jia1 xia4 yu3 kuai4'.repeat(4), true],
    ['Chinese characters', '阳台上有三只猫在睡觉晒着太阳', false],
    ['15 Chinese characters', '阳台上有三只猫在睡觉晒着太阳呢', true],
    ['spaces and punctuation', ' lan se de tian, kong! ', true],
  ])('with %s; alone only from 15 on', (_case, password, alone) => {
    expect(judgePassword(password, zhang)).toEqual({ is: 'good', alone });
  });

  it('without digits, capitals or signs: nothing is demanded of its make-up', () => {
    expect(flawOf('kuqvexmodirabtupeng')).toBeUndefined();
  });

  it('counts what is left after NFKC: a ligature is the letters it stands for', () => {
    expect(judgePassword('ﬃkVqxw7', nothingKnown)).toEqual({ is: 'good', alone: false });
  });
});

describe('the pieces of a password', () => {
  it('are never more than its characters, and at least one', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 128 }), (text) => {
        const pieces = countPieces(text);
        expect(pieces).toBeGreaterThanOrEqual(1);
        expect(pieces).toBeLessThanOrEqual(Math.max(text.length, text.toLowerCase().length));
      }),
    );
  });

  it('do not grow when the whole is repeated', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (text) => {
        expect(countPieces(text + text)).toBeLessThanOrEqual(countPieces(text));
      }),
    );
  });

  it('of the longest allowed password cost a bounded multiple of those of half of it', () => {
    // The best of many runs, and a ratio: neither the machine nor its load decides. Cubic growth would be eight.
    const best = (length: number): number => {
      const password = `${'a'.repeat(length - 1)}b`;
      const runs = Array.from({ length: 20 }, () => {
        const began = performance.now();
        countPieces(password);
        return performance.now() - began;
      });
      return Math.min(...runs);
    };
    expect(best(128) / best(64)).toBeLessThan(32);
  });
});

describe('too long to be hashed', () => {
  it('is what exceeds 128 characters or 1,024 bytes', () => {
    expect(isTooLong('a'.repeat(128))).toBe(false);
    expect(isTooLong('a'.repeat(129))).toBe(true);
    expect(isTooLong('我'.repeat(128))).toBe(false);
    expect(isTooLong('👩‍👩‍👧‍👦'.repeat(60))).toBe(true);
  });
});
