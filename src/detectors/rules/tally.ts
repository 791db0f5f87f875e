import { enlarged } from './groups.ts'

const PARTS = 16
/** The window is covered by the newest part, filling, and the 15 before it. */
const WHOLE = PARTS - 1
/** Doubles of a row: its parts, and the number of the newest. */
const ROW = PARTS + 1
const NEWEST = PARTS
const START = 1024

/**
 * Sums per slot over a sliding window, kept in 16 parts: never less than the exact sum of the window, and at most what fell
 * into 1/15 of a window more. A slot has a row from its first sum on: most slots count something else.
 */
export class Tally {
  /** 1 + row of each slot, 0 without one. */
  private rows = new Int32Array(0)
  private sums = new Float64Array(0)
  private readonly free: number[] = []
  private used = 0

  /** Adds `amount` at `time` and returns the sum of the window of `span` seconds that ends with the newest time seen. */
  add(slot: number, time: number, span: number, amount: number): number {
    const base = this.rowOf(slot) * ROW
    const part = Math.floor((time / span) * WHOLE)
    const { sums } = this
    const newest = sums[base + NEWEST]!
    if (part > newest) {
      const stale = Math.min(part - newest, PARTS)
      for (let i = 0; i < stale; i++) sums[base + ((part - i) % PARTS)] = 0
      sums[base + NEWEST] = part
    }
    if (part > newest - PARTS) sums[base + (part % PARTS)]! += amount
    let total = 0
    for (let i = 0; i < PARTS; i++) total += sums[base + i]!
    return total
  }

  get bytes(): number {
    return this.rows.byteLength + this.sums.byteLength
  }

  clear(slot: number): void {
    const row = (this.rows[slot] ?? 0) - 1
    if (row < 0) return
    this.rows[slot] = 0
    this.free.push(row)
  }

  private rowOf(slot: number): number {
    const row = (this.rows[slot] ?? 0) - 1
    return row < 0 ? this.begin(slot) : row
  }

  private begin(slot: number): number {
    if (slot >= this.rows.length) {
      this.rows = enlarged(this.rows, new Int32Array(Math.max(START, 2 ** Math.ceil(Math.log2(slot + 1)))))
    }
    const row = this.free.pop() ?? this.used++
    const needed = (row + 1) * ROW
    if (needed > this.sums.length) {
      this.sums = enlarged(this.sums, new Float64Array(Math.max(START * ROW, Math.ceil((needed / ROW) * 1.25) * ROW)))
    }
    this.sums[row * ROW + NEWEST] = Number.NEGATIVE_INFINITY
    this.rows[slot] = row + 1
    return row
  }
}
