// Is the holder of this document the human being whom the account belongs to? Pure. Numbers are re-issued, names change,
// foreigners get new cards; an account and its subject at every service outlive all of that.
import type { DocumentKind } from '../citizens/citizens.ts';
import { foldName } from './documents/name.ts';

/** A document as far as continuity looks at it. */
export interface Identified {
  readonly kind: DocumentKind;
  readonly number: string;
  readonly name: string;
  readonly birthdate: string | undefined;
  readonly gender: 'male' | 'female' | undefined;
}

/**
 *   first           the account holds nothing yet
 *   same            it holds this very number (a changed name is the authority's to confirm)
 *   adds            another kind of document, or a renewed passport or permit, of the same person
 *   renumbered      another number where a number is for life: corrected by the police, a human confirms it
 *   another_person  nothing says that it is the same person
 *   unlinked        a pseudonym beside a document, or the other way round: nothing that could be compared
 */
export type Continuity = 'first' | 'same' | 'adds' | 'renumbered' | 'another_person' | 'unlinked';

/** Their numbers change with every renewal. */
const RENEWED: ReadonlySet<DocumentKind> = new Set(['PASSPORT', 'HM_PERMIT', 'TW_PERMIT']);

/** Name on a folded key, birth date equal, gender not contradicted: needed and, beside an authority's match, enough. */
function samePerson(one: Identified, other: Identified): boolean {
  const born = one.birthdate !== undefined && one.birthdate === other.birthdate;
  const contradicted = one.gender !== undefined && other.gender !== undefined && one.gender !== other.gender;
  return born && !contradicted && foldName(one.name) === foldName(other.name);
}

export function continuity(held: readonly Identified[], claimed: Identified): Continuity {
  if (held.length === 0) return 'first';
  if (held.some(({ kind, number }) => kind === claimed.kind && number === claimed.number)) return 'same';
  const same = held.filter((document) => samePerson(document, claimed));
  if (same.length === 0) return 'another_person';
  const replaced = held.some(({ kind }) => kind === claimed.kind) && !RENEWED.has(claimed.kind);
  return replaced ? 'renumbered' : 'adds';
}

/** What an account holds, and what is presented: documents by what stands on them, network identity by its pseudonym. */
export interface Presented {
  readonly document: Identified | undefined;
  readonly pseudonym: string | undefined;
}

/** A pseudonym tells nothing of its person: it continues an account only when the account holds that very one. */
export function continues(
  held: { readonly documents: readonly Identified[]; readonly pseudonym: string | undefined },
  { document, pseudonym }: Presented,
): Continuity {
  if (pseudonym !== undefined && pseudonym === held.pseudonym) return 'same';
  const holdsNothing = held.documents.length === 0 && held.pseudonym === undefined;
  if (document === undefined) return holdsNothing || pseudonym === undefined ? 'first' : 'unlinked';
  if (held.documents.length === 0) return holdsNothing ? 'first' : 'unlinked';
  return continuity(held.documents, document);
}
