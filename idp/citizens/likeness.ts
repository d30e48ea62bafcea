// What two documents of one human being have in common, folded: name and birth date. Pure.

export const LIKENESS_SPACE = 'likeness';

/** Name without spaces, dots and case, and birth date: shared by namesakes born on one day, so it proves nothing. */
export function likenessText(name: string, birthdate: string | undefined): string {
  const folded = name
    .normalize('NFC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  return `${folded} ${birthdate ?? ''}`;
}
