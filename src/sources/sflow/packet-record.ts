import type { FramePiece } from '../collect/export-format.ts'
import type { HalfFlow } from '../collect/half-flow.ts'
import { u32, word } from '../collect/octets.ts'
import type { PacketRecord } from './sflow.ts'

/** Records that describe the sampled packet; others tell of routes, users and the like. */
const RECORD = { header: 1, ipv4: 3, ipv6: 4 } as const
/** Link types by sFlow's header protocol. */
const LINKS: Readonly<Record<number, number>> = { 1: 1, 11: 101, 12: 101 }
const V4_MAPPED = 0xffff
const ICMP = 1
const ICMP6 = 58

/** The sampled packet of a record: its first bytes, or `half` filled with what is told of it; null when it has neither. */
export function readPacketRecord(type: number, record: PacketRecord, half: HalfFlow): FramePiece | 'flow' | null {
  if (type === RECORD.header) return headerOf(record)
  if (type !== RECORD.ipv4 && type !== RECORD.ipv6) return null
  return fillFromAddresses(record, type === RECORD.ipv4 ? 4 : 16, half) ? 'flow' : null
}

function headerOf({ bytes, from, to, time, rate }: PacketRecord): FramePiece | null {
  if (from + 16 > to) return null
  const link = LINKS[u32(bytes, from)]
  if (link === undefined) return null
  const captured = Math.min(u32(bytes, from + 12), to - from - 16)
  // What was stripped, such as the check sequence, is part of the length.
  const length = Math.max(captured, u32(bytes, from + 4) - u32(bytes, from + 8))
  return { bytes, at: from + 16, captured, length, link, time, rate }
}

function fillFromAddresses({ bytes, from, to, time, rate }: PacketRecord, size: number, half: HalfFlow): boolean {
  const after = from + 8 + 2 * size
  if (after + 12 > to) return false
  half.clear()
  half.sample = true
  half.rate = rate
  half.first = half.last = time
  half.packets = 1
  half.bytes = half.lengthMin = half.lengthMax = u32(bytes, from) & 0xffff
  half.protocol = u32(bytes, from + 4) & 0xff
  for (let end = 0; end < 2; end++) {
    const at = from + 8 + end * size
    for (let i = 0; i < 4; i++) half.address[4 * end + i] = size === 16 ? word(bytes, at + 4 * i) : mapped(bytes, at, i)
  }
  half.srcPort = u32(bytes, after) & 0xffff
  half.dstPort = u32(bytes, after + 4) & 0xffff
  half.flags = u32(bytes, after + 8) & 0xff
  if (half.protocol === ICMP || half.protocol === ICMP6) {
    half.srcPort = half.dstPort >>> 8
    half.dstPort &= 0xff
  }
  return true
}

function mapped(bytes: Uint8Array, at: number, index: number): number {
  if (index === 3) return word(bytes, at)
  return index === 2 ? V4_MAPPED : 0
}
