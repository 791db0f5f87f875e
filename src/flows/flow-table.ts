import { createFlowRecord, PROTOCOL } from '../net/flow-record.ts'
import { TCP_FLAG } from '../net/packet-batch.ts'
import { NO_PAYLOAD_READER, type PayloadReader } from '../net/payload-reader.ts'
import type { EndReason, FlowRecord } from '../types/flow.ts'
import type { PacketBatch } from '../types/packet.ts'
import { addPacket } from './accumulate.ts'
import { Application } from './application.ts'
import { beginFlow, beginSlice, isAnswer, isConflictingArp, isTcp, noteArpReply } from './begin.ts'
import { PacketClock } from './clock.ts'
import { Emergency } from './emergency.ts'
import { EXPIRY_SLOTS, Expiry } from './expiry.ts'
import { fillRecord } from './fill-record.ts'
import { FlowStore } from './flow-store.ts'
import { FlowKeys } from './keys.ts'
import {
  BOTH_SEEN,
  DOUBLE,
  DOUBLE_SHIFT,
  FORWARD,
  PROTOCOL_MASK,
  REVERSE,
  STATE,
  SUM,
  TOLD,
  WORD,
  WORD_SHIFT,
} from './layout.ts'
import { type FlowLimits, type FlowOptions, limitsOf } from './options.ts'
import { hasOriginatorReset, isEstablished, isTcpOver, nextTcpState } from './tcp-state.ts'
import { TunnelEnds } from './tunnel-ends.ts'

const ENDING = TCP_FLAG.syn | TCP_FLAG.fin | TCP_FLAG.rst
const OPENING = TCP_FLAG.syn | TCP_FLAG.ack | TCP_FLAG.fin | TCP_FLAG.rst

/** Records handed on at once: what judges them and what counts packets would push each other out of the caches, one flow at a time. */
const HANDED_ON = 64

/** Turns packets into biflows (RFC 5103), by the time the packets bear. */
export interface FlowTable {
  /** Flows open now. */
  readonly size: number
  /** Adds all rows; flows that thereby end are emitted during the call. */
  add(batch: PacketBatch): void
  /** It is `time`, epoch seconds, though no packet says so: ends what fell silent. */
  advance(time: number): void
  /** The input is over: ends every flow, and forgets the time. */
  flush(): void
  counters(): Record<string, number>
}

/**
 * A flow table that gives every finished flow, or slice of one, to `emit`: the record is reused, and only valid during the
 * call. `reader` is shown the payloads for as long as it wants them.
 */
export function createFlowTable(
  options: FlowOptions,
  emit: (flow: FlowRecord) => void,
  reader: PayloadReader = NO_PAYLOAD_READER,
): FlowTable {
  return new BiflowTable(limitsOf(options), emit, reader)
}

class BiflowTable implements FlowTable {
  readonly #limits: FlowLimits
  readonly #emit: (flow: FlowRecord) => void
  /** Records of flows that ended and were not handed on yet. */
  readonly #ended = Array.from({ length: HANDED_ON }, createFlowRecord)
  #waiting = 0
  readonly #clock = new PacketClock()
  readonly #keys: FlowKeys
  readonly #store: FlowStore
  readonly #expiry: Expiry
  readonly #application: Application
  readonly #tunnels = new TunnelEnds()
  readonly #emergency: Emergency
  /** The shortest timeout. */
  readonly #patience: number
  #times: Float64Array = new Float64Array(0)
  #shifted: Float64Array = new Float64Array(0)
  #records = 0
  #evicted = 0
  #evictedAnswered = 0
  #touched = 0

