const START = 1024

/** How many groups there may be: in all, and of one owner. */
export interface GroupCaps {
  total: number
  perOwner: number
}

/** Words of a slot's record, 32 bytes: half a cache line. Its last two hold the clock. */
const WORDS = 8
const HASH_A = 0
const HASH_B = 1
const OWNER = 2
/** Neighbours in the owner's list; the chain of the hash table, or of free slots; whether used since it was last passed over. */
const OLDER = 3
const NEWER = 4
const CHAIN = 5
const CLOCK = 3
/** The owner's word holds this bit where the group was used again. */
const USED = 1 << 30

/**
 * Slots for the groups of all correlations, found by a 64-bit keyed hash. Each owner (a correlation) keeps its groups in
 * order of making; at its cap its own oldest goes that was not used since it was last passed over (second chance), at the
 * cap in all that of whoever holds most, so that a flood of groups in one rule cannot empty the others.
 */
export class Groups {
  evictions = 0
  size = 0
  private readonly owners: readonly number[]
  private readonly caps: GroupCaps
  private readonly released: (slot: number) => void
  private readonly held: Int32Array
  private readonly oldest: Int32Array
  private readonly newest: Int32Array
  private capacity = START
  private words = new Int32Array(START * WORDS)
  private doubles = new Float64Array(this.words.buffer)
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

  get bytes(): number {
    return this.words.byteLength + this.buckets.byteLength
  }

  /** The slot of the group with this hash, made when there is none. A new group has the clock 0. */
  slotOf(owner: number, a: number, b: number): number {
    const { words } = this
    let slot = this.buckets[a & (this.buckets.length - 1)]!
    while (slot >= 0) {
      const at = slot * WORDS
      if (words[at + HASH_A] === a && words[at + HASH_B] === b && (words[at + OWNER]! & ~USED) === owner) {
        words[at + OWNER] = owner | USED
        return slot
      }
      slot = words[at + CHAIN]!
    }
    return this.insert(owner, a, b)
  }

  /** Newest time seen of the slot, epoch seconds. */
  clockOf(slot: number): number {
    return this.doubles[slot * (WORDS / 2) + CLOCK]!
  }

  setClock(slot: number, time: number): void {
    this.doubles[slot * (WORDS / 2) + CLOCK] = time
  }

  /** Forgets a group of whichever of `owners` holds most, other than `kept`; does nothing where there is no other. */
  evictFrom(owners: readonly number[], kept: number): void {
    const owner = this.largest(owners)
    if (this.held[owner]! > 1 || this.oldest[owner] !== kept) this.evict(owner, kept)
  }

  private evict(owner: number, kept: number): void {
    let slot = this.oldest[owner]!
    while (slot === kept || (this.words[slot * WORDS + OWNER]! & USED) !== 0) {
      this.words[slot * WORDS + OWNER] = owner
      this.unlink(slot)
      this.append(slot)
      slot = this.oldest[owner]!
    }
    this.evictions++
    this.forget(slot)
  }

  private insert(owner: number, a: number, b: number): number {
    if (this.held[owner]! >= this.caps.perOwner) this.evict(owner, -1)
    else if (this.size >= this.caps.total) this.evict(this.largest(this.owners), -1)
    const slot = this.allocate()
    this.size++
    this.held[owner] = this.held[owner]! + 1
    const at = slot * WORDS
    this.words[at + HASH_A] = a
    this.words[at + HASH_B] = b
    this.words[at + OWNER] = owner
    this.setClock(slot, 0)
    this.chain(slot)
    this.append(slot)
    return slot
  }

  private chain(slot: number): void {
    const bucket = this.words[slot * WORDS + HASH_A]! & (this.buckets.length - 1)
    this.words[slot * WORDS + CHAIN] = this.buckets[bucket]!
    this.buckets[bucket] = slot
  }

  private allocate(): number {
    if (this.free >= 0) {
      const slot = this.free
      this.free = this.words[slot * WORDS + CHAIN]!
      return slot
    }
    if (this.used === this.capacity) this.grow()
    return this.used++
  }

  private forget(slot: number): void {
    const { words } = this
    const at = slot * WORDS
    const owner = words[at + OWNER]! & ~USED
    this.unlink(slot)
    const bucket = words[at + HASH_A]! & (this.buckets.length - 1)
    let before = this.buckets[bucket]!
    if (before === slot) {
      this.buckets[bucket] = words[at + CHAIN]!
    } else {
      while (words[before * WORDS + CHAIN] !== slot) before = words[before * WORDS + CHAIN]!
      words[before * WORDS + CHAIN] = words[at + CHAIN]!
    }
    words[at + CHAIN] = this.free
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
    const { words } = this
    const owner = words[slot * WORDS + OWNER]! & ~USED
    const last = this.newest[owner]!
    words[slot * WORDS + OLDER] = last
    words[slot * WORDS + NEWER] = -1
    if (last >= 0) words[last * WORDS + NEWER] = slot
    else this.oldest[owner] = slot
    this.newest[owner] = slot
  }

  private unlink(slot: number): void {
    const { words } = this
    const owner = words[slot * WORDS + OWNER]! & ~USED
    const older = words[slot * WORDS + OLDER]!
    const newer = words[slot * WORDS + NEWER]!
    if (older >= 0) words[older * WORDS + NEWER] = newer
    else this.oldest[owner] = newer
    if (newer >= 0) words[newer * WORDS + OLDER] = older
    else this.newest[owner] = older
  }

  private grow(): void {
    this.capacity *= 2
    this.words = enlarged(this.words, new Int32Array(this.capacity * WORDS))
    this.doubles = new Float64Array(this.words.buffer)
    // Growth happens only when every slot is taken, so all of them are chained anew.
    this.buckets = new Int32Array(this.capacity).fill(-1)
    for (let slot = 0; slot < this.used; slot++) this.chain(slot)
  }
}

/** `larger`, beginning with what `smaller` holds. */
export function enlarged<T extends Int32Array | Float64Array>(smaller: T, larger: T): T {
  larger.set(smaller)
  return larger
}
