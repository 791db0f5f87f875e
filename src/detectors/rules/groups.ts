const START = 1024

/** How many groups there may be: in all, and of one owner. */
export interface GroupCaps {
  total: number
  perOwner: number
}

/**
 * Slots for the groups of all correlations, found by a 64-bit keyed hash. Each owner (a correlation) keeps its groups in
 * order of use; at its cap its own oldest goes, at the cap in all the oldest of whoever holds most, so that a flood of
 * groups in one rule cannot empty the others.
 */
export class Groups {
  /** Newest time seen in each slot, epoch seconds. */
  clock = new Float64Array(START)
  capacity = START
  evictions = 0
  size = 0
  private readonly owners: readonly number[]
  private readonly caps: GroupCaps
  private readonly released: (slot: number) => void
  private readonly held: Int32Array
  private readonly oldest: Int32Array
  private readonly newest: Int32Array
  private hashA = new Int32Array(START)
  private hashB = new Int32Array(START)
  private owner = new Int32Array(START)
  private older = new Int32Array(START)
  private newer = new Int32Array(START)
  private chain = new Int32Array(START)
  private buckets = new Int32Array(START).fill(-1)
  private free = -1
  private used = 0

  /** `released` is told of each slot whose group was forgotten. */
  constructor(owners: number, caps: GroupCaps, released: (slot: number) => void) {
    this.owners = Array.from({ length: owners }, (_, owner) => owner)
    this.caps = caps
    this.released = released
    this.held = new Int32Array(owners)
    this.oldest = new Int32Array(owners).fill(-1)
    this.newest = new Int32Array(owners).fill(-1)
  }

  /** The slot of the group with this hash, which is then its owner's newest. A new group has the clock 0. */
  slotOf(owner: number, a: number, b: number): number {
    let slot = this.buckets[a & (this.buckets.length - 1)]!
    while (slot >= 0 && (this.hashA[slot] !== a || this.hashB[slot] !== b || this.owner[slot] !== owner)) {
      slot = this.chain[slot]!
    }
    if (slot >= 0) {
      if (this.newest[owner] !== slot) {
        this.unlink(slot)
        this.append(slot)
      }
      return slot
    }
    return this.insert(owner, a, b)
  }

  /** Forgets the least recently used group of whichever of `owners` holds most, unless that is `kept`. */
  evictFrom(owners: readonly number[], kept: number): void {
    const slot = this.oldest[this.largest(owners)]!
    if (slot >= 0 && slot !== kept) this.evict(slot)
  }

  private evict(slot: number): void {
    this.evictions++
    this.forget(slot)
  }

  private insert(owner: number, a: number, b: number): number {
    if (this.held[owner]! >= this.caps.perOwner) this.evict(this.oldest[owner]!)
    else if (this.size >= this.caps.total) this.evict(this.oldest[this.largest(this.owners)]!)
    const slot = this.allocate()
    this.size++
    this.held[owner] = this.held[owner]! + 1
    this.hashA[slot] = a
    this.hashB[slot] = b
    this.owner[slot] = owner
    this.clock[slot] = 0
    const bucket = a & (this.buckets.length - 1)
    this.chain[slot] = this.buckets[bucket]!
    this.buckets[bucket] = slot
    this.append(slot)
    return slot
  }

  private allocate(): number {
    if (this.free >= 0) {
      const slot = this.free
      this.free = this.chain[slot]!
      return slot
    }
    if (this.used === this.capacity) this.grow()
    return this.used++
  }

  private forget(slot: number): void {
    const owner = this.owner[slot]!
    this.unlink(slot)
    const bucket = this.hashA[slot]! & (this.buckets.length - 1)
    let before = this.buckets[bucket]!
    if (before === slot) {
      this.buckets[bucket] = this.chain[slot]!
    } else {
      while (this.chain[before] !== slot) before = this.chain[before]!
      this.chain[before] = this.chain[slot]!
    }
    this.chain[slot] = this.free
    this.free = slot
    this.size--
    this.held[owner] = this.held[owner]! - 1
    this.released(slot)
  }

  private largest(owners: readonly number[]): number {
    let best = owners[0]!
    for (const owner of owners) if (this.held[owner]! > this.held[best]!) best = owner
    return best
  }

  private append(slot: number): void {
    const owner = this.owner[slot]!
    const last = this.newest[owner]!
    this.older[slot] = last
    this.newer[slot] = -1
    if (last >= 0) this.newer[last] = slot
    else this.oldest[owner] = slot
    this.newest[owner] = slot
  }

  private unlink(slot: number): void {
    const owner = this.owner[slot]!
    const older = this.older[slot]!
    const newer = this.newer[slot]!
    if (older >= 0) this.newer[older] = newer
    else this.oldest[owner] = newer
    if (newer >= 0) this.older[newer] = older
    else this.newest[owner] = older
  }

  private grow(): void {
    const capacity = this.capacity * 2
    this.capacity = capacity
    this.clock = enlarged(this.clock, new Float64Array(capacity))
    this.hashA = enlarged(this.hashA, new Int32Array(capacity))
    this.hashB = enlarged(this.hashB, new Int32Array(capacity))
    this.owner = enlarged(this.owner, new Int32Array(capacity))
    this.older = enlarged(this.older, new Int32Array(capacity))
    this.newer = enlarged(this.newer, new Int32Array(capacity))
    this.chain = enlarged(this.chain, new Int32Array(capacity))
    // Growth happens only when every slot is taken, so all of them are rehashed.
    this.buckets = new Int32Array(capacity).fill(-1)
    for (let slot = 0; slot < this.used; slot++) {
      const bucket = this.hashA[slot]! & (capacity - 1)
      this.chain[slot] = this.buckets[bucket]!
      this.buckets[bucket] = slot
    }
  }
}

/** `larger`, beginning with what `smaller` holds. */
export function enlarged<T extends Int32Array | Float64Array>(smaller: T, larger: T): T {
  larger.set(smaller)
  return larger
}
