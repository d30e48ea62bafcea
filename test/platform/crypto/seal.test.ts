import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { createBlindIndex } from '../../../idp/platform/crypto/blind-index.ts';
import type { Key, KeyPurpose, Keyring, KeyState } from '../../../idp/platform/crypto/keyring.ts';
import { createSealer } from '../../../idp/platform/crypto/seal.ts';
import { unwrap, wrap } from '../../../idp/platform/crypto/wrap.ts';

const at = new Date(0);

function keyOf(purpose: KeyPurpose, id: string, material: Buffer, state: KeyState = 'active'): Key {
  return { id, purpose, state, createdAt: at, activatedAt: at, retiredAt: undefined, material };
}

/** A ring of the given keys, for code that only reads. */
function ringOf(...keys: readonly Key[]): Keyring {
  const all = (purpose: KeyPurpose): Key[] => keys.filter((key) => key.purpose === purpose);
  return {
    all,
    active: (purpose) => all(purpose).find(({ state }) => state === 'active')!,
    byId: (purpose, id) => all(purpose).find((key) => key.id === id),
    rotate: () => Promise.reject(new Error('this ring only reads')),
    remove: () => Promise.reject(new Error('this ring only reads')),
    renew: () => Promise.reject(new Error('this ring only reads')),
    onChange: () => undefined,
    close: () => Promise.resolve(),
  };
}

const PLACE = 'citizens.document.number';
const ROW = '0190f5f0-0000-7000-8000-000000000001';
const NUMBER = '11010519491231002X';
const ring = ringOf(keyOf('seal', 'k1', Buffer.alloc(32, 1)));
const sealer = createSealer(ring);

describe('a sealed value', () => {
  test('does not open in another row, another column, or a place that reads alike', () => {
    const sealed = sealer.seal(NUMBER, PLACE, ROW);
    expect(() => sealer.open(sealed, PLACE, `${ROW}1`)).toThrow('changed or moved');
    expect(() => sealer.open(sealed, 'citizens.document.name', ROW)).toThrow('changed or moved');
    const shifted = sealer.seal(NUMBER, 'a', 'bc');
    expect(() => sealer.open(shifted, 'ab', 'c')).toThrow('changed or moved');
  });

  test('does not open with any bit changed, or cut short', () => {
    const sealed = sealer.seal(NUMBER, PLACE, ROW);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const edited = Buffer.from(sealed);
      edited[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => sealer.open(edited, PLACE, ROW)).toThrow();
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => sealer.open(sealed.subarray(0, length), PLACE, ROW)).toThrow();
  });

  test('does not open with another key of the same name, or without its key', () => {
    const sealed = sealer.seal(NUMBER, PLACE, ROW);
    const other = createSealer(ringOf(keyOf('seal', 'k1', Buffer.alloc(32, 2))));
    expect(() => other.open(sealed, PLACE, ROW)).toThrow('changed or moved');
    const without = createSealer(ringOf(keyOf('seal', 'k2', Buffer.alloc(32, 1))));
    expect(() => without.open(sealed, PLACE, ROW)).toThrow('not in the ring');
    const wrongPurpose = createSealer(ringOf(keyOf('otp', 'k1', Buffer.alloc(32, 1))));
    expect(() => wrongPurpose.open(sealed, PLACE, ROW)).toThrow('not in the ring');
  });

  test('says where it failed and never what was in it', () => {
    const sealed = sealer.seal(NUMBER, PLACE, ROW);
    expect(() => sealer.open(sealed, PLACE, 'x')).toThrow(PLACE);
    expect(() => sealer.open(sealed, PLACE, 'x')).not.toThrow(NUMBER);
  });

  test('opens after its key retired, while new ones are sealed under the active key', () => {
    const sealed = sealer.seal(NUMBER, PLACE, ROW);
    const rotated = createSealer(
      ringOf(keyOf('seal', 'k2', Buffer.alloc(32, 2)), keyOf('seal', 'k1', Buffer.alloc(32, 1), 'retired')),
    );
    expect(rotated.open(sealed, PLACE, ROW)).toBe(NUMBER);
    expect(rotated.seal(NUMBER, PLACE, ROW).toString('utf8', 2, 4)).toBe('k2');
  });

  test('any text comes back, sealed differently every time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (text, place, row) => {
        const sealed = sealer.seal(text, place, row);
        expect(sealer.open(sealed, place, row)).toBe(text);
        expect(sealed.equals(sealer.seal(text, place, row))).toBe(false);
      }),
    );
    expect(sealer.open(sealer.seal('𠮷田·买买提', PLACE, ROW), PLACE, ROW)).toBe('𠮷田·买买提');
  });

  test('has the documented layout', () => {
    const sealed = sealer.seal('abc', PLACE, ROW);
    expect([...sealed.subarray(0, 2)]).toEqual([1, 2]);
    expect(sealed).toHaveLength(2 + 2 + 12 + 3 + 16);
  });
});

describe('a blind index', () => {
  const index = createBlindIndex(ringOf(keyOf('index', 'i1', Buffer.alloc(32, 1))));

  test('equals the published vector for a resident identity number', () => {
    expect(index.digest('RIC\0CN', NUMBER).toString('hex')).toBe(
      'b08eff5336a144bcdab9edb4122b1a3c76ef9d4f939858375c15dc909103d074',
    );
  });

  test('differs between spaces and between keys', () => {
    const other = createBlindIndex(ringOf(keyOf('index', 'i2', Buffer.alloc(32, 2))));
    expect(index.digest('phone', 'x')).not.toEqual(index.digest('number', 'x'));
    expect(index.digest('phone', 'x')).not.toEqual(other.digest('phone', 'x'));
    expect(index.digest('phone', 'x')).toEqual(index.digest('phone', 'x'));
  });

  test('cannot be computed without the key', () => {
    const unkeyed = createHmac('sha256', '').update(`RIC\0CN\0${NUMBER}`).digest();
    expect(index.digest('RIC\0CN', NUMBER)).not.toEqual(unkeyed);
    expect(index.digest('phone', 'x')).toHaveLength(32);
  });
});

describe('wrapped key material', () => {
  const kek = Buffer.alloc(32, 3);
  const material = Buffer.from('key material');

  test('opens only under its key, id and purpose', () => {
    const wrapped = wrap(material, kek, 'id', 'seal');
    expect(unwrap(wrapped, kek, 'id', 'seal')).toEqual(material);
    expect(() => unwrap(wrapped, Buffer.alloc(32, 4), 'id', 'seal')).toThrow();
    expect(() => unwrap(wrapped, kek, 'id2', 'seal')).toThrow();
    expect(() => unwrap(wrapped, kek, 'id', 'otp')).toThrow();
    expect(() => unwrap(wrapped.subarray(0, 20), kek, 'id', 'seal')).toThrow('unknown way');
  });
});
