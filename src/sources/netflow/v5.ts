import type { HalfFlow } from '../collect/half-flow.ts'
import { u16, u32, word } from '../collect/octets.ts'

const HEADER = 24
const RECORD = 48
const ICMP = 1
const V4_MAPPED = 0xffff
/** Sampling mode and interval share a field. */
const INTERVAL_MASK = 0x3fff

/** What the header of a NetFlow v5 datagram says. */
export interface HeaderV5 {
  /** Records it says it has, and those that are there. */
  count: number
  there: number
  uptime: number
  /** Epoch seconds. */
  exported: number
  sequence: number
  /** Engine type and id. */
  engine: number
  /** Packets each counted one stands for. */
  rate: number
}

/** Reads the header; null when it is cut off. */
export function readHeaderV5(bytes: Uint8Array): HeaderV5 | null {
  if (bytes.length < HEADER) return null
  const count = u16(bytes, 2)
  return {
    count,
    there: Math.min(count, Math.floor((bytes.length - HEADER) / RECORD)),
    uptime: u32(bytes, 4),
    exported: u32(bytes, 8) + u32(bytes, 12) / 1e9,
    sequence: u32(bytes, 16),
    engine: u16(bytes, 20),
    rate: Math.max(1, u16(bytes, 22) & INTERVAL_MASK),
  }
}

/** Fills `half` from record `index`, its clock being `shift` seconds behind. */
export function readRecordV5(bytes: Uint8Array, index: number, header: HeaderV5, shift: number, half: HalfFlow): void {
  const at = HEADER + index * RECORD
  half.clear()
  half.address.set([0, 0, V4_MAPPED, word(bytes, at), 0, 0, V4_MAPPED, word(bytes, at + 4)])
  half.packets = u32(bytes, at + 16)
  half.bytes = u32(bytes, at + 20)
  const first = header.exported - ((header.uptime - u32(bytes, at + 24)) | 0) / 1e3
  const last = header.exported - ((header.uptime - u32(bytes, at + 28)) | 0) / 1e3
  half.last = Math.max(0, last + shift)
  half.first = first <= last ? Math.max(0, first + shift) : half.last
  half.srcPort = u16(bytes, at + 32)
  half.dstPort = u16(bytes, at + 34)
  half.flags = bytes[at + 37]!
  half.protocol = bytes[at + 38]!
  half.rate = header.rate
  if (half.protocol !== ICMP) return
  half.srcPort = half.dstPort >>> 8
  half.dstPort &= 0xff
}
