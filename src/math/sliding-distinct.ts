import { type Rows, widened } from './rows.ts'
import { bucketOf, CELLS, LIFE, StampPool, spanOf, stampOf, WINDOW } from './stamp-pool.ts'

/** Linear counting (Whang, Vander-Zanden, Taylor 1990): how many distinct hashes fill so many of 512 cells. */
const ESTIMATE = Float64Array.from({ length: CELLS + 1 }, (_, filled) =>
  Math.round(-CELLS * Math.log(1 - Math.min(filled, CELLS - 0.5) / CELLS)),
)
/** What a full bitmap says: "at least". */
export const DISTINCT_LIMIT = ESTIMATE[CELLS]!

/**
 * Distinct 32-bit hashes in two sliding windows, for `kinds` sets in each row. A set is a list of at most `exact` hashes with
 * the bucket each was last seen in, and exact; when that is not enough it becomes a bitmap of 512 such stamps, whose cells
 * are counted per bucket, so that both windows are a sum of four counts. Standard error of a bitmap: below 1 up to 30, 5 %
 * at 1,000, 14 % at 2,500. Bitmaps come from a pool with a cap; without one a set forgets its oldest hash instead.
 */
export class SlidingDistinct implements Rows {
  /** The answers of the last `read`. */
  short = 0
  long = 0
  /** Hashes that found neither room nor a bitmap. */
  refused = 0
  private readonly kinds: number
  private readonly exact: number
  private readonly pool: StampPool
  private heads = new Int32Array(0)
  /** 1 + number of the set's bitmap; 0 while it is a list. */
  private bitmaps = new Int32Array(0)
  private hashes = new Int32Array(0)
  private stamps = new Uint8Array(0)

  constructor(kinds: number, exact: number, maxBitmaps: number) {
    this.kinds = kinds
    this.exact = exact
    this.pool = new StampPool(maxBitmaps)
  }

  get bytes(): number {
    return (
      this.heads.byteLength +
      this.bitmaps.byteLength +
      this.hashes.byteLength +
      this.stamps.byteLength +
      this.pool.bytes
    )
  }

  /** Shows a well-mixed hash, seen in `bucket`, to one set of a row. What is older than the long window is left out. */
  add(row: number, kind: number, hash: number, bucket: number): void {
    const set = row * this.kinds + kind
    if (bucket > this.heads[set]!) this.advance(set, bucket)
    else if (this.heads[set]! - bucket >= LIFE) return
    if (this.bitmaps[set] === 0 && !this.list(set, hash, bucket)) {
      if (!this.promote(set)) {
        this.refused++
        this.replaceOldest(set, hash, bucket)
        return
      }
    }
    if (this.bitmaps[set] !== 0) this.pool.mark(this.bitmaps[set]! - 1, hash, bucket, this.heads[set]!)
  }

  /** Sets `short` and `long` to the distinct hashes in the windows that end with bucket `last`. */
  read(row: number, kind: number, last: number): void {
    const set = row * this.kinds + kind
    const head = this.heads[set]!
    const bucket = Math.max(last, head)
    this.short = 0
    this.long = 0
    if (bucket - head >= LIFE) return
    if (this.bitmaps[set] !== 0) {
      const at = this.bitmaps[set]! - 1
      this.short = ESTIMATE[this.pool.shortCount(at, bucket, head)]!
      this.long = ESTIMATE[this.pool.longCount(at, bucket, head)]!
    } else this.readList(set, head, bucket)
  }

  resize(capacity: number): void {
    const sets = capacity * this.kinds
    this.heads = widened(this.heads, sets)
    this.bitmaps = widened(this.bitmaps, sets)
    this.hashes = widened(this.hashes, sets * this.exact)
    this.stamps = widened(this.stamps, sets * this.exact)
  }

  clear(row: number): void {
    for (let set = row * this.kinds; set < (row + 1) * this.kinds; set++) this.empty(set)
  }

  /** Forgets everything, for a clock that was set back. */
  reset(): void {
    for (let set = 0; set < this.heads.length; set++) this.empty(set)
  }

  private empty(set: number): void {
    if (this.bitmaps[set] !== 0) this.pool.release(this.bitmaps[set]! - 1)
    this.bitmaps[set] = 0
    this.heads[set] = 0
    this.stamps.fill(0, set * this.exact, (set + 1) * this.exact)
  }

  private advance(set: number, bucket: number): void {
    const head = this.heads[set]!
    if (bucket - head >= LIFE) this.empty(set)
    else if (this.bitmaps[set] === 0) this.dropOutlived(set, head, bucket)
    else if (!this.pool.advance(this.bitmaps[set]! - 1, head, bucket)) this.empty(set)
    this.heads[set] = bucket
  }

  private dropOutlived(set: number, head: number, bucket: number): void {
    const end = (set + 1) * this.exact
    for (let at = set * this.exact; at < end; at++) {
      if (bucket - bucketOf(this.stamps[at]!, head) >= LIFE) this.stamps[at] = 0
    }
  }

  /** Returns false when the hash is new and the list is full. */
  private list(set: number, hash: number, bucket: number): boolean {
    const head = this.heads[set]!
    const end = (set + 1) * this.exact
    let free = -1
    for (let at = set * this.exact; at < end; at++) {
      const stamp = this.stamps[at]!
      if (stamp === 0) free = at
      else if (this.hashes[at] === hash) {
        if (bucket > bucketOf(stamp, head)) this.stamps[at] = stampOf(bucket)
        return true
      }
    }
    if (free < 0) return false
    this.hashes[free] = hash
    this.stamps[free] = stampOf(bucket)
    return true
  }

  private promote(set: number): boolean {
    const head = this.heads[set]!
    const bitmap = this.pool.take(head)
    if (bitmap < 0) return false
    this.bitmaps[set] = bitmap + 1
    for (let at = set * this.exact; at < (set + 1) * this.exact; at++) {
      this.pool.mark(bitmap, this.hashes[at]!, bucketOf(this.stamps[at]!, head), head)
    }
    return true
  }

  private replaceOldest(set: number, hash: number, bucket: number): void {
    const head = this.heads[set]!
    let oldest = set * this.exact
    for (let at = oldest; at < (set + 1) * this.exact; at++) {
      if (bucketOf(this.stamps[at]!, head) < bucketOf(this.stamps[oldest]!, head)) oldest = at
    }
    this.hashes[oldest] = hash
    this.stamps[oldest] = stampOf(bucket)
  }

  private readList(set: number, head: number, bucket: number): void {
    const end = (set + 1) * this.exact
    const firstShort = bucket - WINDOW
    const firstLong = spanOf(bucket) - WINDOW
    for (let at = set * this.exact; at < end; at++) {
      if (this.stamps[at] === 0) continue
      const seen = bucketOf(this.stamps[at]!, head)
      if (seen > firstShort) this.short++
      if (spanOf(seen) > firstLong) this.long++
    }
  }
}
