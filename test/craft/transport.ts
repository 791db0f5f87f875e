import { checksum, concat, u8, u16, u32 } from './bytes.ts'
import type { Ends, Layer } from './layer.ts'

/** TCP flag bits by their letters: `flags('SA')`. */
export function flags(letters: string): number {
  return [...letters].reduce((bits, letter) => bits | (1 << 'FSRPAUEC'.indexOf(letter)), 0)
}

export interface Tcp {
  srcPort: number
  dstPort: number
  seq?: number
  ack?: number
  /** Letters of FSRPAUEC. */
  flags?: string
  window?: number
  /** Multiple of four bytes. */
  options?: Uint8Array
}

/** TCP (RFC 9293) with a correct checksum. */
export function tcp(fields: Tcp): Layer {
  const { srcPort, dstPort, seq = 0, ack = 0, window = 64_240, options = new Uint8Array(0) } = fields
  return {
    protocol: 6,
    encode(payload, _next, ends) {
      const offset = (5 + options.length / 4) << 4
      const header = concat(
        u16(srcPort, dstPort),
        u32(seq >>> 0, ack >>> 0),
        u8(offset, flags(fields.flags ?? 'A')),
        u16(window, 0, 0),
      )
      return withChecksum(concat(header, options, payload), 16, 6, ends)
    },
  }
}

/** MSS, SACK permitted, timestamps, window scale: what a SYN of Linux carries. */
export function synOptions(mss = 1460, time = 1): Uint8Array {
  return concat(u8(2, 4), u16(mss), u8(4, 2, 8, 10), u32(time, 0), u8(1, 3, 3, 7))
}

export interface Udp {
  srcPort: number
  dstPort: number
  /** Lies about the length. */
  length?: number
  /** False: the sender did not compute one (IPv4 only). */
  checksum?: boolean
}

/** UDP (RFC 768) with a correct checksum. */
export function udp({ srcPort, dstPort, length, checksum: computed = true }: Udp): Layer {
  return {
    protocol: 17,
    encode(payload, _next, ends) {
      const datagram = concat(u16(srcPort, dstPort, length ?? payload.length + 8, 0), payload)
      return computed ? withChecksum(datagram, 6, 17, ends) : datagram
    },
  }
}

/** SCTP (RFC 9260): the common header alone, its checksum not computed. */
export function sctp({ srcPort, dstPort }: { srcPort: number; dstPort: number }): Layer {
  return { protocol: 132, encode: (payload) => concat(u16(srcPort, dstPort), u32(1, 0), payload) }
}

export interface Icmp {
  type: number
  code?: number
  /** The four bytes after the checksum: identifier and sequence number of an echo. */
  rest?: number
}

/** ICMP (RFC 792). */
export function icmp({ type, code = 0, rest = 0 }: Icmp): Layer {
  return {
    protocol: 1,
    encode(payload) {
      const message = concat(u8(type, code), u16(0), u32(rest), payload)
      message.set(u16(checksum(message)), 2)
      return message
    },
  }
}

/** ICMPv6 (RFC 4443). */
export function icmp6({ type, code = 0, rest = 0 }: Icmp): Layer {
  return {
    protocol: 58,
    encode: (payload, _next, ends) => withChecksum(concat(u8(type, code), u16(0), u32(rest), payload), 2, 58, ends),
  }
}

function withChecksum(message: Uint8Array, at: number, protocol: number, ends: Ends | undefined): Uint8Array {
  if (ends === undefined) return message
  const pseudo = concat(ends.src, ends.dst, u32(message.length, protocol))
  const sum = checksum(pseudo, message)
  message.set(u16(protocol === 17 && sum === 0 ? 0xffff : sum), at)
  return message
}
