// The ways a citizen can choose between: each is led by one authority, with others asked beside it. Pure.
import type { Ial } from '../assurance/assurance.ts';
import type { DocumentKind } from '../citizens/citizens.ts';
import type { Authority } from './authority.ts';

export interface Way {
  readonly lead: Authority;
  readonly beside: readonly Authority[];
}

const covers = (authority: Authority, kind: DocumentKind | undefined): boolean =>
  authority.covers.length === 0 || (kind !== undefined && authority.covers.includes(kind));

/** The way that this authority leads, for this kind of document; undefined when it does not cover it. */
export function wayOf(
  authorities: readonly Authority[],
  id: string,
  kind: DocumentKind | undefined,
): Way | undefined {
  const lead = authorities.find((authority) => authority.id === id && authority.leads);
  if (!lead || !covers(lead, kind)) return undefined;
  const beside = authorities.filter(
    (authority) =>
      lead.beside.includes(authority.id) && kind !== undefined && authority.covers.includes(kind),
  );
  return { lead, beside };
}

/** All ways that reach `wanted` with this kind of document, in the order in which the authorities are listed. */
export function waysFor(authorities: readonly Authority[], kind: DocumentKind, wanted: Ial): readonly Way[] {
  return authorities
    .filter(({ reaches }) => reaches >= wanted)
    .map(({ id }) => wayOf(authorities, id, kind))
    .filter((way) => way !== undefined);
}

/** The level that every authority together can give. */
export const ceilingOf = (authorities: readonly Authority[]): Ial =>
  authorities
    .filter(({ leads }) => leads)
    .reduce<Ial>((top, { reaches }) => (reaches > top ? reaches : top), 0);

/** True when the citizen types name and number; an officer reads them, and network identity needs none. */
export const wayTakes = ({ lead }: Way): boolean => lead.covers.length > 0 && lead.collect.by !== 'ticket';
