import { PROTOCOL } from '../../net/flow-record.ts'
import { serviceOf } from '../../net/services.ts'
import { type ConnState, type Direction, END_REASONS, type EndReason, type FlowRecord } from '../../types/flow.ts'
import { connStateOf } from '../binetflow/state.ts'
import { headersOf } from '../binetflow/volume.ts'
import { endReasonOf, fillDirection, fillFlags } from '../flow-log/direction.ts'
import { DOUBLE, DOUBLES, SIDE, SLICE_SHIFT, STATE, WORD, WORDS } from './join-layout.ts'
import type { JoinStore } from './join-store.ts'

const FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const
const FLAG_LETTERS = 'FSRPA'
/** The letters of every set of flags. */
const LETTERS = Array.from({ length: 256 }, (_, flags) =>
  [...FLAG_LETTERS].filter((_letter, bit) => (flags & (1 << bit)) !== 0).join(''),
)
/** Shorter TCP packets hold acknowledgements and options. */
const NO_PAYLOAD = 12

const told = { packets: 0, bytes: 0, payload: 0 }
const seen = { syn: false, fin: false, rst: false, ack: false }

/** Writes the connection in `slot` into the one record that is handed on, save for its id and source. */
export function fillJoined(store: JoinStore, slot: number, record: FlowRecord): void {
  const { words, doubles } = store
  const base = slot * WORDS
  const at = slot * DOUBLES
  const state = words[base + WORD.state]!
  const from = (state & STATE.originatorIsLarger) !== 0 ? 1 : 0
  record.protocol = words[base + WORD.kind]! & 0xffff
  record.slice = state >>> SLICE_SHIFT
  record.opened = doubles[at + DOUBLE.opened]!
  record.names = null
  record.label = ''
  for (let i = 0; i < 8; i++) record.address[i] = words[base + (i ^ (4 * from))]!
  fillTimes(doubles, at, state, record)
  fillPorts(words, base, from, record)
  fillLink(words, doubles, slot, from, record)
  fillSide(store, slot, from, record, record.forward)
  fillSide(store, slot, 1 - from, record, record.reverse)
  record.connState = connState(words, base, from, record)
  record.endReason = endReason(words[base + WORD.link]! >>> 20, record)
  record.service = serviceOf(record.protocol, record.dstPort)
  if (record.service === '' && record.connState === 'OTH') record.service = serviceOf(record.protocol, record.srcPort)
}

function fillTimes(doubles: Float64Array, at: number, state: number, record: FlowRecord): void {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (let side = 0; side < 2; side++) {
    if ((state & (STATE.told << side)) === 0) continue
    first = Math.min(first, doubles[at + SIDE * side + DOUBLE.first]!)
    last = Math.max(last, doubles[at + SIDE * side + DOUBLE.last]!)
  }
  record.first = first
  record.last = last
  if (record.slice === 0) record.opened = first
}

function fillPorts(words: Int32Array, base: number, from: number, record: FlowRecord): void {
  const ports = words[base + WORD.ports]!
  record.srcPort = from === 1 ? ports & 0xffff : ports >>> 16
  record.dstPort = from === 1 ? ports >>> 16 : ports & 0xffff
  if (record.protocol !== PROTOCOL.icmp && record.protocol !== PROTOCOL.icmp6) return
  const messages = words[base + WORD.message]!
  // A side that was not told of leaves no message; then the key is that of the query.
  const own = (messages >>> (16 * from)) & 0xffff
  const isTold = (words[base + WORD.state]! & (STATE.seen << from)) !== 0
  record.srcPort = ((isTold ? own : ports) >>> 8) & 0xff
  record.dstPort = (isTold ? own : ports) & 0xff
}

function fillLink(words: Int32Array, doubles: Float64Array, slot: number, from: number, record: FlowRecord): void {
  const link = words[slot * WORDS + WORD.link]!
  record.vlan = link & 0xfff
  record.ttl = (link >>> 12) & 0xff
  record.srcMac = doubles[slot * DOUBLES + SIDE * from + DOUBLE.mac]!
  record.dstMac = doubles[slot * DOUBLES + SIDE * (1 - from) + DOUBLE.mac]!
}

function fillSide(store: JoinStore, slot: number, side: number, record: FlowRecord, direction: Direction): void {
  const { words, doubles } = store
  const base = slot * WORDS
  const at = slot * DOUBLES + SIDE * side
  const isTold = (words[base + WORD.state]! & (STATE.told << side)) !== 0
  const flags = isTold ? (words[base + WORD.sliceFlags]! >>> (8 * side)) & 0xff : 0
  told.packets = isTold ? doubles[at + DOUBLE.packets]! : 0
  told.bytes = isTold ? doubles[at + DOUBLE.bytes]! : 0
  told.payload = isTold ? payloadOf(doubles[at + DOUBLE.payload]!, flags, record) : 0
  fillDirection(direction, told)
  fillLengths(words[base + side + WORD.lengthMin]!, words[base + side + WORD.lengthMax]!, direction)
  if (record.protocol !== PROTOCOL.tcp) return
  seen.syn = (flags & FLAG.syn) !== 0
  seen.fin = (flags & FLAG.fin) !== 0
  seen.rst = (flags & FLAG.rst) !== 0
  seen.ack = (flags & FLAG.ack) !== 0
  fillFlags(direction, seen)
}

/** What the headers leave, where it was not counted. */
function payloadOf(counted: number, flags: number, { protocol, address }: FlowRecord): number {
  const { packets, bytes } = told
  if (counted >= 0) return counted
  const left = Math.max(0, bytes - packets * headersOf(protocol, address))
  if (protocol !== PROTOCOL.tcp || flags === 0 || (flags & FLAG.psh) !== 0) return left
  return left <= packets * NO_PAYLOAD ? 0 : left
}

function fillLengths(least: number, most: number, direction: Direction): void {
  const { packets, lengthMean } = direction
  if (packets === 0) return
  if (least > 0 && least <= lengthMean) direction.lengthMin = least
  if (most >= lengthMean) direction.lengthMax = most
}

function connState(words: Int32Array, base: number, from: number, record: FlowRecord): ConnState {
  const state = words[base + WORD.state]!
  const answered = (state & STATE.seenBoth) === STATE.seenBoth
  const flags = words[base + WORD.flags]! & 0xffff
  // Some hardware does not tell the flags: no TCP packet is without any.
  if (record.protocol !== PROTOCOL.tcp || flags === 0) return answered ? 'SF' : 'S0'
  return connStateOf(LETTERS[(flags >>> (8 * from)) & 0xff]!, LETTERS[(flags >>> (8 * (1 - from))) & 0xff]!)
}

function endReason(told: number, record: FlowRecord): EndReason {
  // IPFIX counts them from 1.
  return END_REASONS[(told & 0xff) - 1] ?? endReasonOf(record)
}
