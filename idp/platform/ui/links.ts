// Addresses inside our own origin.

/**
 * The path and query of a page with one member of the query set and all others kept: `/signin/x?way=code` becomes
 * `/signin/x?way=code&lang=en`. Takes any request target: `//host/…` and `http://host/…` lose the host, because the
 * same text in a link would lead there. Never throws.
 */
export function withMember(currentUrl: string, name: string, value: string): string {
  const target = currentUrl.replace(/^[a-z][\w+.-]*:\/\/[^/?#]*/i, '');
  const url = new URL(ownPath(target), 'http://own.invalid');
  url.searchParams.set(name, value);
  // Again, because dot segments are gone only now: `/.//host` has become `//host`.
  return `${ownPath(url.pathname)}${url.search}`;
}

const ownPath = (target: string): string => `/${target.replace(/^[\s/\\]+/, '')}`;
