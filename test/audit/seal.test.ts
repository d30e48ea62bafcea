import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { canonical, createSeals, digestOf, merkleRoot, NO_BATCH } from '../../idp/audit/seal.ts';
import type { EventRow } from '../../idp/audit/stamp.ts';
import { fixedKeyring } from '../support/keyring.ts';
import { testClock } from '../support/clock.ts';

const sha256 = (hex: string): string => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');

const row: EventRow = {
  id: '0198a000-0000-7000-8000-000000000001',
  at: '2026-07-30T09:30:00.123000Z',
  type: 'citizen.registered',
  citizenId: null,
  clientId: null,
  actor: 'system',
  reference: null,
  data: { method: 'sms' },
};

describe('the Merkle tree', () => {
  test('of nothing is the hash of nothing', () => {
    expect(merkleRoot([]).toString('hex')).toBe(sha256(''));
  });

  test('prefixes leaves with 00 and nodes with 01 and splits at the largest power of two (RFC 6962 2.1)', () => {
    const [a, b, c] = ['61', '62', '63'].map((hex) => sha256(`00${hex}`));
    const expected = sha256(`01${sha256(`01${a}${b}`)}${c}`);
    expect(merkleRoot([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]).toString('hex')).toBe(expected);
  });

  test('has another root when any leaf is changed, dropped or swapped', () => {
    const leaves = fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(leaves, fc.nat(), (texts, seed) => {
        const bytes = texts.map((text) => Buffer.from(`leaf ${text}`));
        const root = merkleRoot(bytes).toString('hex');
        const place = seed % (bytes.length - 1);
        const swapped = bytes.with(place, bytes[place + 1]!).with(place + 1, bytes[place]!);
        expect(merkleRoot(bytes.with(place, Buffer.from('other'))).toString('hex')).not.toBe(root);
        expect(merkleRoot(bytes.toSpliced(place, 1)).toString('hex')).not.toBe(root);
        expect(merkleRoot(swapped).toString('hex')).not.toBe(root);
      }),
    );
  });
});

describe('canonical JSON', () => {
  test('does not depend on the order of members and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonical(turned)).toBe(canonical(value));
        expect(canonical(JSON.parse(canonical(value)))).toBe(canonical(value));
      }),
    );
  });
});

describe('a seal', () => {
  const seals = createSeals(fixedKeyring(testClock()));
  const stamped = { ...row, ...seals.event(row) };

  test('breaks when any column changes', () => {
    const edits: Partial<typeof stamped>[] = [
      { id: '0198a000-0000-7000-8000-000000000002' },
      { at: '2026-07-30T09:30:00.123001Z' },
      { type: 'citizen.seeded' },
      { citizenId: row.id },
      { clientId: 'portal' },
      { actor: 'operator:mallory' },
      { reference: '0000-0000' },
      { data: { method: 'face' } },
      { keyId: 'other' },
      { mac: Buffer.alloc(32) },
      { mac: Buffer.alloc(0) },
    ];
    for (const edit of edits) expect(seals.eventHolds({ ...stamped, ...edit })).toBe(false);
    expect(seals.eventHolds(stamped)).toBe(true);
  });

  test('of another key ring does not hold', () => {
    expect(createSeals(fixedKeyring(testClock())).eventHolds(stamped)).toBe(false);
  });

  test('of a batch covers its number, count, root, predecessor and instant', () => {
    const header = { number: 1, count: 1, root: Buffer.alloc(32, 1), previous: NO_BATCH, sealedAt: row.at };
    const digest = digestOf(header);
    expect(seals.batchHolds(digest, seals.batch(digest))).toBe(true);
    for (const edit of [
      { number: 2 },
      { count: 2 },
      { root: NO_BATCH },
      { previous: header.root },
      { sealedAt: '' },
    ])
      expect(digestOf({ ...header, ...edit }).equals(digest)).toBe(false);
  });
});
