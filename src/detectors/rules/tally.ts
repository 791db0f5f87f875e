import { enlarged } from './groups.ts'

const PARTS = 16
/** The window is covered by the newest part, filling, and the 15 before it. */
const WHOLE = PARTS - 1

/**
 * Sums per slot over a sliding window, kept in 16 parts: never less than the exact sum of the window, and at most what fell
 * into 1/15 of a window more.
 */
export class Tally {
  private sums = new Float64Array(0)
  private newest = new Float64Array(0)

  /** Adds `amount` at `time` and returns the sum of the window of `span` seconds that ends with the newest time seen. */
  add(slot: number, time: number, span: number, amount: number): number {
    if (slot >= this.newest.length) this.grow(slot)
    const part = Math.floor((time / span) * WHOLE)
    const base = slot * PARTS
    const { sums } = this
    const newest = this.newest[slot]!
    if (part > newest) {
      const stale = Math.min(part - newest, PARTS)
      for (let i = 0; i < stale; i++) sums[base + ((part - i) % PARTS)] = 0
      this.newest[slot] = part
    }
    if (part > newest - PARTS) sums[base + (part % PARTS)]! += amount
    let total = 0
    for (let i = 0; i < PARTS; i++) total += sums[base + i]!
    return total
  }

  clear(slot: number): void {
    if (slot >= this.newest.length) return
    this.newest[slot] = Number.NEGATIVE_INFINITY
  }

  private grow(slot: number): void {
    const before = this.newest.length
    const capacity = Math.max(1024, 2 ** Math.ceil(Math.log2(slot + 1)))
    this.sums = enlarged(this.sums, new Float64Array(capacity * PARTS))
    this.newest = enlarged(this.newest, new Float64Array(capacity)).fill(Number.NEGATIVE_INFINITY, before)
  }
}
