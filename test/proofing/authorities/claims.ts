// What a persona would claim.
import type { DocumentKind, DocumentNumber, Phone } from '../../../idp/citizens/citizens.ts';
import type { Claimed } from '../../../idp/proofing/proofing.ts';
import { PERSONAS } from '../../../idp/sandbox/sandbox.ts';

interface Changes {
  readonly name?: string;
  readonly phone?: string;
  readonly kind?: DocumentKind;
  readonly more?: Claimed['more'];
}

export function claimOf(id: string, changes: Changes = {}): Claimed {
  const persona = PERSONAS.find((known) => known.id === id);
  if (!persona) throw new Error(`no persona ${id}`);
  const number = persona.id_number as DocumentNumber;
  const name = changes.name ?? persona.name;
  return {
    document: { kind: changes.kind ?? persona.document, name, number, birthdate: undefined },
    phone: `+86${changes.phone ?? persona.phone}` as Phone,
    more: changes.more ?? {},
    reference: undefined,
  };
}

export const cardOf = (id: string): string => PERSONAS.find((persona) => persona.id === id)?.bank_card ?? '';

/** What a persona would claim of their own document, with their bank card at hand. */
export const withCard = (id: string, changes: Changes = {}): Claimed => {
  const kind = PERSONAS.find((persona) => persona.id === id)?.document ?? 'CN_RIC';
  return claimOf(id, { kind, more: { bank_card: cardOf(id) }, ...changes });
};
