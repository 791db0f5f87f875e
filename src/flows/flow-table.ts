import { createFlowRecord, PROTOCOL } from '../net/flow-record.ts'
import { TCP_FLAG } from '../net/packet-batch.ts'
import type { EndReason, FlowRecord } from '../types/flow.ts'
import type { PacketBatch } from '../types/packet.ts'
import { addPacket } from './accumulate.ts'
import { beginFlow, beginSlice, isConflictingArp, isTcp, noteArpReply } from './begin.ts'
import { PacketClock } from './clock.ts'
import { EXPIRY_SLOTS, Expiry } from './expiry.ts'
import { fillRecord } from './fill-record.ts'
import { FlowStore } from './flow-store.ts'
import { FlowKeys } from './keys.ts'
import { BOTH_SEEN, DOUBLE, DOUBLE_SHIFT, STATE, WORD, WORD_SHIFT } from './layout.ts'
import { type FlowLimits, type FlowOptions, limitsOf } from './options.ts'
import { hasOriginatorReset, isTcpOver, nextTcpState } from './tcp-state.ts'

const OPENING = TCP_FLAG.syn | TCP_FLAG.ack | TCP_FLAG.fin | TCP_FLAG.rst

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

/** A flow table that gives every finished flow, or slice of one, to `emit`: always the same record, only valid during the call. */
export function createFlowTable(options: FlowOptions, emit: (flow: FlowRecord) => void): FlowTable {
  return new BiflowTable(limitsOf(options), emit)
}

class BiflowTable implements FlowTable {
  readonly #limits: FlowLimits
  readonly #emit: (flow: FlowRecord) => void
  readonly #record = createFlowRecord()
  readonly #clock = new PacketClock()
  readonly #keys: FlowKeys
  readonly #store: FlowStore
  readonly #expiry: Expiry
  #evicted = 0
  #evictedAnswered = 0
  #touched = 0

  constructor(limits: FlowLimits, emit: (flow: FlowRecord) => void) {
    this.#limits = limits
    this.#emit = emit
    this.#record.source = limits.source
    this.#keys = new FlowKeys(limits.seed, limits.cap * 2)
    this.#store = new FlowStore(limits.cap, EXPIRY_SLOTS + 1, this.#keys, ticksPerSecond(limits))
    this.#expiry = new Expiry(this.#store, limits)
  }

  get size(): number {
    return this.#store.size
  }

  add(batch: PacketBatch): void {
    const clock = this.#clock
    const keys = this.#keys
    const store = this.#store
    let { offset } = clock
    keys.read(batch, offset)
    this.#touched |= store.prefetch(batch.count)
    for (let row = 0; row < batch.count; row++) {
      clock.observe(keys.time, row)
      if (clock.offset !== offset) {
        offset = clock.offset
        keys.retime(batch, row, offset)
      }
      if (clock.now >= this.#expiry.turnAt) this.#expiry.turn(clock.now, this.#endSilent)
      let slot = store.find(batch, row)
      if (slot === 0) slot = this.#open(batch, row)
      else this.#review(slot, batch, row)
      this.#addRow(slot, batch, row)
    }
  }

  advance(time: number): void {
    this.#clock.advance(time)
    if (this.#clock.now >= this.#expiry.turnAt) this.#expiry.turn(this.#clock.now, this.#endSilent)
  }

  flush(): void {
    this.#expiry.drain(this.#endForced)
    this.#clock.reset()
  }

  counters(): Record<string, number> {
    return {
      open: this.#store.size,
      records: this.#record.id,
      evicted: this.#evicted,
      'evicted-answered': this.#evictedAnswered,
      'out-of-order': this.#clock.outOfOrder,
      'clock-steps': this.#clock.steps,
    }
  }

  /** A slot for the new flow of a row; at the cap another flow has to go. */
  #open(batch: PacketBatch, row: number): number {
    if (this.#store.size === this.#limits.cap) this.#evict()
    const slot = this.#store.insert(batch, row)
    beginFlow(this.#store, slot, batch, row, this.#keys.swapped[row] === 1, this.#keys.time)
    this.#expiry.schedule(slot, this.#clock.now)
    return slot
  }

  /** Ends the flow the row would belong to, or the slice, when it is over, and starts the next in its place. */
  #review(slot: number, batch: PacketBatch, row: number): void {
    const store = this.#store
    const state = store.words[(slot << WORD_SHIFT) + WORD.state]!
    const time = this.#keys.time[row]!
    const silent = time - this.#expiry.lastOf(slot) > this.#expiry.timeoutOf(slot)
    if (silent || this.#isAnother(slot, state, batch, row)) {
      this.#report(slot, (state & STATE.closing) !== 0 || !silent ? 'end' : 'idle')
      beginFlow(store, slot, batch, row, this.#keys.swapped[row] === 1, this.#keys.time)
      this.#expiry.reschedule(slot, this.#clock.now)
    } else if (time - store.doubles[(slot << DOUBLE_SHIFT) + DOUBLE.first]! >= this.#limits.active) {
      this.#report(slot, 'active')
      beginSlice(store, slot, batch, row, this.#keys.time)
    }
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
    addPacket(this.#store, slot, forward, batch, row, this.#keys.time)
    let state = before | (forward ? STATE.forwardSeen : STATE.reverseSeen)
    if (isTcp(batch, row)) state = afterSegment(state, batch.flags[row]!, batch.payload[row]!, forward)
    if (state === before) return
    words[at] = state
    if (((state ^ before) & STATE.closing) !== 0) this.#expiry.reschedule(slot, this.#clock.now)
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
    this.#report(slot, reason)
    this.#store.remove(slot)
  }

  #report(slot: number, reason: EndReason): void {
    fillRecord(this.#store, slot, this.#clock, reason, this.#record)
    this.#record.id++
    this.#emit(this.#record)
  }
}

/** The state word after a TCP segment. */
function afterSegment(state: number, flags: number, payload: number, forward: boolean): number {
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
