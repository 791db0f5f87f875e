import type { End, IPv6 } from './conversation.ts'

const LINK_LOCAL = 0xfe80_0000
/** Documentation addresses (RFC 3849) stand in for global ones. */
const GLOBAL = 0x2001_0db8
/** A site's addresses have this subnet; a home's have its number, from 0. */
const OUTSIDE = 0xffff_0000

/** The same device on its link (RFC 4291, 2.5.6), its address made of the MAC. */
export function linkLocal<E extends End>(end: E): E & { ipv6: IPv6 } {
  return { ...end, ipv6: [LINK_LOCAL, 0, ...interfaceId(end.mac)] }
}

/** The same device with the address its router's prefix gives it. */
export function global6<E extends End>(end: E, home: number): E & { ipv6: IPv6 } {
  return { ...end, ipv6: [GLOBAL, home << 8, ...interfaceId(end.mac)] }
}

/** The same site over IPv6. */
export function site6<E extends End>(site: E): E & { ipv6: IPv6 } {
  return { ...site, ipv6: [GLOBAL, OUTSIDE, 0, site.address] }
}

/** The group `ff02::group` on the link, and the MAC that goes with it (RFC 2464, 7). */
export function group6(group: number): End & { ipv6: IPv6 } {
  return { address: 0, ipv6: [0xff02_0000, 0, 0, group], mac: 0x3333_0000_0000 + group, ttl: 0 }
}

/** The group a neighbour is asked for in: ff02::1:ffxx:xxxx (RFC 4291, 2.7.1). */
export function solicited({ ipv6 }: { ipv6: IPv6 }): End & { ipv6: IPv6 } {
  const low = 0xff00_0000 + (ipv6[3] & 0xff_ffff)
  return { address: 0, ipv6: [0xff02_0000, 0, 1, low], mac: 0x3333_0000_0000 + low, ttl: 0 }
}

/** Modified EUI-64 (RFC 4291, appendix A). */
function interfaceId(mac: number): [number, number] {
  const high = Math.floor(mac / 0x100_0000)
  return [((high ^ 0x02_0000) << 8) | 0xff, 0xfe00_0000 | (mac % 0x100_0000)]
}
