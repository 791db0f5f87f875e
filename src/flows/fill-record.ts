import { PROTOCOL } from '../net/flow-record.ts'
import { queryOf } from '../net/icmp.ts'
import { serviceOf } from '../net/services.ts'
import type { ConnState, Direction, EndReason, FlowRecord } from '../types/flow.ts'
import type { FlowMemory } from './accumulate.ts'
import type { PacketClock } from './clock.ts'
import {
  ARP_KIND,
  BOTH_SEEN,
  COUNT,
  DOUBLE,
  DOUBLE_SHIFT,
  FORWARD,
  PROTOCOL_MASK,
  REVERSE,
  STATE,
  SUM,
  TTL_SHIFT,
  VLAN_MASK,
  VLAN_SHIFT,
  WORD,
  WORD_SHIFT,
} from './layout.ts'
import { connStateOf } from './tcp-state.ts'

/** Writes the flow in `slot` into the one record that is handed on. */
export function fillRecord(
  memory: FlowMemory,
  slot: number,
  clock: PacketClock,
  endReason: EndReason,
  record: FlowRecord,
): void {
  const { words, doubles } = memory
  const base = slot << WORD_SHIFT
  const kind = words[base + WORD.kind]!
  const state = words[base + WORD.state]!
  const protocol = kind & PROTOCOL_MASK
  record.frame = words[base + WORD.frame]!
  record.slice = state >>> 16
  record.protocol = protocol === ARP_KIND ? PROTOCOL.arp : protocol
  record.ttl = protocol === ARP_KIND ? 0 : (kind >>> TTL_SHIFT) & 0xff
  record.vlan = (kind >>> VLAN_SHIFT) & VLAN_MASK
  fillTimes(doubles, slot << DOUBLE_SHIFT, clock, record)
  fillEnds(words, base, record)
  fillDirection(memory, (slot << DOUBLE_SHIFT) + FORWARD, record.forward)
  fillDirection(memory, (slot << DOUBLE_SHIFT) + REVERSE, record.reverse)
  record.service = serviceName(record, state)
  record.connState = connState(protocol, state)
  record.endReason = endReason
}

/** When the captured clock was set back during the flow, it is dated by its end. */
function fillTimes(doubles: Float64Array, base: number, clock: PacketClock, record: FlowRecord): void {
  const first = doubles[base + DOUBLE.first]!
  const opened = doubles[base + DOUBLE.opened]!
  const last = Math.max(doubles[base + FORWARD + SUM.last]!, doubles[base + REVERSE + SUM.last]!)
  const end = clock.toEpoch(last)
  const begin = clock.toEpoch(first)
  const start = clock.toEpoch(opened)
  record.last = end
  record.first = begin <= end ? begin : end - (last - first)
  record.opened = start <= record.first ? start : end - (last - opened)
}

function fillEnds(words: Int32Array, base: number, record: FlowRecord): void {
  const state = words[base + WORD.state]!
  const swapped = (state & STATE.originatorIsLarger) !== 0
  for (let i = 0; i < 8; i++) record.address[i] = words[base + WORD.address + ((i + (swapped ? 4 : 0)) & 7)]!
  const ports = words[base + WORD.ports]!
  record.srcPort = swapped ? ports & 0xffff : ports >>> 16
  record.dstPort = swapped ? ports >>> 16 : ports & 0xffff
  if (record.protocol === PROTOCOL.icmp || record.protocol === PROTOCOL.icmp6) {
    record.srcPort = messageOf(record.protocol, (ports >>> 8) & 0xff, (state & STATE.openedByReply) !== 0)
    record.dstPort = ports & 0xff
  } else if (record.protocol === PROTOCOL.arp) record.srcPort = (words[base + WORD.kind]! >>> TTL_SHIFT) & 0xff
  const high = words[base + WORD.macHigh]!
  record.srcMac = (high >>> 16) * 0x1_0000_0000 + (words[base + WORD.srcMacLow]! >>> 0)
  record.dstMac = (high & 0xffff) * 0x1_0000_0000 + (words[base + WORD.dstMacLow]! >>> 0)
}

function fillDirection(memory: FlowMemory, sum: number, direction: Direction): void {
  const { words, doubles, ticksPerSecond } = memory
  const count = sum << 1
  const packets = words[count + COUNT.packets]! >>> 0
  const bytes = doubles[sum + SUM.bytes]!
  const lengths = words[count + COUNT.lengths]!
  direction.packets = packets
  direction.bytes = bytes
  direction.payload = bytes - (words[count + COUNT.overhead]! >>> 0)
  direction.lengthMin = lengths >>> 16
  direction.lengthMax = lengths & 0xffff
  direction.lengthMean = packets === 0 ? 0 : bytes / packets
  direction.lengthDeviation = deviation(packets, bytes, doubles[sum + SUM.lengthSquares]!)
  const gaps = packets > 1 ? packets - 1 : 0
  const gapSum = doubles[sum + SUM.gaps]!
  direction.gapMin = (words[count + COUNT.gapMin]! >>> 0) / ticksPerSecond
  direction.gapMax = (words[count + COUNT.gapMax]! >>> 0) / ticksPerSecond
  direction.gapMean = gaps === 0 ? 0 : gapSum / gaps / ticksPerSecond
  direction.gapDeviation = deviation(gaps, gapSum, doubles[sum + SUM.gapSquares]!) / ticksPerSecond
  direction.fin = words[count + COUNT.finUrg]! >>> 16
  direction.syn = words[count + COUNT.syn]! >>> 0
  direction.rst = words[count + COUNT.rst]! >>> 0
  direction.psh = words[count + COUNT.psh]! >>> 0
  direction.ack = words[count + COUNT.ack]! >>> 0
  direction.urg = words[count + COUNT.finUrg]! & 0xffff
  direction.ece = words[count + COUNT.eceCwr]! >>> 16
  direction.cwr = words[count + COUNT.eceCwr]! & 0xffff
}

/** Population standard deviation of `count` whole numbers from their sum and the sum of their squares. */
function deviation(count: number, sum: number, squares: number): number {
  if (count < 2) return 0
  const mean = sum / count
  const variance = squares / count - mean * mean
  return variance > 0 ? Math.sqrt(variance) : 0
}

/** The ICMP type the first packet had: the key only knows the query. */
function messageOf(protocol: number, type: number, reply: boolean): number {
  if (!reply) return type
  if (protocol === PROTOCOL.icmp6) return type + 1
  return type === queryOf(protocol, 0) ? 0 : type + 1
}

/** By the responder's port; by the originator's when the flow may have been joined midway, the wrong way round. */
function serviceName(record: FlowRecord, state: number): string {
  const service = serviceOf(record.protocol, record.dstPort)
  if (service !== '' || (state & STATE.openedBySyn) !== 0) return service
  return serviceOf(record.protocol, record.srcPort)
}

function connState(protocol: number, state: number): ConnState {
  if (protocol !== PROTOCOL.tcp) return (state & BOTH_SEEN) === BOTH_SEEN ? 'SF' : 'S0'
  const gaveUp = (state & STATE.openedBySyn) !== 0 && (state & STATE.spoiled) === 0
  return connStateOf(state & STATE.tcp, gaveUp, (state & STATE.payloadSeen) !== 0)
}
