import { DOCUMENT_KINDS, type DocumentKind } from '../../../idp/citizens/citizens.ts';
import { looksLike, parseDocument, type Beside } from '../../../idp/proofing/documents/documents.ts';
import { checkCharacter } from '../../../idp/proofing/documents/eighteen.ts';
import { isNationality, issuingState } from '../../../idp/proofing/documents/issuing-states.ts';
import { icaoCheckDigit } from '../../../idp/proofing/documents/permanent-resident.ts';

const now = new Date('2026-11-22T04:00:00Z');
const born = '1990-03-07';
const whole = (first17: string): string => first17 + checkCharacter(first17);
const card2017 = (first14: string): string => first14 + icaoCheckDigit(first14);

function verdict(kind: DocumentKind, text: string, beside?: Beside): string {
  const parsed = parseDocument(kind, text, now, beside);
  return parsed.is === 'ok' ? `${parsed.number} ${parsed.birthdate} ${parsed.gender}` : parsed.why;
}

describe('a number with a date of birth is accepted', () => {
  it.each([
    ['CN_RIC', '11010519491231002X', '1949-12-31', 'female'],
    ['CN_RIC', '440524188001010014', '1880-01-01', 'male'],
    ['CN_RIC', '110101199003070011', '1990-03-07', 'male'],
    ['CN_RIC', '330106198501011231', '1985-01-01', 'male'],
    ['CN_RIC', '33010619900101019X', '1990-01-01', 'male'],
    ['CN_RIC', '650102200002290888', '2000-02-29', 'female'],
    ['CN_HMT_RP', '810000199408230021', '1994-08-23', 'female'],
    ['CN_HMT_RP', '810000199001010019', '1990-01-01', 'male'],
    ['CN_HMT_RP', '820000199001010029', '1990-01-01', 'female'],
    ['CN_HMT_RP', '830000199001010039', '1990-01-01', 'male'],
    ['CN_FPR_2023', '911124198108030024', '1981-08-03', 'female'],
    ['CN_FPR_2023', '911840198512150018', '1985-12-15', 'male'],
    ['CN_FPR_2023', '931392197710010022', '1977-10-01', 'female'],
    ['CN_FPR_2023', '944840200002290019', '2000-02-29', 'male'],
    ['CN_FPR_2017', 'CAN110081080310', '1981-08-03', undefined],
    ['CN_FPR_2017', 'FRA110074010114', '1974-01-01', undefined],
    ['CN_FPR_2017', 'USA330185121512', '1985-12-15', undefined],
  ] as const)('%s %s, born %s, %s', (kind, number, birthdate, gender) => {
    const read = { is: 'ok', kind, number, birthdate, gender, issuer: undefined };
    expect(parseDocument(kind, number, now)).toEqual(read);
    expect(parseDocument(kind, wide(number.toLowerCase()), now)).toEqual(read);
    expect(
      parseDocument(kind, ` ${number.slice(0, 6)} ${number.slice(6, 14)}-${number.slice(14)}`, now),
    ).toEqual(read);
    expect(parseDocument(kind, number, now, { birthdate: '1950-01-01' })).toEqual(read);
    expect(looksLike(number, now)).toEqual([kind]);
  });
});

describe('a number with a date of birth is refused', () => {
  it.each([
    ['CN_RIC', '110105194912310021', 'check_digit'],
    ['CN_RIC', '330102199902290015', 'date'],
    ['CN_RIC', '110105491231002', 'fifteen'],
    ['CN_RIC', '810000199408230021', 'region'],
    ['CN_HMT_RP', '810000199408230022', 'check_digit'],
    ['CN_HMT_RP', '11010519491231002X', 'region'],
    ['CN_HMT_RP', whole('81000119940823002'), 'region'],
    ['CN_HMT_RP', whole('84000019940823002'), 'region'],
    ['CN_HMT_RP', whole('82000020261123002'), 'future'],
    ['CN_HMT_RP', '81000019940823002', 'length'],
    ['CN_HMT_RP', '81000019940823O021', 'characters'],
    ['CN_FPR_2023', '911124198108030025', 'check_digit'],
    ['CN_FPR_2023', whole('97112419810803002'), 'region'],
    ['CN_FPR_2023', '11010519491231002X', 'region'],
    ['CN_FPR_2023', whole('91112419810229002'), 'date'],
    ['CN_FPR_2023', whole('91112420261123002'), 'future'],
    ['CN_FPR_2023', 'CAN110081080310', 'length'],
    ['CN_FPR_2017', 'CAN110081080311', 'check_digit'],
    ['CN_FPR_2017', 'MAN110081080310', 'nationality'],
    ['CN_FPR_2017', card2017('CAN71008108031'), 'region'],
    ['CN_FPR_2017', card2017('CAN11008113031'), 'date'],
    ['CN_FPR_2017', card2017('CAN11008102291'), 'date'],
    ['CN_FPR_2017', '110CAN081080310', 'characters'],
    ['CN_FPR_2017', '911124198108030024', 'length'],
  ] as const)('%s %s: %s', (kind, number, why) => {
    expect(verdict(kind, number)).toBe(why);
    expect(looksLike(number, now)).not.toContain(kind);
  });
});

