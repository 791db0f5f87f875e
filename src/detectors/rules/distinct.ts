import { Sketches } from '../../math/hyperloglog.ts'
import { enlarged } from './groups.ts'

/** Up to this many different values a group's count is exact; above, it is estimated. */
export const EXACT = 1024

const START = 4096

/** Words of an entry, 32 bytes: half a cache line. The last two hold the time. */
const WORDS = 8
const SLOT = 0
const HASH = 1
const EARLIER = 2
const LATER = 3
const CHAIN = 4
const TIME = 3

/** Words of a slot: how many entries, the first and last by time, and its sketch or -1. */
const SLOT_WORDS = 4
const COUNT = 0
const FIRST = 1
const LAST = 2
const SKETCH = 3

export interface DistinctCaps {
  /** Values held of all groups together. */
  values: number
  /** Groups with more than `EXACT` values that can be estimated at a time. */
  sketches: number
}

/**
 * Different values per slot over a sliding window. Each value is an entry in one shared pool, chained in a hash table to be
 * found and in its slot's list by the time it was last seen, so that the window slides exactly. A slot with more than
 * `EXACT` values keeps the newest of them, and estimates the rest by a sketch that begins anew each window: such a count is
 * never above the true one by more than the sketch's error.
 */
export class Distinct {
  size = 0
  /** Values dropped because the pool was full. */
  dropped = 0
  /** Times a count stayed at `EXACT` because every sketch was taken. */
  saturated = 0
  private readonly cap: number
  private readonly sketches: Sketches
  private readonly sketchStart: Float64Array
  private readonly makeRoom: (slot: number) => void

  private slots = new Int32Array(0)
  private words = new Int32Array(START * WORDS)
  private doubles = new Float64Array(this.words.buffer)
  private capacity = START
  private buckets = new Int32Array(START).fill(-1)
  private free = -1
  private used = 0

  /** `makeRoom` is called when the pool is full, to clear some slot other than the one it is given. */
  constructor(caps: DistinctCaps, makeRoom: (slot: number) => void) {
    this.cap = caps.values
    this.sketches = new Sketches(caps.sketches)
    this.sketchStart = new Float64Array(caps.sketches)
    this.makeRoom = makeRoom
  }

  /** Sees a value (by its well-mixed hash) at `time`, and returns how many different ones were seen since `horizon`. */
  add(slot: number, hash: number, time: number, horizon: number): number {
    const at = slot * SLOT_WORDS
    if (at >= this.slots.length) this.growSlots(slot)
    this.expire(slot, horizon)
    const entry = this.find(slot, hash)
    if (entry >= 0) this.refresh(slot, entry, time)
    else if (time > horizon) this.insert(slot, hash, time)
    const count = this.slots[at + COUNT]!
    const sketch = this.slots[at + SKETCH]!
    if (sketch < 0) return count
    if (this.sketchStart[sketch]! <= horizon) this.restart(slot, sketch, time)
    this.sketches.add(sketch, hash)
    return Math.max(count, Math.round(this.sketches.estimate(sketch)))
  }

  get bytes(): number {
    const { words, buckets, slots, sketches, sketchStart } = this
    return words.byteLength + buckets.byteLength + slots.byteLength + sketches.bytes + sketchStart.byteLength
  }

  clear(slot: number): void {
    const at = slot * SLOT_WORDS
    if (at >= this.slots.length) return
    while (this.slots[at + FIRST]! >= 0) this.remove(this.slots[at + FIRST]!)
    this.releaseSketch(slot)
  }

  private expire(slot: number, horizon: number): void {
    const at = slot * SLOT_WORDS
    let entry = this.slots[at + FIRST]!
    while (entry >= 0 && this.timeOf(entry) <= horizon) {
      this.remove(entry)
      entry = this.slots[at + FIRST]!
    }
    if (this.slots[at + SKETCH]! >= 0 && this.slots[at + COUNT]! < EXACT / 2) this.releaseSketch(slot)
  }

  private timeOf(entry: number): number {
    return this.doubles[entry * (WORDS / 2) + TIME]!
  }

  private find(slot: number, hash: number): number {
    const { words } = this
    let entry = this.buckets[this.bucketOf(slot, hash)]!
    while (entry >= 0 && (words[entry * WORDS + HASH] !== hash || words[entry * WORDS + SLOT] !== slot)) {
      entry = words[entry * WORDS + CHAIN]!
    }
    return entry
  }

  private insert(slot: number, hash: number, time: number): void {
    if (this.slots[slot * SLOT_WORDS + COUNT]! >= EXACT) this.overflow(slot, time)
    if (this.free < 0 && this.used === this.cap) this.recycle(slot)
    const entry = this.allocate()
    this.words[entry * WORDS + SLOT] = slot
    this.words[entry * WORDS + HASH] = hash
    this.doubles[entry * (WORDS / 2) + TIME] = time
    this.chain(entry)
    this.link(slot, entry)
    this.slots[slot * SLOT_WORDS + COUNT] = this.slots[slot * SLOT_WORDS + COUNT]! + 1
    this.size++
  }

