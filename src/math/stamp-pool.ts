/** Stamps come round again after so many buckets. */
export const CYCLE = 255
/** Buckets of the short window, and spans of 60 buckets of the long one. */
export const WINDOW = 4
export const SPAN = 60
/** Buckets until a mark is outlived. */
export const LIFE = WINDOW * SPAN
/** Outlived stamps are dropped this often, in buckets: before the stamps come round again. */
const SWEEP = CYCLE - LIFE
export const CELLS = 512

/** Bitmaps whose cells hold when they were last marked, with the number of cells last marked in each bucket of either window. */
export class StampPool {
  private readonly cap: number
  private readonly free: number[] = []
  private used = 0
  private readonly cells: Uint8Array
  private readonly counts: Uint16Array
  private readonly swept: Int32Array

  /** Room for `cap` bitmaps: what of it is never used never becomes resident. */
  constructor(cap: number) {
    this.cap = cap
    this.cells = new Uint8Array(cap * CELLS)
    this.counts = new Uint16Array(cap * 2 * WINDOW)
    this.swept = new Int32Array(cap)
  }

  /** Of the bitmaps that were ever in use. */
  get bytes(): number {
    return this.used * (CELLS + 4 * WINDOW + 4)
  }

  /** An empty bitmap, -1 at the cap. */
  take(head: number): number {
    const bitmap = this.free.pop() ?? (this.used < this.cap ? this.used++ : -1)
    if (bitmap < 0) return -1
    this.cells.fill(0, bitmap * CELLS, (bitmap + 1) * CELLS)
    this.counts.fill(0, bitmap * 2 * WINDOW, (bitmap + 1) * 2 * WINDOW)
    this.swept[bitmap] = head
    return bitmap
  }

  release(bitmap: number): void {
    this.free.push(bitmap)
  }

  mark(bitmap: number, hash: number, bucket: number, head: number): void {
    const at = bitmap * CELLS + (hash >>> 23)
    const stamp = this.cells[at]!
    if (stamp !== 0) {
      const seen = bucketOf(stamp, head)
      if (seen >= bucket) return
      this.count(bitmap, seen, head, -1)
    }
    this.cells[at] = stampOf(bucket)
    this.count(bitmap, bucket, head, 1)
  }

  /** Moves both windows on to end with `bucket`. Returns false when nothing is left in them. */
  advance(bitmap: number, head: number, bucket: number): boolean {
    const base = bitmap * 2 * WINDOW
    for (let b = Math.max(head + 1, bucket - WINDOW + 1); b <= bucket; b++) this.counts[base + (b & 3)] = 0
    const span = spanOf(bucket)
    let left = 0
    for (let s = Math.max(spanOf(head) + 1, span - WINDOW + 1); s <= span; s++) this.counts[base + 4 + (s & 3)] = 0
    for (let i = 4; i < 8; i++) left += this.counts[base + i]!
    if (bucket - this.swept[bitmap]! >= SWEEP) this.sweep(bitmap, head, bucket)
    return left > 0
  }

  shortCount(bitmap: number, bucket: number, head: number): number {
    let filled = 0
    for (let b = bucket - WINDOW + 1; b <= head; b++) filled += this.counts[bitmap * 8 + (b & 3)]!
    return filled
  }

  longCount(bitmap: number, bucket: number, head: number): number {
    let filled = 0
    const last = spanOf(head)
    for (let s = spanOf(bucket) - WINDOW + 1; s <= last; s++) {
      filled += this.counts[bitmap * 8 + 4 + (s & 3)]!
    }
    return filled
  }

  private count(bitmap: number, bucket: number, head: number, change: number): void {
    const base = bitmap * 2 * WINDOW
    if (bucket > head - WINDOW) this.counts[base + (bucket & 3)]! += change
    if (spanOf(bucket) > spanOf(head) - WINDOW) this.counts[base + 4 + (spanOf(bucket) & 3)]! += change
  }

  private sweep(bitmap: number, head: number, bucket: number): void {
    this.swept[bitmap] = bucket
    for (let at = bitmap * CELLS; at < (bitmap + 1) * CELLS; at++) {
      const stamp = this.cells[at]!
      if (stamp !== 0 && bucket - bucketOf(stamp, head) >= LIFE) this.cells[at] = 0
    }
  }
}

/** The span of the long window a bucket belongs to. */
export function spanOf(bucket: number): number {
  return (bucket / SPAN) | 0
}

/** How a bucket is remembered: its number modulo 255, plus one, so that 0 is an empty place. */
export function stampOf(bucket: number): number {
  return (bucket % CYCLE) + 1
}

/** The newest bucket up to `head` that has this stamp. */
export function bucketOf(stamp: number, head: number): number {
  const age = (head % CYCLE) - (stamp - 1)
  return head - (age < 0 ? age + CYCLE : age)
}
