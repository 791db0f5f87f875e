import { address, checksum, concat, u8, u16, u32 } from './bytes.ts'
import type { Layer } from './layer.ts'

export interface IPv4 {
  src: string
  dst: string
  ttl?: number
  id?: number
  tos?: number
  dontFragment?: boolean
  /** Multiple of four bytes. */
  options?: Uint8Array
  /** Overrides what the next layer says. */
  protocol?: number
  /** Lies about the total length. */
  totalLength?: number
}

/** IPv4 (RFC 791) with a correct header checksum. */
export function ipv4(fields: IPv4): Layer {
  const { ttl = 64, id = 0, tos = 0, dontFragment = true, options = new Uint8Array(0) } = fields
  const ends = { src: address(fields.src), dst: address(fields.dst) }
  return {
    etherType: 0x0800,
    protocol: 4,
    ends,
    encode(payload, next) {
      const words = 5 + options.length / 4
      const header = concat(
        u8(0x40 | words, tos),
        u16(fields.totalLength ?? words * 4 + payload.length, id, dontFragment ? 0x4000 : 0),
        u8(ttl, fields.protocol ?? next?.protocol ?? 255),
        u16(0),
        ends.src,
        ends.dst,
        options,
      )
      header.set(u16(checksum(header)), 10)
      return concat(header, payload)
    },
  }
}

export interface IPv6 {
  src: string
  dst: string
  hopLimit?: number
  trafficClass?: number
  flowLabel?: number
  nextHeader?: number
}

/** IPv6 (RFC 8200). */
export function ipv6({ src, dst, hopLimit = 64, trafficClass = 0, flowLabel = 0, nextHeader }: IPv6): Layer {
  const ends = { src: address(src), dst: address(dst) }
  return {
    etherType: 0x86dd,
    protocol: 41,
    ends,
    encode: (payload, next) =>
      concat(
        u32(((6 << 28) | (trafficClass << 20) | flowLabel) >>> 0),
        u16(payload.length),
        u8(nextHeader ?? next?.protocol ?? 59, hopLimit),
        ends.src,
        ends.dst,
        payload,
      ),
  }
}

/** Hop-by-hop (0) or destination (60) options of PadN, or a routing header (43) with no segments left, in eight-byte units. */
export function extension(protocol: 0 | 43 | 60, units = 1): Layer {
  const padding = new Uint8Array(units * 8 - 2)
  if (protocol === 43) padding.set([253, 0])
  else padding.set([1, padding.length - 2])
  return {
    protocol,
    encode: (payload, next) => concat(u8(next?.protocol ?? 59, units - 1), padding, payload),
  }
}

const HEADER = 14

/** Splits an Ethernet frame of plain IPv4 or IPv6 into fragments of at most `size` bytes of IP payload (a multiple of 8). */
export function fragments(frame: Uint8Array, size: number, id = 0x1234): Uint8Array[] {
  const link = frame.subarray(0, HEADER)
  const version = frame[HEADER]! >> 4
  const length = version === 4 ? (frame[HEADER]! & 15) * 4 : 40
  const header = frame.subarray(HEADER, HEADER + length)
  const payload = frame.subarray(HEADER + length)
  const pieces: Uint8Array[] = []
  for (let offset = 0; offset < payload.length; offset += size) {
    const piece = payload.subarray(offset, offset + size)
    const more = offset + size < payload.length
    pieces.push(
      concat(link, version === 4 ? piece4(header, piece, offset, more, id) : piece6(header, piece, offset, more, id)),
    )
  }
  return pieces
}

function piece4(header: Uint8Array, piece: Uint8Array, offset: number, more: boolean, id: number): Uint8Array {
  const own = Uint8Array.from(header)
  own.set(u16(header.length + piece.length, id, (more ? 0x2000 : 0) | (offset >> 3)), 2)
  own.set([0, 0], 10)
  own.set(u16(checksum(own)), 10)
  return concat(own, piece)
}

function piece6(header: Uint8Array, piece: Uint8Array, offset: number, more: boolean, id: number): Uint8Array {
  const own = Uint8Array.from(header)
  own.set(u16(piece.length + 8), 4)
  own[6] = 44
  return concat(own, u8(header[6]!, 0), u16(offset | (more ? 1 : 0)), u32(id), piece)
}
