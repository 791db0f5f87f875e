import type { SourceHealth } from '../../types/events.ts'

/** Seconds without a loss after which it is over. */
const OVER = 3

/** How much of what came is being lost, and since when. Told the running totals about once a second. */
export class Loss {
  #since = Number.NaN
  #lastLoss = Number.NaN
  #lost = 0
  #seen = 0
  #lostBefore = 0
  #seenBefore = 0

  /** `seen` and `lost` packets so far, at `now`. */
  update(seen: number, lost: number, now: number): void {
    if (lost > this.#lost) {
      if (Number.isNaN(this.#since)) {
        this.#since = now - 1
        this.#lostBefore = this.#lost
        this.#seenBefore = this.#seen
      }
      this.#lastLoss = now
    } else if (now - this.#lastLoss >= OVER) this.#since = Number.NaN
    this.#lost = lost
    this.#seen = seen
  }

  get now(): SourceHealth['loss'] {
    if (Number.isNaN(this.#since)) return { share: 0, seconds: 0 }
    const lost = this.#lost - this.#lostBefore
    return { share: lost / (lost + this.#seen - this.#seenBefore), seconds: this.#lastLoss - this.#since }
  }
}
