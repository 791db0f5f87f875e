import { concat, u8, u16, u32, zeros } from './bytes.ts'
import type { Layer } from './layer.ts'

const ETHERNET = 0x6558

/** GRE (RFC 2784, RFC 2890); what has no EtherType inside is taken for Ethernet. */
export function gre({ key, sequence, type }: { key?: number; sequence?: number; type?: number } = {}): Layer {
  const flags = (key === undefined ? 0 : 0x2000) | (sequence === undefined ? 0 : 0x1000)
  const options = [key, sequence].flatMap((option) => (option === undefined ? [] : [option]))
  return {
    protocol: 47,
    encode: (payload, next) => concat(u16(flags, type ?? next?.etherType ?? ETHERNET), u32(...options), payload),
  }
}

/** Enhanced GRE of PPTP (RFC 2637), with PPP inside. */
export function pptp(): Layer {
  return {
    protocol: 47,
    encode: (payload) => concat(u16(0x3081, 0x880b, payload.length, 7), u32(1, 2), payload),
  }
}

/** PPP (RFC 1661). */
export function ppp({ protocol = 0x21, compressed = false } = {}): Layer {
  return { encode: (payload) => concat(compressed ? u8(protocol) : u16(0xff03, protocol), payload) }
}

/** PPPoE session (RFC 2516), its PPP protocol included. */
export function pppoe({ protocol = 0x21, length }: { protocol?: number; length?: number } = {}): Layer {
  return {
    etherType: 0x8864,
    encode: (payload) => concat(u16(0x1100, 1, length ?? payload.length + 2, protocol), payload),
  }
}

/** One MPLS label (RFC 3032), the last of its stack unless more follow. */
export function mpls({ label = 16, bottom = true } = {}): Layer {
  return {
    etherType: 0x8847,
    encode: (payload) => concat(u32(((label << 12) | (bottom ? 0x100 : 0) | 64) >>> 0), payload),
  }
}

/** ERSPAN type I has no header, II eight bytes, III twelve and, with `subheader`, eight more. */
export function erspan({ type, subheader = false }: { type: 2 | 3; subheader?: boolean }): Layer {
  const header =
    type === 2 ? concat(u16(0x1000 | 5, 1), u32(0)) : concat(u16(0x2000 | 5, 1), u32(0), u16(0, Number(subheader)))
  return { encode: (payload) => concat(header, subheader ? zeros(8) : zeros(0), payload) }
}

/** VXLAN (RFC 7348), to be put behind `udp`. */
export function vxlan({ network = 42, flags = 8 } = {}): Layer {
  return { encode: (payload) => concat(u8(flags, 0, 0, 0), u32(network << 8), payload) }
}

/** Geneve (RFC 8926) with `words` of options. */
export function geneve({ network = 42, words = 0, type = ETHERNET } = {}): Layer {
  return { encode: (payload) => concat(u8(words, 0), u16(type), u32(network << 8), zeros(words * 4), payload) }
}

/** GTP-U user data (3GPP TS 29.281), with one extension header when wanted. */
export function gtpU({ extension = false } = {}): Layer {
  return {
    encode: (payload) =>
      extension
        ? concat(u8(0x34, 255), u16(payload.length + 8), u32(1), u16(0), u8(0, 0x85), u8(1, 0x10, 9, 0), payload)
        : concat(u8(0x30, 255), u16(payload.length), u32(1), payload),
  }
}
