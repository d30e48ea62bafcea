// Which addresses a service may register. Pure.
import { URI_RULES, type Rule } from './checks/rules.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * What is wrong with an address that we send browsers or requests to, with the fix; undefined when it is right.
 * RFC 9700 2.1 and 4.1: exact addresses only, so nothing that a comparison could read in two ways.
 */
export function faultOfUri(text: string, allowLoopback: boolean): Rule | undefined {
  if (text.length > 2_000) return URI_RULES.long;
  if (text.includes('*')) return URI_RULES.wildcard;
  if (text.includes('#')) return URI_RULES.fragment;
  // What is invisible or outside ASCII looks the same to people and differs to machines.
  if (!/^[!-~]+$/.test(text)) return URI_RULES.ascii;
  if (text.includes('\\')) return URI_RULES.backslash;
  if (!URL.canParse(text) || !/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return URI_RULES.absolute;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return URI_RULES.user;
  const fault = faultOfHost(url, allowLoopback);
  if (fault !== undefined) return fault;
  // `https://@host`, `https://HOST`, `https:///host`: browsers repair them, comparisons of texts do not.
  return text.startsWith(`${url.protocol}//${url.host}`)
    ? undefined
    : URI_RULES.browsers(`${url.protocol}//${url.host}`);
}

function faultOfHost({ protocol, hostname }: URL, allowLoopback: boolean): Rule | undefined {
  const loopback = LOOPBACK.has(hostname);
  if (loopback && !allowLoopback) return URI_RULES.loopback;
  if (!loopback && (hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(hostname))) return URI_RULES.address;
  if (protocol === 'https:' || (protocol === 'http:' && loopback)) return undefined;
  return URI_RULES.https;
}
