import type { Layer } from './layer.ts'
import { ethernet, vlan } from './link.ts'
import { ipv4, ipv6 } from './network.ts'

/** When crafted conversations begin unless told otherwise, epoch seconds. */
export const START = 1_700_000_000

/** One end of a conversation; the MAC follows from the address unless given. */
export interface Host {
  address: string
  mac?: string
  ttl?: number
  vlan?: number
}

/** The MAC a host of that address has in crafted captures. */
export function macOf(host: Host): string {
  if (host.mac !== undefined) return host.mac
  const parts = host.address.includes(':')
    ? [0x60, ...tail6(host.address)]
    : [0x40, ...host.address.split('.').map(Number)]
  return [2, ...parts].map((part) => part.toString(16).padStart(2, '0')).join(':')
}

function tail6(text: string): number[] {
  const groups = text
    .split(':')
    .slice(-2)
    .map((group) => Number.parseInt(group || '0', 16))
  return groups.flatMap((group) => [group >> 8, group & 255])
}

/** Everything below the transport layer, from one host to the other. */
export function between(from: Host, to: Host): Layer[] {
  const link = [
    ethernet({ src: macOf(from), dst: macOf(to) }),
    ...(from.vlan === undefined ? [] : [vlan({ id: from.vlan })]),
  ]
  const ttl = from.ttl ?? 64
  if (from.address.includes(':')) return [...link, ipv6({ src: from.address, dst: to.address, hopLimit: ttl })]
  return [...link, ipv4({ src: from.address, dst: to.address, ttl })]
}
