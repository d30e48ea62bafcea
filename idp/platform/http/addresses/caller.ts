// Who calls: the socket's address, or the one that a trusted proxy vouches for.
import { isIPv6 } from 'node:net';

/** The eight groups of an IPv6 address, `::` filled in and a dotted tail turned into two groups. */
function groups(address: string): readonly number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const plain = dotted
    ? `${dotted[1] ?? ''}${((Number(dotted[2]) << 8) | Number(dotted[3])).toString(16)}:${((Number(dotted[4]) << 8) | Number(dotted[5])).toString(16)}`
    : address;
  const [left = '', right] = plain.split('::');
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const head = parse(left);
  const tail = right === undefined ? [] : parse(right);
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

/** One IPv6 address as eight numbers of 16 bits; a zone (`%eth0`) is dropped. Undefined when it is not IPv6. */
export function ipv6Groups(address: string): readonly number[] | undefined {
  const [bare = ''] = address.split('%');
  return isIPv6(bare) ? groups(bare) : undefined;
}

/** The dotted IPv4 address inside two groups. */
export function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** IPv4 as it is, `::ffff:` unwrapped, IPv6 cut to its /64: one household holds a whole /64 and would walk past limits. */
export function limitAddress(address: string): string {
  const parsed = ipv6Groups(address);
  if (!parsed) return address;
  const [high = 0, low = 0] = parsed.slice(6);
  if (parsed.slice(0, 5).every((group) => group === 0) && parsed[5] === 0xffff) return dotted(high, low);
  return `${parsed
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/**
 * The network of an address as `limitAddress` gives it: IPv4 by /24, IPv6 by /48. Who rents a network has all of its
 * addresses. What is neither is its own network.
 */
export function networkOf(address: string): string {
  const [bare = ''] = address.split('/');
  const parsed = ipv6Groups(bare);
  if (parsed)
    return `${parsed
      .slice(0, 3)
      .map((group) => group.toString(16))
      .join(':')}::/48`;
  const octets = address.split('.');
  return octets.length === 4 ? `${octets.slice(0, 3).join('.')}.0/24` : address;
}

const LOOKS_LIKE_ADDRESS = /^[\da-f:.]{2,45}$/i;

/**
 * The caller's address, given the socket's, the `X-Forwarded-For` text and how many proxies of ours stand before us.
 * Only the entries that our own proxies wrote count, from the right; everything further left is the caller's word.
 * A list shorter than `hops`, or an entry that is no address, falls back to the socket.
 */
export function callerAddress(socket: string, forwardedFor: string | undefined, hops: number): string {
  const entries = (forwardedFor ?? '').split(',').map((entry) => entry.trim());
  const vouched = hops > 0 ? entries.at(-hops) : undefined;
  return limitAddress(vouched !== undefined && LOOKS_LIKE_ADDRESS.test(vouched) ? vouched : socket);
}