  private refresh(slot: number, entry: number, time: number): void {
    if (time <= this.timeOf(entry)) return
    this.doubles[entry * (WORDS / 2) + TIME] = time
    if (this.words[entry * WORDS + LATER]! < 0) return
    this.unlink(slot, entry)
    this.link(slot, entry)
  }

  private overflow(slot: number, time: number): void {
    const at = slot * SLOT_WORDS
    if (this.slots[at + SKETCH]! < 0) {
      const sketch = this.sketches.take()
      this.slots[at + SKETCH] = sketch
      if (sketch < 0) this.saturated++
      else this.restart(slot, sketch, time)
    }
    this.remove(this.slots[at + FIRST]!)
  }

  private restart(slot: number, sketch: number, time: number): void {
    this.sketches.clear(sketch)
    this.sketchStart[sketch] = time
    let entry = this.slots[slot * SLOT_WORDS + FIRST]!
    while (entry >= 0) {
      this.sketches.add(sketch, this.words[entry * WORDS + HASH]!)
      entry = this.words[entry * WORDS + LATER]!
    }
  }

  private releaseSketch(slot: number): void {
    const at = slot * SLOT_WORDS + SKETCH
    if (this.slots[at]! >= 0) this.sketches.release(this.slots[at]!)
    this.slots[at] = -1
  }

  /** Frees an entry: of another slot if there is one, else this slot's own oldest. */
  private recycle(slot: number): void {
    this.dropped++
    this.makeRoom(slot)
    if (this.free < 0) this.remove(this.slots[slot * SLOT_WORDS + FIRST]!)
  }

  private allocate(): number {
    if (this.free >= 0) {
      const entry = this.free
      this.free = this.words[entry * WORDS + CHAIN]!
      return entry
    }
    if (this.used === this.capacity) this.growEntries()
    return this.used++
  }

  private chain(entry: number): void {
    const at = entry * WORDS
    const bucket = this.bucketOf(this.words[at + SLOT]!, this.words[at + HASH]!)
    this.words[at + CHAIN] = this.buckets[bucket]!
    this.buckets[bucket] = entry
  }

  private remove(entry: number): void {
    const { words } = this
    const at = entry * WORDS
    const slot = words[at + SLOT]!
    this.unlink(slot, entry)
    const bucket = this.bucketOf(slot, words[at + HASH]!)
    let before = this.buckets[bucket]!
    if (before === entry) {
      this.buckets[bucket] = words[at + CHAIN]!
    } else {
      while (words[before * WORDS + CHAIN] !== entry) before = words[before * WORDS + CHAIN]!
      words[before * WORDS + CHAIN] = words[at + CHAIN]!
    }
    words[at + CHAIN] = this.free
    this.free = entry
    this.slots[slot * SLOT_WORDS + COUNT] = this.slots[slot * SLOT_WORDS + COUNT]! - 1
    this.size--
  }

  /** Puts the entry in its slot's list by its time: nearly always last, since flows come nearly in order. */
  private link(slot: number, entry: number): void {
    const { words, slots } = this
    const time = this.timeOf(entry)
    let earlier = slots[slot * SLOT_WORDS + LAST]!
    for (let steps = 0; steps < 16 && earlier >= 0 && this.timeOf(earlier) > time; steps++) {
      earlier = words[earlier * WORDS + EARLIER]!
    }
    const later = earlier >= 0 ? words[earlier * WORDS + LATER]! : slots[slot * SLOT_WORDS + FIRST]!
    this.join(slot, earlier, entry)
    this.join(slot, entry, later)
  }

  private unlink(slot: number, entry: number): void {
    this.join(slot, this.words[entry * WORDS + EARLIER]!, this.words[entry * WORDS + LATER]!)
  }

  /** Makes two entries neighbours in their slot's list; -1 is the end of it. */
  private join(slot: number, earlier: number, later: number): void {
    if (earlier >= 0) this.words[earlier * WORDS + LATER] = later
    else this.slots[slot * SLOT_WORDS + FIRST] = later
    if (later >= 0) this.words[later * WORDS + EARLIER] = earlier
    else this.slots[slot * SLOT_WORDS + LAST] = earlier
  }

  private bucketOf(slot: number, hash: number): number {
    return (hash ^ Math.imul(slot + 1, 0x9e3779b1)) & (this.buckets.length - 1)
  }

  private growSlots(slot: number): void {
    const before = this.slots.length / SLOT_WORDS
    const capacity = Math.max(1024, 2 ** Math.ceil(Math.log2(slot + 1)))
    this.slots = enlarged(this.slots, new Int32Array(capacity * SLOT_WORDS))
    for (let i = before; i < capacity; i++) this.slots.fill(-1, i * SLOT_WORDS + FIRST, (i + 1) * SLOT_WORDS)
  }

  private growEntries(): void {
    this.capacity = Math.min(this.cap, this.capacity * 2)
    this.words = enlarged(this.words, new Int32Array(this.capacity * WORDS))
    this.doubles = new Float64Array(this.words.buffer)
    this.buckets = new Int32Array(2 ** Math.ceil(Math.log2(this.capacity))).fill(-1)
    for (let entry = 0; entry < this.used; entry++) this.chain(entry)
  }
}
