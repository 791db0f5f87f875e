import { Sketches } from '../../math/hyperloglog.ts'
import { enlarged } from './groups.ts'

/** Up to this many different values a group's count is exact; above, it is estimated. */
export const EXACT = 1024

const START = 4096

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

  private counts = new Int32Array(0)
  private first = new Int32Array(0)
  private last = new Int32Array(0)
  private sketch = new Int32Array(0)

  private slots = new Int32Array(START)
  private hashes = new Int32Array(START)
  private times = new Float64Array(START)
  private earlier = new Int32Array(START)
  private later = new Int32Array(START)
  private chain = new Int32Array(START)
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
    if (slot >= this.counts.length) this.growSlots(slot)
    this.expire(slot, horizon)
    const entry = this.find(slot, hash)
    if (entry >= 0) this.refresh(entry, time)
    else if (time > horizon) this.insert(slot, hash, time)
    const sketch = this.sketch[slot]!
    if (sketch < 0) return this.counts[slot]!
    if (this.sketchStart[sketch]! <= horizon) this.restart(slot, sketch, time)
    this.sketches.add(sketch, hash)
    return Math.max(this.counts[slot]!, Math.round(this.sketches.estimate(sketch)))
  }

  clear(slot: number): void {
    if (slot >= this.counts.length) return
    while (this.first[slot]! >= 0) this.remove(this.first[slot]!)
    this.releaseSketch(slot)
  }

  private expire(slot: number, horizon: number): void {
    let entry = this.first[slot]!
    while (entry >= 0 && this.times[entry]! <= horizon) {
      this.remove(entry)
      entry = this.first[slot]!
    }
    if (this.counts[slot]! < EXACT / 2) this.releaseSketch(slot)
  }

  private find(slot: number, hash: number): number {
    let entry = this.buckets[this.bucketOf(slot, hash)]!
    while (entry >= 0 && (this.hashes[entry] !== hash || this.slots[entry] !== slot)) entry = this.chain[entry]!
    return entry
  }

  private insert(slot: number, hash: number, time: number): void {
    if (this.counts[slot]! >= EXACT) this.overflow(slot, time)
    if (this.free < 0 && this.used === this.cap) this.recycle(slot)
    const entry = this.allocate()
    const bucket = this.bucketOf(slot, hash)
    this.slots[entry] = slot
    this.hashes[entry] = hash
    this.times[entry] = time
    this.chain[entry] = this.buckets[bucket]!
    this.buckets[bucket] = entry
    this.link(entry)
    this.counts[slot] = this.counts[slot]! + 1
    this.size++
  }

  private refresh(entry: number, time: number): void {
    if (time <= this.times[entry]!) return
    this.times[entry] = time
    if (this.later[entry]! < 0) return
    this.unlink(entry)
    this.link(entry)
  }

  private overflow(slot: number, time: number): void {
    if (this.sketch[slot]! < 0) {
      const sketch = this.sketches.take()
      this.sketch[slot] = sketch
      if (sketch < 0) this.saturated++
      else this.restart(slot, sketch, time)
    }
    this.remove(this.first[slot]!)
  }

  private restart(slot: number, sketch: number, time: number): void {
    this.sketches.clear(sketch)
    this.sketchStart[sketch] = time
    for (let entry = this.first[slot]!; entry >= 0; entry = this.later[entry]!) {
      this.sketches.add(sketch, this.hashes[entry]!)
    }
  }

  private releaseSketch(slot: number): void {
    if (this.sketch[slot]! >= 0) this.sketches.release(this.sketch[slot]!)
    this.sketch[slot] = -1
  }

  /** Frees an entry: of another slot if there is one, else this slot's own oldest. */
  private recycle(slot: number): void {
    this.dropped++
    this.makeRoom(slot)
    if (this.free < 0) this.remove(this.first[slot]!)
  }

  private allocate(): number {
    if (this.free >= 0) {
      const entry = this.free
      this.free = this.chain[entry]!
      return entry
    }
    if (this.used === this.times.length) this.growEntries()
    return this.used++
  }

  private remove(entry: number): void {
    const slot = this.slots[entry]!
    this.unlink(entry)
    const bucket = this.bucketOf(slot, this.hashes[entry]!)
    let before = this.buckets[bucket]!
    if (before === entry) {
      this.buckets[bucket] = this.chain[entry]!
    } else {
      while (this.chain[before] !== entry) before = this.chain[before]!
      this.chain[before] = this.chain[entry]!
    }
    this.chain[entry] = this.free
    this.free = entry
    this.counts[slot] = this.counts[slot]! - 1
    this.size--
  }

  /** Puts the entry in its slot's list by its time: nearly always last, since flows come nearly in order. */
  private link(entry: number): void {
    const slot = this.slots[entry]!
    const time = this.times[entry]!
    let earlier = this.last[slot]!
    for (let steps = 0; steps < 16 && earlier >= 0 && this.times[earlier]! > time; steps++)
      earlier = this.earlier[earlier]!
    const later = earlier >= 0 ? this.later[earlier]! : this.first[slot]!
    this.earlier[entry] = earlier
    this.later[entry] = later
    if (earlier >= 0) this.later[earlier] = entry
    else this.first[slot] = entry
    if (later >= 0) this.earlier[later] = entry
    else this.last[slot] = entry
  }

  private unlink(entry: number): void {
    const slot = this.slots[entry]!
    const earlier = this.earlier[entry]!
    const later = this.later[entry]!
    if (earlier >= 0) this.later[earlier] = later
    else this.first[slot] = later
    if (later >= 0) this.earlier[later] = earlier
    else this.last[slot] = earlier
  }

  private bucketOf(slot: number, hash: number): number {
    return (hash ^ Math.imul(slot + 1, 0x9e3779b1)) & (this.buckets.length - 1)
  }

  private growSlots(slot: number): void {
    const before = this.counts.length
    const capacity = Math.max(1024, 2 ** Math.ceil(Math.log2(slot + 1)))
    this.counts = enlarged(this.counts, new Int32Array(capacity))
    this.first = enlarged(this.first, new Int32Array(capacity)).fill(-1, before)
    this.last = enlarged(this.last, new Int32Array(capacity)).fill(-1, before)
    this.sketch = enlarged(this.sketch, new Int32Array(capacity)).fill(-1, before)
  }

  private growEntries(): void {
    const capacity = Math.min(this.cap, this.times.length * 2)
    this.slots = enlarged(this.slots, new Int32Array(capacity))
    this.hashes = enlarged(this.hashes, new Int32Array(capacity))
    this.times = enlarged(this.times, new Float64Array(capacity))
    this.earlier = enlarged(this.earlier, new Int32Array(capacity))
    this.later = enlarged(this.later, new Int32Array(capacity))
    this.chain = enlarged(this.chain, new Int32Array(capacity))
    this.buckets = new Int32Array(2 ** Math.ceil(Math.log2(capacity))).fill(-1)
    for (let entry = 0; entry < this.used; entry++) {
      const bucket = this.bucketOf(this.slots[entry]!, this.hashes[entry]!)
      this.chain[entry] = this.buckets[bucket]!
      this.buckets[bucket] = entry
    }
  }
}
