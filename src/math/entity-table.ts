import { createWordHash } from './hash.ts'

/** Entities that share a bucket; at the cap the one worth least gives way. */
const WAYS = 8
const WORDS = 4

/** Gives hosts or devices, named by four words, a slot each: a table of fixed size, without growth and without scans. */
export class EntityTable {
  /** Slots there are: the cap, rounded up to a power of two. */
  readonly size: number
  held = 0
  evicted = 0
  /** Whether the last `claim` gave a slot anew: what it held before is not this entity's. */
  created = false
  private readonly keys: Int32Array
  private readonly used: Uint8Array
  private readonly hash
  private readonly key = new Int32Array(WORDS)
  private readonly out = new Int32Array(2)

  constructor(seed: number, cap: number) {
    this.size = 2 ** Math.ceil(Math.log2(Math.max(WAYS, cap)))
    this.keys = new Int32Array(this.size * WORDS)
    this.used = new Uint8Array(this.size)
    this.hash = createWordHash({ key0: seed | 0, key1: Math.imul(seed, 0x9e3779b9) })
  }

  get bytes(): number {
    return this.keys.byteLength + this.used.byteLength
  }

  /** The slot of the entity at `words[offset]`, -1 when it has none. */
  find(words: Int32Array, offset: number): number {
    return this.search(this.bucket(words, offset))
  }

  /** The slot of the entity, given to it when it has none: where all are taken, that of the entity of least `worth`. */
  claim(words: Int32Array, offset: number, worth: ArrayLike<number>): number {
    const first = this.bucket(words, offset)
    const known = this.search(first)
    this.created = known < 0
    if (known >= 0) return known
    const slot = this.vacant(first, worth)
    if (this.used[slot] === 1) this.evicted++
    else this.held++
    this.used[slot] = 1
    this.keys.set(this.key, slot * WORDS)
    return slot
  }

  /** The slots taken, and whose they are, four words each. */
  taken(): { slots: Uint32Array; words: Int32Array } {
    const slots = Uint32Array.from(this.used.keys()).filter((slot) => this.used[slot] === 1)
    const words = new Int32Array(slots.length * WORDS)
    slots.forEach((slot, i) => {
      words.set(this.keys.subarray(slot * WORDS, (slot + 1) * WORDS), i * WORDS)
    })
    return { slots, words }
  }

  private bucket(words: Int32Array, offset: number): number {
    const { key, out } = this
    for (let i = 0; i < WORDS; i++) key[i] = words[offset + i]!
    this.hash(key, WORDS, out)
    return (out[0]! & (this.size / WAYS - 1)) * WAYS
  }

  private search(first: number): number {
    const { keys, key, used } = this
    for (let slot = first; slot < first + WAYS; slot++) {
      const at = slot * WORDS
      const same = keys[at] === key[0] && keys[at + 1] === key[1] && keys[at + 2] === key[2] && keys[at + 3] === key[3]
      if (same && used[slot] === 1) return slot
    }
    return -1
  }

  private vacant(first: number, worth: ArrayLike<number>): number {
    let least = first
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.used[slot] === 0) return slot
      if (worth[slot]! < worth[least]!) least = slot
    }
    return least
  }
}