  constructor(limits: FlowLimits, emit: (flow: FlowRecord) => void, reader: PayloadReader) {
    this.#limits = limits
    this.#emit = emit
    this.#patience = Math.min(limits.idleTcp, limits.idleOther, limits.halfOpen)
    for (const record of this.#ended) record.source = limits.source
    this.#keys = new FlowKeys(limits.seed, limits.cap * 2)
    this.#store = new FlowStore(limits.cap, EXPIRY_SLOTS + 1, this.#keys, ticksPerSecond(limits))
    this.#emergency = new Emergency(limits.cap, limits.seed)
    this.#expiry = new Expiry(this.#store, limits, this.#emergency)
    this.#application = new Application(this.#store, reader)
  }

  get size(): number {
    return this.#store.size
  }

  add(batch: PacketBatch): void {
    const clock = this.#clock
    const keys = this.#keys
    const store = this.#store
    keys.read(batch)
    this.#touched |= store.prefetch(batch.count)
    let { offset } = clock
    this.#times = this.#timesOf(batch)
    for (let row = 0; row < batch.count; row++) {
      clock.observe(this.#times, row)
      if (clock.offset !== offset) {
        offset = clock.offset
        this.#times = this.#timesOf(batch)
      }
      if (clock.now >= this.#expiry.turnAt) this.#expiry.turn(clock.now, this.#endSilent)
      let slot = store.find(batch, row)
      let wasOver = false
      if (slot === 0) slot = this.#open(batch, row)
      else if (this.#needsReview(slot, batch, row)) wasOver = this.#review(slot, batch, row)
      this.#addRow(slot, batch, row)
      if (wasOver && this.#limits.prompt) this.#tell(slot)
    }
    this.#emitAll()
  }

  advance(time: number): void {
    this.#clock.advance(time)
    if (this.#clock.now >= this.#expiry.turnAt) this.#expiry.turn(this.#clock.now, this.#endSilent)
    this.#emitAll()
  }

  flush(): void {
    this.#expiry.drain(this.#endForced)
    this.#emitAll()
    this.#clock.reset()
  }

  counters(): Record<string, number> {
    return {
      open: this.#store.size,
      records: this.#records,
      evicted: this.#evicted,
      'evicted-answered': this.#evictedAnswered,
      emergency: this.#emergency.active ? 1 : 0,
      emergencies: this.#emergency.begun,
      summarised: this.#emergency.summarised,
      'out-of-order': this.#clock.outOfOrder,
      'clock-steps': this.#clock.steps,
      'refused-tunnels': this.#tunnels.refused,
    }
  }

  /** When the rows happened, on the table's clock. */
  #timesOf(batch: PacketBatch): Float64Array {
    const { offset } = this.#clock
    if (offset === 0) return batch.time
    if (this.#shifted.length < batch.count) this.#shifted = new Float64Array(batch.capacity)
    for (let row = 0; row < batch.count; row++) this.#shifted[row] = batch.time[row]! + offset
    return this.#shifted
  }

  /** A slot for the new flow of a row; at the cap another flow has to go. */
  #open(batch: PacketBatch, row: number): number {
    if (this.#store.size === this.#limits.cap) this.#evict()
    const slot = this.#store.insert(batch, row)
    this.#begin(slot, batch, row)
    this.#expiry.schedule(slot, this.#clock.now)
    this.#emergency.follow(this.#store.size)
    return slot
  }

  #begin(slot: number, batch: PacketBatch, row: number): void {
    beginFlow(this.#store, slot, batch, row, this.#keys.swapped[row] === 1, this.#times)
    this.#tunnels.begin(slot, batch, row, isAnswer(batch, row))
  }

  /** False for nearly all rows: plainly the next packet of a flow that goes on. */
  #needsReview(slot: number, batch: PacketBatch, row: number): boolean {
    const { words, doubles } = this.#store
    const at = slot << DOUBLE_SHIFT
    const time = this.#times[row]!
    const state = words[(slot << WORD_SHIFT) + WORD.state]!
    // What is not silent this way need not be looked at the other way, which is elsewhere in memory.
    const own = this.#isForward(state, row) ? FORWARD : REVERSE
    const patience = this.#patience
    if (time - doubles[at + own + SUM.last]! > patience) {
      if (time - doubles[at + FORWARD + REVERSE - own + SUM.last]! > patience) return true
    }
    if (time - doubles[at + DOUBLE.first]! >= this.#sliceOf(state)) return true
    return (state & STATE.closing) !== 0 || batch.protocol[row] === PROTOCOL.arp
  }

  /** Seconds the slice with this state lasts at most: the first is short, so that no verdict waits for a long flow's end. */
  #sliceOf(state: number): number {
    return state >>> 16 === 0 ? this.#limits.firstSlice : this.#limits.active
  }

  /**
   * Ends the flow the row would belong to, or the slice, when it is over, and starts the next in its place. True when the row
   * trails behind a flow that was closed.
   */
  #review(slot: number, batch: PacketBatch, row: number): boolean {
    const store = this.#store
    const state = store.words[(slot << WORD_SHIFT) + WORD.state]!
    const time = this.#times[row]!
    const silent = time - this.#expiry.lastOf(slot) > this.#expiry.timeoutOf(slot)
    if (silent || this.#isAnother(slot, state, batch, row)) {
      this.#report(slot, (state & STATE.closing) !== 0 || !silent ? 'end' : 'idle')
      this.#application.forget(slot)
      this.#begin(slot, batch, row)
      this.#expiry.reschedule(slot, this.#clock.now)
      return false
    }
    if (!isTold(state) && time - store.doubles[(slot << DOUBLE_SHIFT) + DOUBLE.first]! >= this.#sliceOf(state)) {
      this.#report(slot, 'active')
      beginSlice(store, slot, batch, row, this.#times)
    }
    return (state & STATE.closing) !== 0
  }

  /** True when the row plainly starts something else: a SYN after the close, another host under the same ARP address. */
  #isAnother(slot: number, state: number, batch: PacketBatch, row: number): boolean {
    const protocol = batch.protocol[row]!
    if (protocol === PROTOCOL.tcp)
      return (state & STATE.closing) !== 0 && (batch.flags[row]! & OPENING) === TCP_FLAG.syn
    return protocol === PROTOCOL.arp && isConflictingArp(this.#store, slot, batch, row, this.#isForward(state, row))
  }

  #addRow(slot: number, batch: PacketBatch, row: number): void {
    const { words } = this.#store
    const at = (slot << WORD_SHIFT) + WORD.state
    const before = words[at]!
    const forward = this.#isForward(before, row)
    addPacket(this.#store, slot, forward, batch, row, this.#times)
    if (words[at - WORD.state + WORD.kind]! < 0) this.#application.read(slot, forward, batch, row)
    let state = before | (forward ? STATE.forwardSeen : STATE.reverseSeen)
    if (isTcp(batch, row)) state = afterSegment(state, batch.flags[row]!, batch.payload[row]!, forward)
    if (state === before) return
    words[at] = state
    if (((state ^ before) & STATE.closing) !== 0) {
      this.#expiry.reschedule(slot, this.#clock.now)
      if (this.#limits.prompt && (batch.flags[row]! & TCP_FLAG.rst) !== 0) this.#tell(slot)
    }
    if (batch.protocol[row] === PROTOCOL.arp && !forward) noteArpReply(this.#store, slot, batch, row)
  }

  #isForward(state: number, row: number): boolean {
    return (this.#keys.swapped[row] === 1) === ((state & STATE.originatorIsLarger) !== 0)
  }

  #evict(): void {
    const slot = this.#expiry.takeLeastUseful(this.#clock.now)
    const state = this.#store.words[(slot << WORD_SHIFT) + WORD.state]!
    const closing = (state & STATE.closing) !== 0
    if (!closing) this.#evicted++
    if (!closing && (state & BOTH_SEEN) === BOTH_SEEN) this.#evictedAnswered++
    this.#end(slot, closing ? 'end' : 'evicted')
  }

  readonly #endSilent = (slot: number): void => this.#end(slot, this.#isClosing(slot) ? 'end' : 'idle')

  readonly #endForced = (slot: number): void => this.#end(slot, this.#isClosing(slot) ? 'end' : 'forced')

  #isClosing(slot: number): boolean {
    return (this.#store.words[(slot << WORD_SHIFT) + WORD.state]! & STATE.closing) !== 0
  }

  #end(slot: number, reason: EndReason): void {
    if (!this.#emergency.active || !this.#isSummarised(slot)) this.#report(slot, reason)
    this.#application.forget(slot)
    this.#tunnels.forget(slot)
    this.#store.remove(slot)
    this.#emergency.follow(this.#store.size)
  }

  #isSummarised(slot: number): boolean {
    const { words } = this.#store
    const base = slot << WORD_SHIFT
    const state = words[base + WORD.state]!
    const isTcpFlow = (words[base + WORD.kind]! & PROTOCOL_MASK) === PROTOCOL.tcp
    if (!isTcpFlow || (state & (STATE.closing | STATE.reverseSeen)) !== 0) return false
    const responder = base + WORD.address + ((state & STATE.originatorIsLarger) !== 0 ? 0 : 4)
    return this.#emergency.summarises(words, responder, this.#clock.now)
  }

  /** Reports a flow that was closed, before it is forgotten. */
  #tell(slot: number): void {
    this.#report(slot, 'end')
    const at = (slot << WORD_SHIFT) + WORD.state
    this.#store.words[at] = this.#store.words[at]! | (TOLD << 16)
  }

  #report(slot: number, reason: EndReason): void {
    if (isTold(this.#store.words[(slot << WORD_SHIFT) + WORD.state]!)) return
    if (this.#waiting === HANDED_ON) this.#emitAll()
    const record = this.#ended[this.#waiting++]!
    fillRecord(this.#store, slot, this.#clock, reason, record)
    record.tunnel = this.#tunnels.of(slot)
    this.#application.describe(slot, record)
    record.id = ++this.#records
  }

  #emitAll(): void {
    for (let i = 0; i < this.#waiting; i++) this.#emit(this.#ended[i]!)
    this.#waiting = 0
  }
}

function isTold(state: number): boolean {
  return state >>> 16 === TOLD
}

/** The state word after a TCP segment. */
function afterSegment(state: number, flags: number, payload: number, forward: boolean): number {
  if ((flags & ENDING) === 0 && isEstablished(state & STATE.tcp)) return payload > 0 ? state | STATE.payloadSeen : state
  let next = (state & ~STATE.tcp) | nextTcpState(state & STATE.tcp, flags, payload, forward)
  if (payload > 0) next |= STATE.payloadSeen
  if (forward && !hasOriginatorReset(state & STATE.tcp) && isSpoiling(flags, payload)) next |= STATE.spoiled
  return isTcpOver(next & STATE.tcp) ? next | STATE.closing : next
}

/** Whether Zeek's history would hold one of HAFGIQ for this segment of the originator. */
function isSpoiling(flags: number, payload: number): boolean {
  switch (flags & OPENING) {
    case 0:
    case TCP_FLAG.syn:
    case TCP_FLAG.rst:
    case TCP_FLAG.rst | TCP_FLAG.ack:
      return false
    case TCP_FLAG.ack:
      return payload === 0
    default:
      return true
  }
}

/** Microseconds, unless the timeouts let a gap grow beyond 32 bits of them. */
function ticksPerSecond({ idleTcp, idleOther, halfOpen, active }: FlowLimits): number {
  return Math.max(idleTcp, idleOther, halfOpen, active) < 4_000 ? 1e6 : 1e4
}
