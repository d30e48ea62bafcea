import fc from 'fast-check';
import { parseOrganisationCode } from '../../../idp/proofing/documents/organisation-code.ts';

const ALPHABET = Array.from('0123456789ABCDEFGHJKLMNPQRTUWXY');
const WRITTEN = /^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/;
const VALID = [
  '91350100M000100Y43',
  '91330106MA0000015K',
  '113300000000000199',
  '12330100TEXT000170',
  '521100005000001A5P',
  '93330110MA2AX00186',
];

/** Another way to the same rule (GB 32100-2015): all 18 values, weighted by the powers of 3, are a multiple of 31. */
function outerCheckHolds(code: string): boolean {
  let power = 1;
  let sum = 0;
  for (const character of code.slice(0, 17)) {
    sum += ALPHABET.indexOf(character) * power;
    power = (power * 3) % 31;
  }
  return (sum + ALPHABET.indexOf(code[17] ?? '')) % 31 === 0;
}

describe('a unified social credit code', () => {
  it('is taken apart', () => {
    expect(parseOrganisationCode('91350100M000100Y43')).toEqual({
      is: 'ok',
      code: '91350100M000100Y43',
      registrar: '9',
      class: '1',
      region: '350100',
      organisationCode: 'M000100Y4',
      innerCheck: 'right',
    });
  });

  it.each(VALID)('%s is accepted, also as it is typed in a hurry', (code) => {
    const read = parseOrganisationCode(code);
    expect(read).toMatchObject({ is: 'ok', code });
    const typed = ` ${code.slice(0, 8).toLowerCase()} ${code.slice(8, 16)}－${code.slice(16).toLowerCase()}`;
    expect(parseOrganisationCode(typed)).toEqual(read);
  });

  it.each([
    ['91350100M000100Y44', 'check_digit'],
    ['9135010OM000100Y43', 'characters'],
    ['91350100M000100Y4', 'length'],
    ['', 'length'],
    ['91350100M000100Y433', 'length'],
    ['I1350100M000100Y43', 'characters'],
    ['91350100S000100Y43', 'characters'],
    ['91350100М000100Y43', 'characters'],
  ])('%s is refused: %s', (code, why) => {
    expect(parseOrganisationCode(code)).toEqual({ is: 'bad', why });
  });

  it('with a wrong inner check is accepted with a warning', () => {
    const first17 = '91350100M000100Y5';
    const codes = ALPHABET.map((last) => first17 + last).filter(outerCheckHolds);
    expect(codes).toHaveLength(1);
    expect(parseOrganisationCode(codes[0] ?? '')).toMatchObject({ is: 'ok', innerCheck: 'wrong' });
  });

  it.each([
    ['00000000', '0', 'the sum is a multiple of 11'],
    ['40000000', 'X', 'ten is written X'],
  ])('inner part %s has the check %s: %s', (first8, check) => {
    const code = ALPHABET.map((last) => `91350100${first8}${check}${last}`).find(outerCheckHolds);
    expect(parseOrganisationCode(code ?? '')).toMatchObject({ is: 'ok', innerCheck: 'right' });
  });

  it('is refused whichever single character is changed', () => {
    for (const code of VALID)
      for (let at = 0; at < 18; at += 1)
        for (const other of ALPHABET.filter((character) => character !== code[at]))
          expect(parseOrganisationCode(code.slice(0, at) + other + code.slice(at + 1)).is).toBe('bad');
  });

  it('is accepted exactly when the rule holds, whatever is typed', () => {
    const seen = { ok: 0, bad: 0 };
    const piece = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...ALPHABET) },
      { weight: 1, arbitrary: fc.constantFrom('I', 'O', 'Z', 'S', 'V', 'х', '٣', '\u0000', '\u202E', '😀') },
    );
    fc.assert(
      fc.property(fc.constantFrom(...VALID), fc.nat(17), piece, fc.boolean(), (code, at, one, mended) => {
        const changed = code.slice(0, at) + one + code.slice(at + 1);
        const check = ALPHABET.find((last) => outerCheckHolds(changed.slice(0, 17) + last)) ?? '';
        const text = mended ? changed.slice(0, 17) + check : changed;
        const read = parseOrganisationCode(text);
        seen[read.is] += 1;
        return (read.is === 'ok') === (WRITTEN.test(text) && outerCheckHolds(text));
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(seen.ok, seen.bad)).toBeGreaterThan(1000);
  });
});
