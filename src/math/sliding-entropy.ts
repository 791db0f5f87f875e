const SCALE = 2 ** 32

/**
 * Shannon entropy, in bits, of the last `window` keys, each step O(1). Keys are 32-bit hashes. The sum of c log2 c is kept
 * in fixed point, so that it never drifts however long it runs.
 */
export class SlidingEntropy {
  private readonly ring: Int32Array
  private readonly keys: Int32Array
  private readonly counts: Uint16Array
  /** c log2 c for each possible count, rounded to a multiple of 2^-32: sums of these are exact in a double. */
  private readonly cost: Float64Array
  private readonly mask: number
  private length = 0
  private next = 0
  private sum = 0

  constructor(window: number) {
    const slots = 2 ** Math.ceil(Math.log2(window * 4))
    this.ring = new Int32Array(window)
    this.keys = new Int32Array(slots)
    this.counts = new Uint16Array(slots)
    this.mask = slots - 1
    this.cost = Float64Array.from({ length: window + 1 }, (_, c) =>
      c === 0 ? 0 : Math.round(c * Math.log2(c) * SCALE) / SCALE,
    )
  }

  /** Takes the next key in, the oldest out, and returns the entropy of what is now in the window. */
  push(key: number): number {
    if (this.length === this.ring.length) this.remove(this.ring[this.next]!)
    else this.length++
    this.ring[this.next] = key
    this.next = (this.next + 1) % this.ring.length
    const slot = this.find(key)
    const count = this.counts[slot]!
    this.keys[slot] = key
    this.counts[slot] = count + 1
    this.sum += this.cost[count + 1]! - this.cost[count]!
    return Math.max(0, Math.log2(this.length) - this.sum / this.length)
  }

  private remove(key: number): void {
    const slot = this.find(key)
    const count = this.counts[slot]!
    this.sum += this.cost[count - 1]! - this.cost[count]!
    this.counts[slot] = count - 1
    if (count === 1) this.closeGap(slot)
  }

  private find(key: number): number {
    let slot = key & this.mask
    while (this.counts[slot] !== 0 && this.keys[slot] !== key) slot = (slot + 1) & this.mask
    return slot
  }

  /** Moves later entries of the probe run back, so that a lookup never stops at a hole too early (Knuth 6.4, R). */
  private closeGap(start: number): void {
    let hole = start
    for (let slot = (hole + 1) & this.mask; this.counts[slot] !== 0; slot = (slot + 1) & this.mask) {
      const home = this.keys[slot]! & this.mask
      if (((slot - home) & this.mask) < ((slot - hole) & this.mask)) continue
      this.keys[hole] = this.keys[slot]!
      this.counts[hole] = this.counts[slot]!
      this.counts[slot] = 0
      hole = slot
    }
  }
}
