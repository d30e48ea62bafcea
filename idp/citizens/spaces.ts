// The spaces of the blind index: what may belong to one account only.
import type { DocumentKind } from './citizens.ts';

export const PHONE_SPACE = 'phone';
/** The national network identity's pseudonym of a human being (网号). */
export const PSEUDONYM_SPACE = 'pseudonym';
export const documentSpace = (kind: DocumentKind): string => `document.${kind}`;
