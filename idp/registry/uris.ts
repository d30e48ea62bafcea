// Which addresses a service may register. Pure.

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * What is wrong with an address that we send browsers or requests to, with the fix; undefined when it is right.
 * RFC 9700 2.1 and 4.1: exact addresses only, so nothing that a comparison could read in two ways.
 */
export function faultOfUri(text: string, allowLoopback: boolean): string | undefined {
  if (text.length > 2_000) return 'must be at most 2,000 characters; shorten it';
  if (text.includes('*')) return 'must be exact, without a wildcard; list every address';
  if (text.includes('#')) return 'must not have a fragment; remove "#" and what follows';
  // What is invisible or outside ASCII looks the same to people and differs to machines.
  if (!/^[!-~]+$/.test(text))
    return 'must be ASCII without spaces; write a host in its xn-- form and encode the rest';
  if (text.includes('\\')) return 'must not have a backslash; write "/"';
  if (!URL.canParse(text) || !/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return 'must be absolute; begin with https:// and a host';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    return 'must not carry a user name; remove what stands before "@"';
  const fault = faultOfHost(url, allowLoopback);
  if (fault !== undefined) return fault;
  // `https://@host`, `https://HOST`, `https:///host`: browsers repair them, comparisons of texts do not.
  return text.startsWith(`${url.protocol}//${url.host}`)
    ? undefined
    : `must begin as browsers read it; write ${url.protocol}//${url.host}`;
}

function faultOfHost({ protocol, hostname }: URL, allowLoopback: boolean): string | undefined {
  const loopback = LOOPBACK.has(hostname);
  if (loopback && !allowLoopback)
    return 'must not be on this machine; use the public https address (loopback is for development)';
  if (!loopback && (hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(hostname)))
    return 'must name a host, not an IP address; use its domain name';
  if (protocol === 'https:' || (protocol === 'http:' && loopback)) return undefined;
  return 'must use https; plain http is only for localhost, 127.0.0.1 and [::1] in development';
}
