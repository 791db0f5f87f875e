import type { Records } from '../math/records.ts'

/** Buckets of a sliding window: the newest fills up, the three before it are whole. */
export const BUCKETS = 4
/** A counter stops here in each bucket: it has 16 bits, for there are many. */
const MOST = 0xffff

/**
 * Counters and sums in each record over a sliding window of four buckets. The window ends with the record's newest packet,
 * which its owner keeps; what comes late goes to the bucket it belongs to, as long as that is still held.
 */
export class Window {
  /** The answers of the last `read`, one for each counter and sum. */
  readonly counted: Int32Array
  readonly summed: Float64Array
  private readonly records: Records
  private readonly seconds: number
  private readonly counters: number
  private readonly sums: number
  private readonly countersAt: number
  private readonly sumsAt: number
  private openCounters = 0
  private openSums = 0

  constructor(records: Records, seconds: number, counters: number, sums: number) {
    this.counted = new Int32Array(counters)
    this.summed = new Float64Array(sums)
    this.records = records
    this.seconds = seconds
    this.counters = counters
    this.sums = sums
    this.sumsAt = records.reserveDoubles(BUCKETS * sums)
    this.countersAt = records.reserveHalves(BUCKETS * counters)
  }

  /** The newest packet moves on: drops what leaves the window. */
  advance(row: number, before: number, now: number): void {
    const to = bucketOf(now, this.seconds)
    const from = bucketOf(before, this.seconds)
    for (let b = Math.max(from + 1, to - BUCKETS + 1); b <= to; b++) this.empty(row, b & (BUCKETS - 1))
  }

  /** Forgets all of a record's window. */
  reset(row: number): void {
    for (let place = 0; place < BUCKETS; place++) this.empty(row, place)
  }

  /**
   * Opens the bucket of a packet at `time` in a window that ends with `newest`, to add to with `count` and `add`. Returns
   * false when it has left the window.
   */
  open(row: number, time: number, newest: number): boolean {
    const bucket = bucketOf(time, this.seconds)
    if (bucketOf(newest, this.seconds) - bucket >= BUCKETS) return false
    const place = bucket & (BUCKETS - 1)
    this.openCounters = row * this.records.halfStride + this.countersAt + place * this.counters
    this.openSums = row * this.records.doubleStride + this.sumsAt + place * this.sums
    return true
  }

  count(counter: number, amount: number): void {
    const { halves } = this.records
    const at = this.openCounters + counter
    halves[at] = Math.min(MOST, halves[at]! + amount)
  }

  add(sum: number, amount: number): void {
    this.records.doubles[this.openSums + sum]! += amount
  }

  /** Sets `counted` and `summed` to what a record's window holds. */
  read(row: number): void {
    const { halves, doubles, halfStride, doubleStride } = this.records
    const { counters, sums, counted, summed } = this
    const counter = row * halfStride + this.countersAt
    for (let i = 0; i < counters; i++) {
      const at = counter + i
      counted[i] = halves[at]! + halves[at + counters]! + halves[at + 2 * counters]! + halves[at + 3 * counters]!
    }
    const sum = row * doubleStride + this.sumsAt
    for (let i = 0; i < sums; i++) {
      const at = sum + i
      summed[i] = doubles[at]! + doubles[at + sums]! + doubles[at + 2 * sums]! + doubles[at + 3 * sums]!
    }
  }

  private empty(row: number, place: number): void {
    const { halves, doubles, halfStride, doubleStride } = this.records
    const counter = row * halfStride + this.countersAt + place * this.counters
    for (let at = counter; at < counter + this.counters; at++) halves[at] = 0
    const sum = row * doubleStride + this.sumsAt + place * this.sums
    for (let at = sum; at < sum + this.sums; at++) doubles[at] = 0
  }
}

function bucketOf(time: number, seconds: number): number {
  return (time / seconds) | 0
}
