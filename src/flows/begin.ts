import { PROTOCOL } from '../net/flow-record.ts'
import { queryOf } from '../net/icmp.ts'
import { FRAGMENT, TCP_FLAG } from '../net/packet-batch.ts'
import type { PacketBatch } from '../types/packet.ts'
import type { FlowMemory } from './accumulate.ts'
import { readingOf } from './application.ts'
import {
  DOUBLE,
  DOUBLE_SHIFT,
  FORWARD,
  PROTOCOL_MASK,
  REVERSE,
  STATE,
  SUM,
  TOLD,
  TTL_SHIFT,
  VLAN_SHIFT,
  WORD,
  WORD_SHIFT,
} from './layout.ts'

const HANDSHAKE = TCP_FLAG.syn | TCP_FLAG.ack | TCP_FLAG.fin | TCP_FLAG.rst
const SLICE_MAX = TOLD - 1

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
  const answer = isAnswer(batch, row)
  words[base + WORD.state] = (swapped !== answer ? STATE.originatorIsLarger : 0) | openingOf(batch, row)
  const protocol = words[base + WORD.kind]! & PROTOCOL_MASK
  const ttl = batch.protocol[row] === PROTOCOL.arp ? (batch.ports[row]! >>> 16) & 0xff : batch.ttl[row]!
  words[base + WORD.kind] = protocol | (ttl << TTL_SHIFT) | (batch.vlan[row]! << VLAN_SHIFT) | readingOf(protocol)
  const source = answer ? batch.dstMacAt[row]! : batch.srcMacAt[row]!
  const destination = answer ? batch.srcMacAt[row]! : batch.dstMacAt[row]!
  words[base + WORD.macHigh] = (macHigh(batch.buffer, source) << 16) | macHigh(batch.buffer, destination)
  words[base + WORD.srcMacLow] = macLow(batch.buffer, source)
  words[base + WORD.dstMacLow] = macLow(batch.buffer, destination)
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
  const message = batch.ports[row]! >>> 16
  const query = queryOf(protocol, message)
  return query !== 0 && query !== message ? STATE.openedByReply : 0
}

/** True for a SYN-ACK: its sender is the responder, whoever was seen first. */
export function isAnswer(batch: PacketBatch, row: number): boolean {
  return isTcp(batch, row) && (batch.flags[row]! & HANDSHAKE) === (TCP_FLAG.syn | TCP_FLAG.ack)
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
  const claimed = batch.srcMacAt[row]!
  const high = words[base + WORD.macHigh]!
  return (
    words[base + (forward ? WORD.srcMacLow : WORD.dstMacLow)] !== macLow(batch.buffer, claimed) ||
    (forward ? high >>> 16 : high & 0xffff) !== macHigh(batch.buffer, claimed)
  )
}

/** The target of an ARP request answered: now its hardware address is known. */
export function noteArpReply(memory: FlowMemory, slot: number, batch: PacketBatch, row: number): void {
  const { words } = memory
  const base = slot << WORD_SHIFT
  const at = batch.srcMacAt[row]!
  words[base + WORD.dstMacLow] = macLow(batch.buffer, at)
  words[base + WORD.macHigh] = (words[base + WORD.macHigh]! & ~0xffff) | macHigh(batch.buffer, at)
}

/** First two bytes of the MAC at `at`, 0 when there is none. */
function macHigh(buffer: Uint8Array, at: number): number {
  return at < 0 ? 0 : (buffer[at]! << 8) | buffer[at + 1]!
}

/** The other four. */
function macLow(buffer: Uint8Array, at: number): number {
  return at < 0 ? 0 : (buffer[at + 2]! << 24) | (buffer[at + 3]! << 16) | (buffer[at + 4]! << 8) | buffer[at + 5]!
}
