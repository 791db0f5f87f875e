import { PROTOCOL } from '../net/flow-record.ts'
import { FRAGMENT, TCP_FLAG } from '../net/packet-batch.ts'
import type { PacketBatch } from '../types/packet.ts'
import type { FlowMemory } from './accumulate.ts'
import { queryOf } from './keys.ts'
import {
  DOUBLE,
  DOUBLE_SHIFT,
  FORWARD,
  PROTOCOL_MASK,
  REVERSE,
  STATE,
  SUM,
  TTL_SHIFT,
  VLAN_SHIFT,
  WORD,
  WORD_SHIFT,
} from './layout.ts'

const HANDSHAKE = TCP_FLAG.syn | TCP_FLAG.ack | TCP_FLAG.fin | TCP_FLAG.rst
const SLICE_MAX = 0xffff
const HIGH_WORD = 0x1_0000_0000

/**
 * Starts the flow of row `row` in `slot`, whose key is there already. Its sender is the originator, unless the row is a
 * SYN-ACK: then the SYN was missed, and the other end is.
 */
export function beginFlow(
  memory: FlowMemory,
  slot: number,
  batch: PacketBatch,
  row: number,
  swapped: boolean,
  times: Float64Array,
): void {
  const { words, doubles } = memory
  const base = slot << WORD_SHIFT
  const answer = isTcp(batch, row) && (batch.flags[row]! & HANDSHAKE) === (TCP_FLAG.syn | TCP_FLAG.ack)
  words[base + WORD.state] = (swapped !== answer ? STATE.originatorIsLarger : 0) | openingOf(batch, row)
  const protocol = words[base + WORD.kind]! & PROTOCOL_MASK
  const ttl = batch.protocol[row] === PROTOCOL.arp ? batch.srcPort[row]! & 0xff : batch.ttl[row]!
  words[base + WORD.kind] = protocol | (ttl << TTL_SHIFT) | (batch.vlan[row]! << VLAN_SHIFT)
  const source = answer ? batch.dstMac[row]! : batch.srcMac[row]!
  const destination = answer ? batch.srcMac[row]! : batch.dstMac[row]!
  words[base + WORD.macHigh] = (Math.floor(source / HIGH_WORD) << 16) | Math.floor(destination / HIGH_WORD)
  words[base + WORD.srcMacLow] = source | 0
  words[base + WORD.dstMacLow] = destination | 0
  doubles[(slot << DOUBLE_SHIFT) + DOUBLE.opened] = times[row]!
  beginCounters(memory, slot, batch, row, times)
}

/** Starts the next slice of a flow that goes on: the same ends, opened when it was. */
export function beginSlice(
  memory: FlowMemory,
  slot: number,
  batch: PacketBatch,
  row: number,
  times: Float64Array,
): void {
  const state = memory.words[(slot << WORD_SHIFT) + WORD.state]!
  const slice = Math.min((state >>> 16) + 1, SLICE_MAX)
  memory.words[(slot << WORD_SHIFT) + WORD.state] = (slice << 16) | (state & 0xffff)
  beginCounters(memory, slot, batch, row, times)
}

function beginCounters(memory: FlowMemory, slot: number, batch: PacketBatch, row: number, times: Float64Array): void {
  const { words, doubles } = memory
  const base = slot << WORD_SHIFT
  for (let i = FORWARD * 2; i < WORD.macHigh; i++) words[base + i] = 0
  words[base + WORD.frame] = batch.frame[row]!
  const time = times[row]!
  doubles[(slot << DOUBLE_SHIFT) + DOUBLE.first] = time
  doubles[(slot << DOUBLE_SHIFT) + FORWARD + SUM.last] = time
  doubles[(slot << DOUBLE_SHIFT) + REVERSE + SUM.last] = time
}

function openingOf(batch: PacketBatch, row: number): number {
  if (isTcp(batch, row)) return (batch.flags[row]! & HANDSHAKE) === TCP_FLAG.syn ? STATE.openedBySyn : 0
  const protocol = batch.protocol[row]!
  if (protocol !== PROTOCOL.icmp && protocol !== PROTOCOL.icmp6) return 0
  const query = queryOf(protocol, batch.srcPort[row]!)
  return query !== 0 && query !== batch.srcPort[row] ? STATE.openedByReply : 0
}

/** True when the row has a TCP header of its own. */
export function isTcp(batch: PacketBatch, row: number): boolean {
  return batch.protocol[row] === PROTOCOL.tcp && (batch.fragment[row]! & FRAGMENT.later) === 0
}

/** True when an ARP row claims another hardware address for its sender than the flow knows. */
export function isConflictingArp(memory: FlowMemory, slot: number, batch: PacketBatch, row: number, forward: boolean) {
  const { words } = memory
  const base = slot << WORD_SHIFT
  if (!forward && (words[base + WORD.state]! & STATE.reverseSeen) === 0) return false
  const claimed = batch.srcMac[row]!
  const high = words[base + WORD.macHigh]!
  return (
    words[base + (forward ? WORD.srcMacLow : WORD.dstMacLow)] !== (claimed | 0) ||
    (forward ? high >>> 16 : high & 0xffff) !== Math.floor(claimed / HIGH_WORD)
  )
}

/** The target of an ARP request answered: now its hardware address is known. */
export function noteArpReply(memory: FlowMemory, slot: number, batch: PacketBatch, row: number): void {
  const { words } = memory
  const base = slot << WORD_SHIFT
  const mac = batch.srcMac[row]!
  words[base + WORD.dstMacLow] = mac | 0
  words[base + WORD.macHigh] = (words[base + WORD.macHigh]! & ~0xffff) | Math.floor(mac / HIGH_WORD)
}
