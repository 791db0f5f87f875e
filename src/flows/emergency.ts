import { createRandom } from '../math/random.ts'

/** Shares of the cap at which it begins and is over. */
const BEGINS = 0.9
const ENDS = 0.7
/** Unanswered connections to one destination that are told of in each second meanwhile: what counts sources still sees a flood. */
const TOLD = 50
/** Destinations told apart, one a place: a newcomer takes the place of whoever has it. */
const PLACES = 4096

/**
 * What happens as the table fills up: from 90 % of the cap until it is down to 70 %, connections nobody answered are only
 * counted beyond the first fifty a second to each destination, so that a flood costs little after the table, and they have
 * ten seconds at most. Established ones are kept.
 */
export class Emergency {
  active = false
  /** Times it began, and flows that were only counted. */
  begun = 0
  summarised = 0
  readonly #begins: number
  readonly #ends: number
  readonly #factors: Int32Array
  readonly #destinations = new Int32Array(PLACES)
  readonly #seconds = new Float64Array(PLACES)
  readonly #told = new Uint8Array(PLACES)

  constructor(cap: number, seed: number) {
    this.#begins = Math.ceil(cap * BEGINS)
    this.#ends = Math.floor(cap * ENDS)
    const random = createRandom(seed ^ 0x656d6572)
    this.#factors = Int32Array.from({ length: 4 }, () => (random() * 2 ** 32) | 1)
  }

  /** The table holds `size` flows now. */
  follow(size: number): void {
    if (this.active) this.active = size > this.#ends
    else if (size >= this.#begins) {
      this.active = true
      this.begun++
    }
  }

  /** Whether a connection to the four words at `offset` that nobody answered, ended at `now`, is one of those only counted. */
  summarises(words: Int32Array, offset: number, now: number): boolean {
    let hash = 0
    for (let i = 0; i < 4; i++) {
      hash = Math.imul(hash ^ words[offset + i]!, this.#factors[i]!)
      hash ^= hash >>> 15
    }
    const place = hash & (PLACES - 1)
    const second = Math.floor(now)
    if (this.#destinations[place] !== hash || this.#seconds[place] !== second) {
      this.#destinations[place] = hash
      this.#seconds[place] = second
      this.#told[place] = 0
    }
    if (this.#told[place]! < TOLD) {
      this.#told[place]!++
      return false
    }
    this.summarised++
    return true
  }
}
