// Where a citizen goes on, kept sealed: whoever has the address could go on in their place.
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { CaseRow } from '../store.ts';

export interface Handover {
  readonly reference: string;
  readonly address: string;
  readonly expiresAt: Date;
}

const PLACE = 'proofing.case.handed';

export function sealHandover(sealer: Sealer, id: string, handover: Handover): Buffer {
  const { reference, address, expiresAt } = handover;
  return sealer.seal(JSON.stringify({ reference, address, expiresAt: expiresAt.toISOString() }), PLACE, id);
}

export function openHandover(sealer: Sealer, { id, handedSealed }: CaseRow): Handover | undefined {
  if (!handedSealed) return undefined;
  const kept = JSON.parse(sealer.open(handedSealed, PLACE, id)) as Handover & { expiresAt: string };
  return { ...kept, expiresAt: new Date(kept.expiresAt) };
}
