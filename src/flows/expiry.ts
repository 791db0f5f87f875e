import { PROTOCOL } from '../net/flow-record.ts'
import type { FlowMemory } from './accumulate.ts'
import type { Emergency } from './emergency.ts'
import { BOTH_SEEN, DOUBLE_SHIFT, FORWARD, PROTOCOL_MASK, REVERSE, STATE, SUM, WORD, WORD_SHIFT } from './layout.ts'
import type { FlowLimits } from './options.ts'
import { TimerWheel, unlinkTimer, WHEEL_SIZE } from './timer-wheel.ts'

const TICKS_PER_SECOND = 2
/** Seconds a connection nobody answers has at most in an emergency. */
const HURRIED = 10
/** Slots the two wheels need for themselves, from slot 1 on. */
export const EXPIRY_SLOTS = 2 * WHEEL_SIZE

/**
 * Knows when each flow falls silent for too long. A packet does not move its flow: when the flow's tick comes, it is seen
 * whether it was active since, and it is put where it then belongs. So time costs nothing per packet.
 */
export class Expiry {
  /** Clock time at which `turn` has something to do again. */
  turnAt = Number.NEGATIVE_INFINITY
  readonly #memory: FlowMemory
  readonly #limits: FlowLimits
  readonly #emergency: Emergency
  /** Flows only one side has spoken in, and those that are closing: the first to go when there is no room. */
  readonly #loose: TimerWheel
  readonly #held: TimerWheel
  #tick = Number.NEGATIVE_INFINITY

  constructor(memory: FlowMemory, limits: FlowLimits, emergency: Emergency) {
    this.#memory = memory
    this.#limits = limits
    this.#emergency = emergency
    this.#loose = new TimerWheel(memory.words, 1)
    this.#held = new TimerWheel(memory.words, 1 + WHEEL_SIZE)
  }

  /** Seconds of silence that end the flow in `slot`. */
  timeoutOf(slot: number): number {
    const base = slot << WORD_SHIFT
    const { words } = this.#memory
    if ((words[base + WORD.kind]! & PROTOCOL_MASK) !== PROTOCOL.tcp) return this.#limits.idleOther
    const state = words[base + WORD.state]!
    if ((state & STATE.closing) !== 0) return this.#limits.linger
    if ((state & BOTH_SEEN) === BOTH_SEEN) return this.#limits.idleTcp
    return this.#emergency.active ? Math.min(HURRIED, this.#limits.halfOpen) : this.#limits.halfOpen
  }

  /** Clock time of the flow's last packet. */
  lastOf(slot: number): number {
    const { doubles } = this.#memory
    const base = slot << DOUBLE_SHIFT
    return Math.max(doubles[base + FORWARD + SUM.last]!, doubles[base + REVERSE + SUM.last]!)
  }

  /** Puts a flow that is in no wheel into the one, and at the tick, where it belongs. */
  schedule(slot: number, now: number): void {
    this.#wheelOf(slot).insert(slot, this.#tickOf(slot, now))
  }

  /** The same for a flow whose timeout became shorter. */
  reschedule(slot: number, now: number): void {
    unlinkTimer(this.#memory.words, slot)
    this.schedule(slot, now)
  }

  /** Ends, by `end`, the flows that have been silent too long at `now`. */
  turn(now: number, end: (slot: number) => void): void {
    const target = Math.floor(now * TICKS_PER_SECOND)
    this.#tick = Math.max(this.#tick, target - WHEEL_SIZE)
    while (this.#tick < target) {
      this.#tick++
      this.#expire(this.#loose, now, end)
      this.#expire(this.#held, now, end)
    }
    this.turnAt = (target + 1) / TICKS_PER_SECOND
  }

  /** The flow that is missed least, taken out of its wheel: the longest silent loose one, else the longest silent. */
  takeLeastUseful(now: number): number {
    return this.#takeEarliest(this.#loose, now) || this.#takeEarliest(this.#held, now)
  }

  /** Ends all flows by `end`, and starts anew. */
  drain(end: (slot: number) => void): void {
    for (let step = 1; step <= WHEEL_SIZE && this.#tick !== Number.NEGATIVE_INFINITY; step++) {
      for (const wheel of [this.#loose, this.#held]) {
        for (let slot = wheel.first(this.#tick + step); slot !== 0; slot = wheel.first(this.#tick + step)) {
          unlinkTimer(this.#memory.words, slot)
          end(slot)
        }
      }
    }
    this.#tick = Number.NEGATIVE_INFINITY
    this.turnAt = Number.NEGATIVE_INFINITY
  }

  #expire(wheel: TimerWheel, now: number, end: (slot: number) => void): void {
    for (let slot = wheel.first(this.#tick); slot !== 0; slot = wheel.first(this.#tick)) {
      unlinkTimer(this.#memory.words, slot)
      const silence = now - this.lastOf(slot)
      // A last packet later than now bore an absurd time that nothing confirmed.
      if (silence > this.timeoutOf(slot) || silence < 0) end(slot)
      else this.schedule(slot, now)
    }
  }

  #takeEarliest(wheel: TimerWheel, now: number): number {
    const { words } = this.#memory
    for (let tick = wheel.earliest(this.#tick); tick < this.#tick + WHEEL_SIZE; tick++) {
      for (let slot = wheel.first(tick); slot !== 0; slot = wheel.first(tick)) {
        unlinkTimer(words, slot)
        if (this.#wheelOf(slot) === wheel && this.#tickOf(slot, now) <= tick) return slot
        this.schedule(slot, now)
      }
      wheel.emptyBefore(tick + 1)
    }
    return 0
  }

  #wheelOf(slot: number): TimerWheel {
    const state = this.#memory.words[(slot << WORD_SHIFT) + WORD.state]!
    return (state & (BOTH_SEEN | STATE.closing)) === BOTH_SEEN ? this.#held : this.#loose
  }

  #tickOf(slot: number, now: number): number {
    const due = Math.min(this.lastOf(slot), now) + this.timeoutOf(slot)
    const tick = Math.ceil(due * TICKS_PER_SECOND)
    return Math.min(Math.max(tick, this.#tick + 1), this.#tick + WHEEL_SIZE - 1)
  }
}
