/** A jump larger than this is no loss but another beginning. */
const LOSS_MAX = 100_000
/** What comes so far behind was overtaken, and not lost. */
const LATE_MAX = 10_000
/** So many in a row that seem overtaken are a new beginning after all. */
const LATE_IN_A_ROW = 16

/** Follows the sequence numbers (modulo 2^32) of one stream of messages, and knows what is missing. */
export class Sequence {
  restarts = 0
  #expected = -1
  #previous = -1
  #late = 0
  /** Missing so far; what comes late is taken off. */
  #missing = 0

  /**
   * Takes the number of a message that holds `units` of what is numbered, -1 when that cannot be told. Returns how many
   * are missing before it; negative when it is one that seemed to be.
   */
  advance(number: number, units: number): number {
    const ahead = (number - this.#expected) >>> 0
    const behind = (this.#expected - number) >>> 0
    const isKnown = this.#expected >= 0
    // Some exporters, softflowd for one, number a message by what was sent with it, not before it.
    const isCountedAfter = isKnown && units >= 0 && number === (this.#previous + units) % 2 ** 32
    this.#previous = number
    if (isKnown && !isCountedAfter && ahead > LOSS_MAX && behind <= LATE_MAX && ++this.#late <= LATE_IN_A_ROW)
      return this.#found(units)
    this.#late = 0
    this.#expected = units < 0 ? -1 : (number + units) % 2 ** 32
    if (!isKnown || ahead === 0 || isCountedAfter) return 0
    if (ahead <= LOSS_MAX) {
      this.#missing += ahead
      return ahead
    }
    this.restarts++
    this.#missing = 0
    return 0
  }

  /** The exporter started anew. */
  reset(): void {
    this.#expected = -1
    this.#missing = 0
  }

  #found(units: number): number {
    const found = Math.min(Math.max(0, units), this.#missing)
    this.#missing -= found
    return found === 0 ? 0 : -found
  }
}
