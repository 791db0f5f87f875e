import { createWordHash } from '../../math/hash.ts'

/** Answers remembered, and those that share a bucket; in it the one that holds shortest gives way. */
const ENTRIES = 65_536
const WAYS = 4
const BUCKETS = ENTRIES / WAYS
/** Words of a key: client, then address. */
const KEY = 8
/** Seconds an answer holds, whatever it says of itself: programs keep connections, and names, longer than they are told. */
const TTL_MIN = 300
const TTL_MAX = 86_400

/** The names clients asked for addresses by, for as long as the answers hold. Fixed memory, made with the first answer. */
export class ResolvedNames {
  /** Answers that gave way while they still held. */
  evicted = 0
  readonly #hash: ReturnType<typeof createWordHash>
  readonly #key = new Int32Array(KEY)
  readonly #out = new Int32Array(2)
  #keys = new Int32Array(0)
  #learned = new Float64Array(0)
  #expires = new Float64Array(0)
  readonly #names: string[] = []

  constructor(seed: number) {
    this.#hash = createWordHash({ key0: seed | 0, key1: Math.imul(seed, 0x9e3779b9) })
  }

  /** At `time` the client at `clients[client]` was told that the name has the address in `address`, for `ttl` seconds. */
  learn(clients: Int32Array, client: number, address: Int32Array, name: string, time: number, ttl: number): void {
    if (this.#keys.length === 0) this.#reserve()
    const slot = this.#claim(this.#bucketOf(clients, client, address, 0), time)
    this.#keys.set(this.#key, slot * KEY)
    this.#learned[slot] = time
    this.#expires[slot] = time + Math.min(Math.max(ttl, TTL_MIN), TTL_MAX)
    this.#names[slot] = name
  }

  /** The name by which source knew destination, in `address` as of a flow from `opened` to `last`; `''` when none is known. */
  find(address: Int32Array, opened: number, last: number): string {
    if (this.#keys.length === 0) return ''
    const slot = this.#find(this.#bucketOf(address, 0, address, 4))
    if (slot < 0 || this.#learned[slot]! > last || this.#expires[slot]! < opened) return ''
    return this.#names[slot]!
  }

  #reserve(): void {
    this.#keys = new Int32Array(ENTRIES * KEY)
    this.#learned = new Float64Array(ENTRIES)
    this.#expires = new Float64Array(ENTRIES).fill(Number.NEGATIVE_INFINITY)
  }

  #bucketOf(clients: Int32Array, client: number, address: Int32Array, at: number): number {
    for (let i = 0; i < 4; i++) {
      this.#key[i] = clients[client + i]!
      this.#key[4 + i] = address[at + i]!
    }
    this.#hash(this.#key, KEY, this.#out)
    return (this.#out[0]! & (BUCKETS - 1)) * WAYS
  }

  #find(first: number): number {
    for (let slot = first; slot < first + WAYS; slot++) {
      let i = 0
      while (i < KEY && this.#keys[slot * KEY + i] === this.#key[i]) i++
      if (i === KEY && this.#expires[slot]! !== Number.NEGATIVE_INFINITY) return slot
    }
    return -1
  }

  #claim(first: number, time: number): number {
    const known = this.#find(first)
    if (known >= 0) return known
    let least = first
    for (let slot = first; slot < first + WAYS; slot++) if (this.#expires[slot]! < this.#expires[least]!) least = slot
    if (this.#expires[least]! > time) this.evicted++
    return least
  }
}
