import { address, concat, mac, u8, u16, u32, zeros } from './bytes.ts'
import type { Layer } from './layer.ts'

const BROADCAST = 'ff:ff:ff:ff:ff:ff'

export interface Ethernet {
  src?: string
  dst?: string
  /** Overrides what the next layer says; below 1536 it is an 802.3 length. */
  type?: number
}

/** Ethernet II, without padding and frame check sequence. */
export function ethernet({ src = '02:00:00:00:00:01', dst = '02:00:00:00:00:02', type }: Ethernet = {}): Layer {
  return {
    encode: (payload, next) => concat(mac(dst), mac(src), u16(type ?? next?.etherType ?? 0xffff), payload),
  }
}

/** 802.1Q tag, or 802.1ad with `service`. */
export function vlan({
  id,
  priority = 0,
  service = false,
}: {
  id: number
  priority?: number
  service?: boolean
}): Layer {
  return {
    etherType: service ? 0x88a8 : 0x8100,
    encode: (payload, next) => concat(u16((priority << 13) | id, next?.etherType ?? 0xffff), payload),
  }
}

/** Linux cooked capture v1 (LINKTYPE_LINUX_SLL, 113). */
export function linuxCooked({ src = '02:00:00:00:00:01', type = 0 } = {}): Layer {
  return {
    encode: (payload, next) => concat(u16(type, 1, 6), mac(src), zeros(2), u16(next?.etherType ?? 0), payload),
  }
}

/** Linux cooked capture v2 (LINKTYPE_LINUX_SLL2, 276). */
export function linuxCooked2({ src = '02:00:00:00:00:01', type = 0 } = {}): Layer {
  return {
    encode: (payload, next) =>
      concat(u16(next?.etherType ?? 0, 0), u32(1), u16(1), u8(type, 6), mac(src), zeros(2), payload),
  }
}

/** BSD loopback (LINKTYPE_NULL, 0): the address family in the byte order of the machine. */
export function loopback({ family = 2, big = false } = {}): Layer {
  return { encode: (payload) => concat(big ? u32(family) : u32(family).reverse(), payload) }
}

export interface Arp {
  operation: 'request' | 'reply'
  senderMac: string
  sender: string
  targetMac?: string
  target: string
}

/** ARP for IPv4 over Ethernet (RFC 826). */
export function arp({ operation, senderMac, sender, targetMac = '00:00:00:00:00:00', target }: Arp): Layer {
  const body = concat(mac(senderMac), address(sender), mac(targetMac), address(target))
  return {
    etherType: 0x0806,
    encode: (payload) => concat(u16(1, 0x0800), u8(6, 4), u16(operation === 'request' ? 1 : 2), body, payload),
  }
}

export { BROADCAST }
