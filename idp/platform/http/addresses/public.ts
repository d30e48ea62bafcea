// Which IP addresses lie in the public internet (IANA special-purpose registries, RFC 6890). Pure.
import { BlockList, isIPv4 } from 'node:net';
import { dotted, ipv6Groups } from './caller.ts';

const V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private, RFC 1918
  ['100.64.0.0', 10], // carrier-grade NAT, RFC 6598
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, where clouds keep instance credentials
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

const blocked = new BlockList();
for (const [net, prefix] of V4) blocked.addSubnet(net, prefix, 'ipv4');

function isPublicV6(groups: readonly number[]): boolean {
  const [first = 0, second = 0, third = 0] = groups;
  // Only 2000::/3 is global unicast. That leaves out ::, ::1, ::ffff:0:0/96, 64:ff9b::/96, fc00::/7, fe80::/10, ff00::/8.
  if (first >> 13 !== 1) return false;
  if (first === 0x2002) return false; // 6to4 wraps any IPv4 address
  if (first === 0x2001 && second < 0x0200) return false; // Teredo, ORCHID, benchmarks: 2001::/23
  if (first === 0x2001 && second === 0x0db8) return false; // documentation
  if (first === 0x3fff && second < 0x1000) return false; // documentation, RFC 9637
  return !(first === 0x2620 && second === 0x004f && third === 0x8000); // AS112
}

/** True when the address, IPv4 or IPv6 in text, is one that anybody on the internet can hold. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !blocked.check(address, 'ipv4');
  const groups = ipv6Groups(address);
  if (!groups) return false;
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  // `::ffff:8.8.8.8` has no business in a service's metadata, but the lookup of a v4-only host may produce it.
  if (mapped) return isPublicAddress(dotted(groups[6] ?? 0, groups[7] ?? 0));
  return isPublicV6(groups);
}
