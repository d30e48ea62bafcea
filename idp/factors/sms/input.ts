// A code as people type it: full-width digits, spaces, a leading # as in the message. Pure.

export type TypedCode =
  { readonly is: 'code'; readonly code: string } | { readonly is: 'empty' } | { readonly is: 'malformed' };

export function parseCode(typed: string): TypedCode {
  const plain = typed
    .slice(0, 64)
    .normalize('NFKC')
    .replaceAll(/[\s\-#]/g, '');
  if (plain === '') return { is: 'empty' };
  return /^\d{6}$/.test(plain) ? { is: 'code', code: plain } : { is: 'malformed' };
}
