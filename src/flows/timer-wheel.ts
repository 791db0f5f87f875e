import { WORD, WORD_SHIFT } from './layout.ts'

/** Ticks ahead a wheel can tell apart, one list each. A power of two. */
export const WHEEL_SIZE = 128

/**
 * A hashed timing wheel (Varghese, Lauck 1987) of lists threaded through the flow records themselves. Each list is closed to
 * a ring by a record of its own, `firstRing + tick % WHEEL_SIZE`, so that a flow can leave without knowing where it is.
 */
export class TimerWheel {
  readonly #words: Int32Array
  readonly #firstRing: number
  /** No flow has an earlier tick. */
  #earliest = Number.POSITIVE_INFINITY

  constructor(words: Int32Array, firstRing: number) {
    this.#words = words
    this.#firstRing = firstRing
    for (let tick = 0; tick < WHEEL_SIZE; tick++) {
      const ring = this.#ringOf(tick)
      words[(ring << WORD_SHIFT) + WORD.timerPrevious] = ring
      words[(ring << WORD_SHIFT) + WORD.timerNext] = ring
    }
  }

  /** Puts a flow last in the list of `tick`. */
  insert(slot: number, tick: number): void {
    const words = this.#words
    const ring = this.#ringOf(tick)
    const ringBase = ring << WORD_SHIFT
    const base = slot << WORD_SHIFT
    const last = words[ringBase + WORD.timerPrevious]!
    words[base + WORD.timerPrevious] = last
    words[base + WORD.timerNext] = ring
    words[(last << WORD_SHIFT) + WORD.timerNext] = slot
    words[ringBase + WORD.timerPrevious] = slot
    if (tick < this.#earliest) this.#earliest = tick
  }

  /** First flow of the list of `tick`, 0 when it is empty. */
  first(tick: number): number {
    const ring = this.#ringOf(tick)
    const slot = this.#words[(ring << WORD_SHIFT) + WORD.timerNext]!
    return slot === ring ? 0 : slot
  }

  /** Where to start looking for the earliest flow; `after` is the last tick dealt with. */
  earliest(after: number): number {
    if (this.#earliest <= after) this.#earliest = after + 1
    return this.#earliest
  }

  /** Every list before `tick` was found empty. */
  emptyBefore(tick: number): void {
    this.#earliest = tick
  }

  #ringOf(tick: number): number {
    return this.#firstRing + (tick & (WHEEL_SIZE - 1))
  }
}

/** Takes a flow out of whatever wheel it is in. */
export function unlinkTimer(words: Int32Array, slot: number): void {
  const base = slot << WORD_SHIFT
  const previous = words[base + WORD.timerPrevious]!
  const next = words[base + WORD.timerNext]!
  words[(previous << WORD_SHIFT) + WORD.timerNext] = next
  words[(next << WORD_SHIFT) + WORD.timerPrevious] = previous
}
