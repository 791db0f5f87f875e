import { type Rows, widened } from '../math/rows.ts'

const FIRST_CAPACITY = 1024
/** Index positions per slot: linear probing stays short at half full. */
const SPREAD = 2

/**
 * Slots for entities named by a 64-bit keyed hash: open addressing on typed arrays, grown by half at a time up to `cap`.
 * At the cap a clock hand takes slots back from whoever has used up the credit of its last visits, so that one-time
 * visitors go first.
 */
export class Table {
  size = 0
  evicted = 0
  /** Whether the last `claim` made a new entity. */
  created = false
  private readonly cap: number
  private readonly rows: readonly Rows[]
  private capacity = 0
  private keys = new Int32Array(0)
  private credit = new Uint8Array(0)
  private index = new Int32Array(1)
  private hand = 0

  constructor(cap: number, rows: readonly Rows[]) {
    this.cap = cap
    this.rows = rows
    this.grow(Math.min(cap, FIRST_CAPACITY))
  }

  get bytes(): number {
    const own = this.keys.byteLength + this.credit.byteLength + this.index.byteLength
    return this.rows.reduce((sum, rows) => sum + rows.bytes, own)
  }

  /** The slot of a key, -1 when it has none. */
  find(low: number, high: number): number {
    return this.index[this.probe(low, high)]! - 1
  }

  /** The slot of a key, made when it has none. `keep` is a slot that must not be evicted for it. */
  claim(low: number, high: number, keep = -1): number {
    let at = this.probe(low, high)
    const found = this.index[at]! - 1
    this.created = found < 0
    if (found >= 0) return found
    const slot = this.vacant(keep)
    at = this.probe(low, high)
    this.keys[2 * slot] = low
    this.keys[2 * slot + 1] = high
    this.index[at] = slot + 1
    return slot
  }

  /** A visit: the slot survives `credit` more rounds of the clock hand. */
  touch(slot: number, credit: number): void {
    this.credit[slot] = credit
  }

  /** The low half of the key in `slot`. */
  low(slot: number): number {
    return this.keys[2 * slot]!
  }

  /** Its high half. */
  high(slot: number): number {
    return this.keys[2 * slot + 1]!
  }

  private probe(low: number, high: number): number {
    const mask = this.index.length - 1
    let at = low & mask
    for (let slot = this.index[at]! - 1; slot >= 0; slot = this.index[at]! - 1) {
      if (this.keys[2 * slot] === low && this.keys[2 * slot + 1] === high) return at
      at = (at + 1) & mask
    }
    return at
  }

  private vacant(keep: number): number {
    if (this.size === this.capacity && this.capacity < this.cap) {
      this.grow(Math.min(this.cap, this.capacity + (this.capacity >> 1) + 1))
    }
    return this.size < this.capacity ? this.size++ : this.evict(keep)
  }

  private evict(keep: number): number {
    while (this.credit[this.hand] !== 0 || this.hand === keep) {
      if (this.hand !== keep) this.credit[this.hand]!--
      this.hand = (this.hand + 1) % this.capacity
    }
    const slot = this.hand
    this.hand = (slot + 1) % this.capacity
    this.unlink(slot)
    for (const rows of this.rows) rows.clear(slot)
    this.evicted++
    return slot
  }

  /** Takes a slot's key out, moving later entries of the probe run back over the hole (Knuth 6.4, algorithm R). */
  private unlink(slot: number): void {
    const mask = this.index.length - 1
    let hole = this.probe(this.keys[2 * slot]!, this.keys[2 * slot + 1]!)
    for (let at = (hole + 1) & mask; this.index[at] !== 0; at = (at + 1) & mask) {
      const home = this.keys[2 * (this.index[at]! - 1)]! & mask
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      this.index[hole] = this.index[at]!
      hole = at
    }
    this.index[hole] = 0
  }

  private grow(capacity: number): void {
    this.capacity = capacity
    this.keys = widened(this.keys, 2 * capacity)
    this.credit = widened(this.credit, capacity)
    for (const rows of this.rows) rows.resize(capacity)
    if (capacity * SPREAD <= this.index.length) return
    this.index = new Int32Array(2 ** Math.ceil(Math.log2(capacity * SPREAD)))
    for (let slot = 0; slot < this.size; slot++) {
      this.index[this.probe(this.keys[2 * slot]!, this.keys[2 * slot + 1]!)] = slot + 1
    }
  }
}
