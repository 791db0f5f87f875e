/**
 * How far a row lies outside everything learned. A forest only sees *that* it does: its score stops growing at the edge of
 * what it was grown from, so that after a few flows a gross outlier and the largest of the ordinary look alike.
 */
export class Reach {
  /** Least and greatest of each column: of all rows remembered, and of those since the last `renew`. */
  private readonly ends: Float32Array
  private readonly low: Float32Array
  private readonly high: Float32Array
  private readonly newLow: Float32Array
  private readonly newHigh: Float32Array

  /** `saved` is what `toArray` gave. */
  constructor(d: number, saved?: Float32Array) {
    this.ends = saved?.slice() ?? new Float32Array(4 * d)
    this.low = this.ends.subarray(0, d)
    this.high = this.ends.subarray(d, 2 * d)
    this.newLow = this.ends.subarray(2 * d, 3 * d)
    this.newHigh = this.ends.subarray(3 * d)
    if (saved !== undefined) return
    this.renew()
    this.renew()
  }

  /** Takes in the row at `offset`. */
  add(rows: Float32Array, offset: number): void {
    const { low, high, newLow, newHigh } = this
    for (let j = 0; j < low.length; j++) {
      const value = rows[offset + j]!
      newLow[j] = Math.min(newLow[j]!, value)
      newHigh[j] = Math.max(newHigh[j]!, value)
      low[j] = Math.min(low[j]!, value)
      high[j] = Math.max(high[j]!, value)
    }
  }

  /** Forgets the rows from before the last call: called every n rows, n to 2n rows are remembered. */
  renew(): void {
    this.low.set(this.newLow)
    this.high.set(this.newHigh)
    this.newLow.fill(Number.POSITIVE_INFINITY)
    this.newHigh.fill(Number.NEGATIVE_INFINITY)
  }

  /** Sum over the columns of ln(1 + distance outside): 0 for a row within reach. */
  beyond(rows: Float32Array, offset: number): number {
    const { low, high } = this
    let sum = 0
    for (let j = 0; j < low.length; j++) {
      const value = rows[offset + j]!
      const outside = Math.max(low[j]! - value, value - high[j]!)
      if (outside > 0) sum += Math.log1p(outside)
    }
    return sum
  }

  /** All it knows. */
  toArray(): Float32Array {
    return this.ends.slice()
  }
}
