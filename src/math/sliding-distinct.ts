import type { Records } from './records.ts'
import { bucketOf, CELLS, CYCLE, LIFE, SPAN, StampPool, spanOf, stampOf, WINDOW } from './stamp-pool.ts'

/** Linear counting (Whang, Vander-Zanden, Taylor 1990): how many distinct hashes fill so many of 512 cells. */
const ESTIMATE = Float64Array.from({ length: CELLS + 1 }, (_, filled) =>
  Math.round(-CELLS * Math.log(1 - Math.min(filled, CELLS - 0.5) / CELLS)),
)
/** What a full bitmap says: "at least". */
export const DISTINCT_LIMIT = ESTIMATE[CELLS]!

/**
 * Distinct 32-bit hashes in two sliding windows, for `kinds` sets in each record. A set is a list of at most `exact` hashes with
 * the bucket each was last seen in, and exact; when that is not enough it becomes a bitmap of 512 such stamps, whose cells
 * are counted per bucket, so that both windows are a sum of four counts. Standard error of a bitmap: below 1 up to 30, 5 %
 * at 1,000, 14 % at 2,500. Bitmaps come from a pool with a cap; without one a set forgets its oldest hash instead.
 */
export class SlidingDistinct {
  /** The answers of the last `read`. */
  short = 0
  long = 0
  /** Hashes that found neither room nor a bitmap. */
  refused = 0
  private readonly records: Records
  private readonly kinds: number
  private readonly exact: number
  private readonly pool: StampPool
  /** Bucket number of each set's newest hash. */
  private readonly headsAt: number
  /** 1 + number of the set's bitmap; 0 while it is a list. */
  private readonly bitmapsAt: number
  private readonly hashesAt: number
  private readonly stampsAt: number

  constructor(records: Records, kinds: number, exact: number, maxBitmaps: number) {
    this.records = records
    this.kinds = kinds
    this.exact = exact
    this.pool = new StampPool(maxBitmaps)
    this.headsAt = records.reserveWords(kinds)
    this.bitmapsAt = records.reserveHalves(kinds)
    this.hashesAt = records.reserveWords(kinds * exact)
    this.stampsAt = records.reserveOctets(kinds * exact)
  }

  /** Of the bitmaps; the rest is in the records. */
  get bytes(): number {
    return this.pool.bytes
  }

  /** Shows a well-mixed hash, seen in `bucket`, to one set of a row. What is older than the long window is left out. */
  add(row: number, kind: number, hash: number, bucket: number): void {
    const { words, halves, wordStride, halfStride } = this.records
    const headAt = row * wordStride + this.headsAt + kind
    if (bucket > words[headAt]!) this.advance(row, kind, bucket)
    else if (words[headAt]! - bucket >= LIFE) return
    const head = words[headAt]!
    const bitmapAt = row * halfStride + this.bitmapsAt + kind
    if (halves[bitmapAt] === 0 && !this.list(row, kind, hash, bucket, head)) {
      halves[bitmapAt] = this.promote(row, kind, head) + 1
      if (halves[bitmapAt] === 0) this.replaceOldest(row, kind, hash, bucket, head)
    }
    if (halves[bitmapAt] !== 0) this.pool.mark(halves[bitmapAt]! - 1, hash, bucket, head)
  }

  /** Sets `short` and `long` to the distinct hashes in the windows that end with bucket `last`. */
  read(row: number, kind: number, last: number): void {
    const { words, halves, wordStride, halfStride } = this.records
    const head = words[row * wordStride + this.headsAt + kind]!
    const bucket = Math.max(last, head)
    this.short = 0
    this.long = 0
    if (bucket - head >= LIFE) return
    const bitmap = halves[row * halfStride + this.bitmapsAt + kind]! - 1
    if (bitmap >= 0) {
      this.short = ESTIMATE[this.pool.shortCount(bitmap, bucket, head)]!
      this.long = ESTIMATE[this.pool.longCount(bitmap, bucket, head)]!
    } else this.readList(row, kind, head, bucket)
  }

  /** Gives back the bitmaps of a record that is about to be emptied. */
  release(row: number): void {
    for (let kind = 0; kind < this.kinds; kind++) this.giveBack(row, kind)
  }