describe('the two-digit year of a 2017 card', () => {
  it.each([
    ['261122', '2026-11-22', 'today'],
    ['261123', '1926-11-23', 'tomorrow has not come'],
    ['270101', '1927-01-01', 'nor has next year'],
    ['000229', '2000-02-29', 'a leap day of this century'],
    ['960229', '1996-02-29', 'and of the last'],
  ])('%s is %s: %s', (yymmdd, birthdate) => {
    expect(parseDocument('CN_FPR_2017', card2017(`XXA1100${yymmdd}1`), now)).toMatchObject({ birthdate });
  });

  it('moves on at midnight in Shanghai', () => {
    const number = card2017('CAN11002611231');
    const on = (at: string): unknown => parseDocument('CN_FPR_2017', number, new Date(at));
    expect(on('2026-11-22T15:59:59Z')).toMatchObject({ birthdate: '1926-11-23' });
    expect(on('2026-11-22T16:00:00Z')).toMatchObject({ birthdate: '2026-11-23' });
  });
});

describe('a passport', () => {
  it.each([
    ['CHN', 'E12345678', 'CHN E12345678'],
    ['chn', 'ea1234567', 'CHN EA1234567'],
    ['ＣＨＮ', 'Ｇ12345678', 'CHN G12345678'],
    ['CHN', 'D1234567', 'CHN D1234567'],
    ['CHN', 'SE1234567', 'CHN SE1234567'],
    ['CHN', 'P12345678', 'CHN P12345678'],
    ['HKG', 'K12345678', 'HKG K12345678'],
    ['HKG', 'KJ1234567', 'HKG KJ1234567'],
    ['HKG', 'KJ12345678', 'HKG KJ12345678'],
    ['CHN', 'H12345678', 'HKG H12345678'],
    ['MAC', 'MA1234567', 'MAC MA1234567'],
    ['CHN', 'ma 123-4567', 'MAC MA1234567'],
    ['GBR', '123456789', 'GBR 123456789'],
    ['D', 'c01x00t47', 'DEU C01X00T47'],
    ['USA', 'USA 123456', 'USA 123456'],
    ['USA', 'FRA 123456', 'USA FRA123456'],
    [undefined, 'fra\u300012 ab 34567', 'FRA 12AB34567'],
  ])('of %s, typed %s, is %s', (issuer, text, number) => {
    const read = { kind: 'PASSPORT', number, birthdate: born, gender: undefined, issuer: number.slice(0, 3) };
    expect(parseDocument('PASSPORT', text, now, { issuer, birthdate: born })).toEqual({ is: 'ok', ...read });
    expect(parseDocument('PASSPORT', number, now, { birthdate: born })).toEqual({ is: 'ok', ...read });
  });

  it.each([
    [undefined, 'E12345678', 'issuer'],
    ['', 'E12345678', 'issuer'],
    ['XYZ', 'E12345678', 'issuer'],
    ['XYZ', 'CHN E12345678', 'issuer'],
    [undefined, 'XYZ 1234567', 'issuer'],
    ['XXA', 'E12345678', 'issuer'],
    ['CHN', 'EI1234567', 'pattern'],
    ['CHN', 'EO1234567', 'pattern'],
    ['CHN', 'E1234567', 'pattern'],
    ['CHN', 'KA1234567', 'pattern'],
    ['HKG', 'E12345678', 'pattern'],
    ['MAC', 'K12345678', 'pattern'],
    ['GBR', '12345', 'length'],
    ['GBR', '1234567890', 'length'],
    ['GBR', 'CHN E12345678', 'length'],
    ['GBR', '12345678<', 'characters'],
    ['GBR', '\u0661\u0662\u0663\u0664\u0665\u0666', 'characters'],
    ['GBR', '\u017F12345678', 'characters'],
  ])('of %s, typed %s: %s', (issuer, text, why) => {
    expect(verdict('PASSPORT', text, { issuer })).toBe(why);
  });

  it('knows the states of ISO 3166-1 and the further codes of ICAO, and no other', () => {
    const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
    expect(codes.filter((code) => issuingState(code) === code)).toHaveLength(249 + 20);
    expect(codes.filter((code) => isNationality(code))).toHaveLength(249 + 20 + 5);
    expect(['ROU', 'TLS', 'SSD', 'RKS', 'UNO', 'XOM'].every((code) => issuingState(code) === code)).toBe(
      true,
    );
    expect(['EUR', 'UK', 'ENG', 'SUN', 'YUG', '', 'ABW AFG'].map(issuingState)).toEqual(
      Array(7).fill(undefined),
    );
  });
});

