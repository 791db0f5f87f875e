import type { Records } from '../math/records.ts'

/** Places in the index per record: linear probing stays short at half full. */
const SPREAD = 2

/** Holds something for single records outside of them. */
export interface Holder {
  /** The record is about to be emptied for somebody else. */
  release(row: number): void
}

/**
 * Records of things named by a 64-bit keyed hash: open addressing on typed arrays with room for `cap`, of which what was never
 * used never becomes resident. At the cap a clock hand takes records back from whoever has used up the credit of its last
 * visit, so that one-time visitors go first.
 */
export class Table {
  size = 0
  evicted = 0
  /** Whether the last `claim` made a new record. */
  created = false
  private readonly cap: number
  private readonly records: Records
  private readonly holders: readonly Holder[]
  private readonly keyAt: number
  private readonly credit: Uint8Array
  /** 1 + row, 0 where empty. */
  private readonly index: Int32Array
  private hand = 0

  /** Every other part of the records must have been reserved before. */
  constructor(cap: number, records: Records, holders: readonly Holder[]) {
    this.cap = cap
    this.records = records
    this.holders = holders
    this.keyAt = records.reserveWords(2)
    records.make(cap)
    this.credit = new Uint8Array(cap)
    this.index = new Int32Array(2 ** Math.ceil(Math.log2(cap * SPREAD)))
  }

  /** Of the records there are, and their index. */
  get bytes(): number {
    return this.size * this.records.octetStride + this.credit.byteLength + this.index.byteLength
  }

  /** The row of a key, -1 when it has none. */
  find(low: number, high: number): number {
    return this.index[this.probe(low, high)]! - 1
  }

  /** The row of a key, made when it has none. `keep` is a row that must not be evicted for it. */
  claim(low: number, high: number, keep = -1): number {
    const found = this.index[this.probe(low, high)]! - 1
    this.created = found < 0
    if (found >= 0) return found
    const row = this.vacant(keep)
    const { words, wordStride } = this.records
    words[row * wordStride + this.keyAt] = low
    words[row * wordStride + this.keyAt + 1] = high
    this.index[this.probe(low, high)] = row + 1
    return row
  }

  /** A visit: the record survives `credit` more rounds of the clock hand. */
  touch(row: number, credit: number): void {
    this.credit[row] = credit
  }

  /** The low half of a row's key. */
  low(row: number): number {
    return this.records.words[row * this.records.wordStride + this.keyAt]!
  }

  /** Its high half. */
  high(row: number): number {
    return this.records.words[row * this.records.wordStride + this.keyAt + 1]!
  }

  /** Where the key is in the index, or where it would be. */
  private probe(low: number, high: number): number {
    const { index } = this
    const mask = index.length - 1
    let at = low & mask
    for (let row = index[at]! - 1; row >= 0; row = index[at]! - 1) {
      if (this.low(row) === low && this.high(row) === high) return at
      at = (at + 1) & mask
    }
    return at
  }

  private vacant(keep: number): number {
    return this.size < this.cap ? this.size++ : this.evict(keep)
  }

  private evict(keep: number): number {
    const { credit } = this
    while (credit[this.hand] !== 0 || this.hand === keep) {
      if (this.hand !== keep) credit[this.hand]!--
      this.hand = (this.hand + 1) % this.cap
    }
    const row = this.hand
    this.hand = (row + 1) % this.cap
    this.unlink(row)
    for (const holder of this.holders) holder.release(row)
    this.records.clear(row)
    this.evicted++
    return row
  }

  /** Takes a row's key out, moving later entries of the probe run back over the hole (Knuth 6.4, algorithm R). */
  private unlink(row: number): void {
    const { index } = this
    const mask = index.length - 1
    let hole = this.probe(this.low(row), this.high(row))
    for (let at = (hole + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const home = this.low(index[at]! - 1) & mask
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      index[hole] = index[at]!
      hole = at
    }
    index[hole] = 0
  }
}
