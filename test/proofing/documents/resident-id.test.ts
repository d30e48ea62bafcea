import fc from 'fast-check';
import {
  ageOn,
  checkCharacter,
  normaliseResidentId,
  parseResidentId,
  shanghaiDate,
} from '../../../idp/proofing/documents/resident-id.ts';

const now = new Date('2026-11-22T04:00:00Z');
const verdict = (text: string): string => {
  const parsed = parseResidentId(text, now);
  return parsed.is === 'ok' ? 'ok' : parsed.why;
};

describe('a resident ID number is refused', () => {
  it.each([
    ['110105194912310021', 'check_digit', 'the check digit must be X'],
    ['330102199902290015', 'date', '29 February 1999 does not exist'],
    ['110105491231002', 'fifteen', 'first-generation numbers ended in 2013'],
    ['', 'length', 'nothing was typed'],
    ['3301061985010112311', 'length', 'one digit too many'],
    ['33010619850101123', 'length', 'one digit too few'],
    ['33010619850I011231', 'characters', 'a letter for a digit'],
    ['X30106198501011231', 'characters', 'X stands only at the end'],
    ['810000199408230021', 'region', 'a residence permit is another document'],
    ['820000199001010029', 'region', 'so is one of Macao'],
    ['830000199001010039', 'region', 'and one of Taiwan'],
    ['911124198108030024', 'region', "so is a foreigner's permanent residence card"],
    ['710000199001010011', 'region', '71 never starts an ordinary number'],
    [`33010620991231001${checkCharacter('33010620991231001')}`, 'future', 'not yet born'],
    [`33010617991231001${checkCharacter('33010617991231001')}`, 'date', 'no register reaches back that far'],
  ])('%s: %s, because %s', (text, why) => {
    expect(verdict(text)).toBe(why);
  });

  it('whichever single digit is changed', () => {
    fc.assert(
      fc.property(residentNumber, fc.nat(17), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
        const digit = number[at] === 'X' ? 10 : Number(number[at]);
        const changed = `${number.slice(0, at)}${(digit + by) % 10}${number.slice(at + 1)}`;
        fc.pre(changed !== number);
        expect(verdict(changed)).not.toBe('ok');
      }),
    );
  });

  it('when two neighbouring digits are swapped', () => {
    fc.assert(
      fc.property(residentNumber, fc.nat(15), (number, at) => {
        fc.pre(number[at] !== number[at + 1]);
        const swapped = `${number.slice(0, at)}${number[at + 1]}${number[at]}${number.slice(at + 2)}`;
        expect(verdict(swapped)).not.toBe('ok');
      }),
    );
  });

  it('whatever else is typed, without ever throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(['ok', 'bad']).toContain(parseResidentId(text, now).is);
      }),
    );
  });
});

describe('a resident ID number is accepted', () => {
  it.each([
    ['11010519491231002X', '1949-12-31', 'female'],
    ['440524188001010014', '1880-01-01', 'male'],
    ['110101199003070011', '1990-03-07', 'male'],
    ['330106198501011231', '1985-01-01', 'male'],
    ['33010619900101019X', '1990-01-01', 'male'],
    ['650102200002290888', '2000-02-29', 'female'],
  ])('%s, born %s, %s', (number, birthdate, gender) => {
    expect(parseResidentId(number, now)).toEqual({ is: 'ok', number, birthdate, gender });
  });

  it.each([
    ['11010519491231002x', 'a small x'],
    ['110105 19491231 002X', 'spaces'],
    ['110105-19491231-002X', 'hyphens'],
    ['１１０１０５１９４９１２３１００２Ｘ', 'full-width characters'],
    ['　11010519491231002ｘ\n', 'an ideographic space and a full-width x'],
  ])('typed as %s (%s)', (text) => {
    expect(parseResidentId(text, now)).toMatchObject({ is: 'ok', number: '11010519491231002X' });
  });

  it('from the first minute of the day of birth in China', () => {
    const number = `33010620261122001${checkCharacter('33010620261122001')}`;
    expect(parseResidentId(number, new Date('2026-11-21T15:59:59Z'))).toEqual({ is: 'bad', why: 'future' });
    expect(parseResidentId(number, new Date('2026-11-21T16:00:00Z'))).toMatchObject({ is: 'ok' });
  });

  it('in the same form however often it is normalised', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const once = normaliseResidentId(text);
        expect(normaliseResidentId(once)).toBe(once);
      }),
    );
  });
});

describe('age', () => {
  it.each([
    ['2012-11-22', '2026-11-22', 14],
    ['2012-11-23', '2026-11-22', 13],
    ['2008-11-22', '2026-11-21', 17],
    ['2008-02-29', '2026-02-28', 17],
    ['2008-02-29', '2026-03-01', 18],
  ])('born %s is on %s %d years old', (birthdate, date, age) => {
    expect(ageOn(birthdate, date)).toBe(age);
  });

  it('changes at midnight in Shanghai', () => {
    expect(shanghaiDate(new Date('2026-11-21T15:59:59Z'))).toBe('2026-11-21');
    expect(shanghaiDate(new Date('2026-11-21T16:00:00Z'))).toBe('2026-11-22');
  });
});

/** Any well-formed number: a province, a date between 1900 and 2025, a sequence. */
const residentNumber = fc
  .tuple(
    fc.constantFrom('110105', '330106', '440524', '540102', '650102'),
    fc.date({ min: new Date('1900-01-01'), max: new Date('2025-12-31'), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(([region, born, sequence]) => {
    const first17 = `${region}${born.toISOString().slice(0, 10).replaceAll('-', '')}${String(sequence).padStart(3, '0')}`;
    return first17 + checkCharacter(first17);
  });
