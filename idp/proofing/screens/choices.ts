// What a citizen can choose between: documents by the names on them, and the ways that reach what is wanted. Pure.
import type { Ial } from '../../assurance/assurance.ts';
import { DOCUMENT_KINDS, type DocumentKind } from '../../citizens/citizens.ts';
import type { Authority } from '../authority.ts';
import { waysFor, type Way } from '../ways.ts';

/** The two forms of the foreign permanent resident ID are one document to its holder: the number tells which. */
export type DocumentChoice = Exclude<DocumentKind, 'CN_FPR_2017'>;

export const choiceOf = (kind: DocumentKind): DocumentChoice =>
  kind === 'CN_FPR_2017' ? 'CN_FPR_2023' : kind;

export interface Offer {
  readonly document: DocumentChoice;
  /** Undefined when no way leads there with this document. */
  readonly way: Way | undefined;
  readonly documents: readonly DocumentChoice[];
  readonly ways: readonly Way[];
}

export function offered(
  authorities: readonly Authority[],
  wanted: Ial,
  chosen: { readonly document: DocumentChoice; readonly way: string | undefined },
  /** True: an account that a document proved; a way that tells no name cannot continue it. */
  named = false,
): Offer {
  const ways = waysFor(authorities, chosen.document, wanted).filter(
    ({ lead }) => !named || lead.covers.length > 0 || lead.collect.by === 'ticket',
  );
  const documents = DOCUMENT_KINDS.map(choiceOf)
    .filter((kind, index, all) => all.indexOf(kind) === index)
    .filter((kind) => waysFor(authorities, kind, wanted).length > 0);
  return {
    document: chosen.document,
    way: ways.find(({ lead }) => lead.id === chosen.way) ?? ways[0],
    documents,
    ways,
  };
}
