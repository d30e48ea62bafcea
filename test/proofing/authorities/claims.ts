// What a persona would claim.
import type { DocumentNumber, Phone } from '../../../idp/citizens/citizens.ts';
import type { Claimed } from '../../../idp/proofing/proofing.ts';
import { PERSONAS } from '../../../idp/sandbox/sandbox.ts';

export function claimOf(id: string, changes: { name?: string; phone?: string } = {}): Claimed {
  const persona = PERSONAS.find((known) => known.id === id);
  if (!persona) throw new Error(`no persona ${id}`);
  return {
    name: changes.name ?? persona.name,
    number: persona.id_number as DocumentNumber,
    phone: `+86${changes.phone ?? persona.phone}` as Phone,
  };
}