describe('a travel permit', () => {
  it.each([
    ['HM_PERMIT', 'H12345678', 'H12345678'],
    ['HM_PERMIT', 'h1234567801', 'H12345678'],
    ['HM_PERMIT', 'Ｍ12345678 02', 'M12345678'],
    ['TW_PERMIT', '12345678', '12345678'],
    ['TW_PERMIT', '1234567801', '12345678'],
    ['TW_PERMIT', '1234567801(A)', '12345678'],
    ['TW_PERMIT', '12345678 03 （b）', '12345678'],
    ['TW_PERMIT', '１２３４５６７８', '12345678'],
  ] as const)('%s typed %s is %s, whichever card it stands on', (kind, text, number) => {
    const read = { is: 'ok', kind, number, birthdate: born, gender: undefined, issuer: undefined };
    expect(parseDocument(kind, text, now, { birthdate: born })).toEqual(read);
    expect(parseDocument(kind, number, now, { birthdate: born })).toEqual(read);
  });

  it.each([
    ['HM_PERMIT', 'H1234567', 'length'],
    ['HM_PERMIT', 'H123456789', 'length'],
    ['HM_PERMIT', 'K12345678', 'characters'],
    ['HM_PERMIT', 'HA1234567', 'characters'],
    ['HM_PERMIT', '123456789', 'characters'],
    ['TW_PERMIT', '1234567', 'length'],
    ['TW_PERMIT', '123456789', 'length'],
    ['TW_PERMIT', '123456789012', 'length'],
    ['TW_PERMIT', '1234567A', 'characters'],
    ['TW_PERMIT', '1234567801(AB)', 'length'],
    ['TW_PERMIT', '(A)12345678', 'length'],
    ['TW_PERMIT', '\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668', 'characters'],
  ] as const)('%s typed %s: %s', (kind, text, why) => {
    expect(verdict(kind, text)).toBe(why);
  });
});

describe('the date of birth beside a number that holds none', () => {
  it('may be missing', () => {
    expect(parseDocument('TW_PERMIT', '12345678', now)).toMatchObject({ is: 'ok', birthdate: undefined });
  });

  it.each([
    '',
    'soon',
    '1990-02-30',
    '1990-2-3',
    '1799-12-31',
    '2026-11-23',
    '1990-03-07T00:00:00Z',
    '1990-03',
  ])('is refused when it is %j', (birthdate) => {
    expect(verdict('HM_PERMIT', 'H12345678', { birthdate })).toBe('birthdate');
    expect(verdict('PASSPORT', 'CHN E12345678', { birthdate })).toBe('birthdate');
  });

  it('may be today', () => {
    expect(verdict('HM_PERMIT', 'H12345678', { birthdate: '2026-11-22' })).toContain('2026-11-22');
  });
});

describe('the kind of a typed number', () => {
  it.each([
    ['can 1100 810803 10', ['CN_FPR_2017']],
    ['９11124198108030024', ['CN_FPR_2023']],
    ['H12345678', ['HM_PERMIT', 'PASSPORT']],
    ['M1234567801', ['HM_PERMIT']],
    ['12345678', ['TW_PERMIT', 'PASSPORT']],
    ['1234567801(A)', ['TW_PERMIT']],
    ['E12345678', ['PASSPORT']],
    ['KJ12345678', ['PASSPORT']],
    ['CHN E12345678', ['PASSPORT']],
    ['13800135678', []],
    ['110105194912310021', []],
    ['张三', []],
    ['', []],
  ])('%s: %j', (text, kinds) => {
    expect(looksLike(text, now)).toEqual(kinds);
  });

  it('is one of the closed list', () => {
    expect(new Set(DOCUMENT_KINDS).size).toBe(7);
  });
});

function wide(text: string): string {
  return text.replace(/[!-~]/g, (narrow) => String.fromCharCode(narrow.charCodeAt(0) + 0xfee0));
}
