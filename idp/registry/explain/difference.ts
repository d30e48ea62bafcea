// In what exactly an address differs from the one that is registered: the sentence that saves a developer an hour. Pure.
import type { Bilingual } from '../registry.ts';
import { both } from './messages.ts';

export interface Difference {
  /** The registered address that is most like it; undefined when none is registered. */
  readonly registered: string | undefined;
  readonly text: Bilingual;
}

interface Pieces {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** By text and not by URL: browsers' repairs are the very differences that are looked for. */
function piecesOf(address: string): Pieces {
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/is.exec(address) ?? [];
  const [, host = '', port = ''] = /^(.*?)(:\d*)?$/s.exec(authority) ?? [];
  return { scheme, host, port, path, query, fragment };
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Not an encoding at all: then it is no difference of encodings either.
  }
};

/** How much two addresses have in common; the registered one with the most is what was meant. */
function likeness(one: Pieces, other: Pieces): number {
  const same = (a: string, b: string): number => (a === b ? 2 : a.toLowerCase() === b.toLowerCase() ? 1 : 0);
  const weights: readonly (readonly [keyof Pieces, number])[] = [
    ['host', 8],
    ['path', 4],
    ['port', 2],
    ['scheme', 1],
    ['query', 1],
  ];
  return weights.reduce((sum, [piece, weight]) => sum + weight * same(one[piece], other[piece]), 0);
}

/**
 * `got`: an address that is not registered. The first difference that explains it; addresses are compared as texts
 * (RFC 3986 6.2.1, as RFC 9700 4.1.3 demands).
 */
export function differenceOf(got: string, registered: readonly string[]): Difference {
  const mine = piecesOf(got);
  const meant = piecesOf(decoded(got.trim()));
  const [nearest] = [...registered].sort(
    (a, b) => likeness(meant, piecesOf(b)) - likeness(meant, piecesOf(a)),
  );
  if (nearest === undefined) return { registered: undefined, text: both('nothing_registered') };
  return { registered: nearest, text: reasonOf(got, mine, nearest, piecesOf(nearest)) };
}

function reasonOf(got: string, mine: Pieces, nearest: string, theirs: Pieces): Bilingual {
  if (got.trim() === nearest) return both('space_around');
  if (mine.scheme === '' && decoded(got) === nearest) return both('encoded_twice');
  if (mine.scheme === '') return both('no_scheme');
  if (mine.scheme !== theirs.scheme)
    return both('scheme', { got: mine.scheme.slice(0, -3), registered: theirs.scheme.slice(0, -3) });
  if (mine.host !== theirs.host)
    return mine.host.toLowerCase() === theirs.host
      ? both('host_case', { registered: theirs.host })
      : both('host', { got: mine.host, registered: theirs.host });
  if (mine.port !== theirs.port) return portReason(mine.port, theirs.port);
  if (mine.path !== theirs.path) return pathReason(mine.path, theirs.path);
  if (mine.fragment !== theirs.fragment) return both('fragment');
  return theirs.query === ''
    ? both('query_more', { got: mine.query })
    : both('query', { registered: theirs.query, got: mine.query || '""' });
}

function portReason(got: string, registered: string): Bilingual {
  if (registered === '') return both('port_more', { got });
  return got === '' ? both('port_less', { registered }) : both('port', { got, registered });
}

function pathReason(got: string, registered: string): Bilingual {
  if (got === `${registered}/`) return both('slash_more');
  if (`${got}/` === registered) return both('slash_less');
  if (got.toLowerCase() === registered.toLowerCase()) return both('path_case', { got, registered });
  if (decoded(got) === decoded(registered)) return both('path_encoding', { got, registered });
  return both('path', { got: got || '/', registered: registered || '/' });
}

/** Where `got` stops and begins again to be like `registered`: `[from, to)` in `got`, for the page to mark. */
export function markOf(got: string, registered: string): readonly [number, number] {
  const most = Math.min(got.length, registered.length);
  let start = 0;
  while (start < most && got[start] === registered[start]) start += 1;
  let end = 0;
  while (end < most - start && got.at(-1 - end) === registered.at(-1 - end)) end += 1;
  return [start, got.length - end];
}

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d*)?(?=[/?#]|$)/;

/** RFC 8252 7.3: an app on a device listens at whatever port it got; nobody else may differ in anything. */
export function isRegistered(got: string, registered: readonly string[], native: boolean): boolean {
  if (registered.includes(got)) return true;
  const bare = (address: string): string => address.replace(LOOPBACK, 'http://$1');
  return (
    native && LOOPBACK.test(got) && registered.some((one) => LOOPBACK.test(one) && bare(one) === bare(got))
  );
}
