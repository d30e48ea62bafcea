// The arithmetic of tamper evidence: what is sealed, how, and the Merkle tree over it. Pure. A seal is an HMAC under a
// key that the database never sees in clear, so that even its superuser cannot make one.
import { createHash, timingSafeEqual } from 'node:crypto';
import { hmacSha256 } from '../platform/base/keyed.ts';
import type { Key, Keyring } from '../platform/crypto/keyring.ts';
import type { EventRow, Stamped } from './stamp.ts';

export interface Seal {
  readonly keyId: string;
  readonly mac: Buffer;
}

/** What the digest of a batch covers. */
export interface BatchHeader {
  readonly number: number;
  readonly count: number;
  readonly root: Buffer;
  /** Digest of the batch before; `NO_BATCH` for the first. */
  readonly previous: Buffer;
  /** UTC with microseconds. */
  readonly sealedAt: string;
}

export interface Seals {
  event(row: EventRow): Seal;
  /** False when the row was not written, as it stands, by a holder of the audit key. */
  eventHolds(row: Stamped): boolean;
  batch(digest: Buffer): Seal;
  batchHolds(digest: Buffer, seal: Seal): boolean;
}

/** `previous` of batch 1. */
export const NO_BATCH = Buffer.alloc(32);

/** JSON with sorted keys and no spaces, so that equal values have equal bytes (in the manner of RFC 8785). */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

const sealedText = (row: EventRow, keyId: string): string =>
  canonical([
    row.id,
    row.at,
    row.type,
    row.citizenId,
    row.clientId,
    row.actor,
    row.reference,
    row.data,
    keyId,
  ]);

/** The bytes that an event puts into the tree: its row and its seal. */
export function leafOf(row: Stamped): Buffer {
  return Buffer.from(canonical([sealedText(row, row.keyId), row.mac.toString('hex')]));
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** Merkle Tree Hash of RFC 6962 2.1, 32 bytes. Leaves and nodes have different prefixes, so neither passes for the other. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0]!);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
}

/** SHA-256 over the header: the link of the chain, and, of the last batch, the anchor to keep elsewhere. */
export function digestOf(header: BatchHeader): Buffer {
  return sha256(
    Buffer.from(
      canonical([
        header.number,
        header.count,
        header.root.toString('hex'),
        header.previous.toString('hex'),
        header.sealedAt,
      ]),
    ),
  );
}

/** Seals under the active `audit` key, checks under whichever key a seal names. */
export function createSeals(keyring: Keyring): Seals {
  // The label keeps an event's seal from passing as a batch's.
  const mac = (key: Key, label: string, bytes: string | Buffer): Buffer =>
    hmacSha256(key.material).update(`tongxing.audit.${label}\0`).update(bytes).digest();
  const holds = (label: string, bytes: string | Buffer, seal: Seal): boolean => {
    const key = keyring.byId('audit', seal.keyId);
    return key !== undefined && seal.mac.length === 32 && timingSafeEqual(mac(key, label, bytes), seal.mac);
  };
  return {
    event(row) {
      const key = keyring.active('audit');
      return { keyId: key.id, mac: mac(key, 'event', sealedText(row, key.id)) };
    },
    eventHolds: (row) => holds('event', sealedText(row, row.keyId), row),
    batch(digest) {
      const key = keyring.active('audit');
      return { keyId: key.id, mac: mac(key, 'batch', digest) };
    },
    batchHolds: (digest, seal) => holds('batch', digest, seal),
  };
}
