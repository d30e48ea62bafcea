// Which host names a unit can claim, and what a claim covers. Pure.
import { domainToASCII } from 'node:url';

export type HostFault = 'empty' | 'address' | 'characters' | 'number' | 'short' | 'suffix' | 'inner';

/** Rule and fix of each refusal, for the API and the command line; the page says it in both languages. */
export const HOST_RULES: Readonly<Record<HostFault, string>> = {
  empty: 'must be a host name; write one such as gjj.example.gov.cn',
  address: 'must be the host name alone; leave out https://, path, port and user name',
  characters:
    'must be labels of letters, digits and hyphens, at most 63 each and 253 in all; check the spelling',
  number: 'must be a name, not an IP address; use the domain name',
  short: 'must have at least two labels; write the whole name',
  suffix: 'is a suffix under which anybody registers; write the name below it that is yours',
  inner: 'is a name of private networks; use one that everybody can reach',
};

/**
 * Suffixes of China, Hong Kong, Macao and Taiwan under which strangers register: who could show one of them would hold
 * the names of all others. From the rules of CNNIC (中国互联网域名体系, second-level names by kind and by province) and the
 * ICANN part of the Public Suffix List. Names of one organisation's own (zj.gov.cn) are no suffixes.
 */
const KINDS = ['ac', 'com', 'edu', 'gov', 'mil', 'net', 'org'];
const PROVINCES =
  'ah bj cq fj gd gs gz gx ha hb he hi hk hl hn jl js jx ln mo nm nx qh sc sd sh sn sx tj tw xj xz yn zj';
const SUFFIXES: ReadonlySet<string> = new Set([
  ...[...KINDS, ...PROVINCES.split(' ')].map((label) => `${label}.cn`),
  ...['公司', '网络', '網絡'].map((label) => `${domainToASCII(label)}.cn`),
  ...['com', 'edu', 'gov', 'idv', 'net', 'org'].flatMap((label) => [`${label}.hk`, `${label}.tw`]),
  ...['com', 'edu', 'gov', 'net', 'org'].map((label) => `${label}.mo`),
]);

/** RFC 6761, RFC 6762, RFC 8375, RFC 9476 and ICANN's .internal: no name of these is anybody's in public. */
const INNER = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|invalid|test|onion|alt|arpa)$/;

export type ReadHost =
  { readonly is: 'host'; readonly host: string } | { readonly is: 'fault'; readonly fault: HostFault };

/** `text`: as somebody typed it; a Chinese name becomes its xn-- form (RFC 5891). */
export function readHost(text: string): ReadHost {
  const typed = text.trim().replace(/\.$/, '');
  if (typed === '') return { is: 'fault', fault: 'empty' };
  if (/[/:@?#\\]/.test(typed)) return { is: 'fault', fault: 'address' };
  const host = domainToASCII(typed);
  const fault = faultOf(typed, host);
  return fault === undefined ? { is: 'host', host } : { is: 'fault', fault };
}

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

function faultOf(typed: string, host: string): HostFault | undefined {
  // The URL standard reads 127.1, 0x7f.1 and 2130706433 as addresses, and domainToASCII writes them out.
  if (/^\d+(\.\d+){3}$/.test(host) || /(^|\.)(0x[0-9a-f]*|\d+)$/i.test(typed)) return 'number';
  const labels = host.split('.');
  if (host.length > 253 || !labels.every((label) => LABEL.test(label))) return 'characters';
  if (INNER.test(host)) return 'inner';
  if (labels.length < 2) return 'short';
  return SUFFIXES.has(host) ? 'suffix' : undefined;
}

/**
 * True when one of the domains allows that host. `gjj.example.gov.cn` covers itself and what lies below;
 * `=www.example.gov.cn` itself alone: a file on a web server says nothing about the zone (CA/Browser Forum Baseline
 * Requirements 3.2.2.4.18).
 */
export function covers(domains: readonly string[], host: string): boolean {
  return domains.some((domain) =>
    domain.startsWith('=') ? host === domain.slice(1) : host === domain || host.endsWith(`.${domain}`),
  );
}