  /** Forgets all sets of a record, for a clock that was set back. */
  reset(row: number): void {
    for (let kind = 0; kind < this.kinds; kind++) this.empty(row, kind)
  }

  private giveBack(row: number, kind: number): void {
    const { halves, halfStride } = this.records
    const at = row * halfStride + this.bitmapsAt + kind
    const bitmap = halves[at]! - 1
    if (bitmap >= 0) this.pool.release(bitmap)
    halves[at] = 0
  }

  private empty(row: number, kind: number): void {
    this.giveBack(row, kind)
    this.records.words[row * this.records.wordStride + this.headsAt + kind] = 0
    const first = this.firstStamp(row, kind)
    this.records.octets.fill(0, first, first + this.exact)
  }

  private firstStamp(row: number, kind: number): number {
    return row * this.records.octetStride + this.stampsAt + kind * this.exact
  }

  private firstHash(row: number, kind: number): number {
    return row * this.records.wordStride + this.hashesAt + kind * this.exact
  }

  private advance(row: number, kind: number, bucket: number): void {
    const { words, halves, wordStride, halfStride } = this.records
    const head = words[row * wordStride + this.headsAt + kind]!
    const bitmap = halves[row * halfStride + this.bitmapsAt + kind]! - 1
    if (bucket - head >= LIFE) this.empty(row, kind)
    else if (bitmap < 0) this.dropOutlived(this.firstStamp(row, kind), head, bucket)
    else if (!this.pool.advance(bitmap, head, bucket)) this.empty(row, kind)
    words[row * wordStride + this.headsAt + kind] = bucket
  }

  private dropOutlived(first: number, head: number, bucket: number): void {
    const { octets } = this.records
    for (let at = first; at < first + this.exact; at++) {
      if (bucket - bucketOf(octets[at]!, head) >= LIFE) octets[at] = 0
    }
  }

  /** Returns false when the hash is new and the list is full. */
  private list(row: number, kind: number, hash: number, bucket: number, head: number): boolean {
    const { words, octets } = this.records
    const stamps = this.firstStamp(row, kind)
    const hashes = this.firstHash(row, kind)
    let free = -1
    for (let i = 0; i < this.exact; i++) {
      const stamp = octets[stamps + i]!
      if (stamp === 0) free = i
      else if (words[hashes + i] === hash) {
        if (bucket > bucketOf(stamp, head)) octets[stamps + i] = stampOf(bucket)
        return true
      }
    }
    if (free < 0) return false
    words[hashes + free] = hash
    octets[stamps + free] = stampOf(bucket)
    return true
  }

  /** Returns the bitmap a full list became, -1 when there is none. */
  private promote(row: number, kind: number, head: number): number {
    const bitmap = this.pool.take(head)
    if (bitmap < 0) return -1
    const { words, octets } = this.records
    const stamps = this.firstStamp(row, kind)
    const hashes = this.firstHash(row, kind)
    for (let i = 0; i < this.exact; i++) {
      this.pool.mark(bitmap, words[hashes + i]!, bucketOf(octets[stamps + i]!, head), head)
    }
    return bitmap
  }

  private replaceOldest(row: number, kind: number, hash: number, bucket: number, head: number): void {
    const { words, octets } = this.records
    const stamps = this.firstStamp(row, kind)
    let oldest = 0
    for (let i = 1; i < this.exact; i++) {
      if (bucketOf(octets[stamps + i]!, head) < bucketOf(octets[stamps + oldest]!, head)) oldest = i
    }
    words[this.firstHash(row, kind) + oldest] = hash
    octets[stamps + oldest] = stampOf(bucket)
    this.refused++
  }

  private readList(row: number, kind: number, head: number, bucket: number): void {
    const { octets } = this.records
    const first = this.firstStamp(row, kind)
    const newest = stampOf(head)
    const firstShort = bucket - WINDOW
    const firstLong = (spanOf(bucket) - WINDOW + 1) * SPAN
    for (let at = first; at < first + this.exact; at++) {
      const stamp = octets[at]!
      if (stamp === 0) continue
      const seen = head - (stamp <= newest ? newest - stamp : newest - stamp + CYCLE)
      if (seen > firstShort) this.short++
      if (seen >= firstLong) this.long++
    }
  }
}
