import { createWordHash } from '../../math/hash.ts'
import { createRandom } from '../../math/random.ts'
import { DOUBLES, WORD, WORDS } from './join-layout.ts'

const KEY_WORDS = 10

/** Connections in two typed arrays, found by a keyed hash; each is in one of a few lists. Slot 0 means none. */
export class JoinStore {
  readonly words: Int32Array
  readonly doubles: Float64Array
  size = 0
  /** Key of the connection looked for: the words from `address` to `kind`. */
  readonly key = new Int32Array(KEY_WORDS)
  readonly #heads: Int32Array
  readonly #hash: ReturnType<typeof createWordHash>
  readonly #out = new Int32Array(2)
  #free = 0
  #unused: number

  /** Room for `cap` connections; slots 1 .. `lists` are the ends of lists. */
  constructor(cap: number, lists: number, seed: number) {
    const slots = cap + lists + 1
    this.words = new Int32Array(slots * WORDS)
    this.doubles = new Float64Array(slots * DOUBLES)
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(2 * cap)))
    const random = createRandom(seed)
    const word = (): number => Math.floor(random() * 2 ** 32) | 0
    this.#hash = createWordHash({ key0: word(), key1: word() })
    this.#unused = lists + 1
    for (let list = 1; list <= lists; list++) {
      this.words[list * WORDS + WORD.previous] = list
      this.words[list * WORDS + WORD.next] = list
    }
  }

  /** The connection with `key`, 0 when there is none. */
  find(): number {
    const { words, key } = this
    let slot = this.#heads[this.#bucket()]!
    while (slot !== 0) {
      const base = slot * WORDS
      let i = KEY_WORDS - 1
      while (i >= 0 && words[base + i] === key[i]) i--
      if (i < 0) return slot
      slot = words[base + WORD.chain]!
    }
    return 0
  }

  /** A new connection with `key`, in the list `list`; all else of it is 0. There must be room. */
  insert(list: number): number {
    const { words } = this
    const slot = this.#free === 0 ? this.#unused++ : this.#free
    const base = slot * WORDS
    if (slot === this.#free) this.#free = words[base + WORD.chain]!
    words.fill(0, base, base + WORDS)
    this.doubles.fill(0, slot * DOUBLES, (slot + 1) * DOUBLES)
    words.set(this.key, base)
    const bucket = this.#bucket()
    words[base + WORD.chain] = this.#heads[bucket]!
    this.#heads[bucket] = slot
    this.#link(slot, list)
    this.size++
    return slot
  }

  remove(slot: number): void {
    const { words, key } = this
    const base = slot * WORDS
    this.#unlink(slot)
    for (let i = 0; i < KEY_WORDS; i++) key[i] = words[base + i]!
    const bucket = this.#bucket()
    const next = words[base + WORD.chain]!
    let at = this.#heads[bucket]!
    if (at === slot) this.#heads[bucket] = next
    else {
      while (words[at * WORDS + WORD.chain] !== slot) at = words[at * WORDS + WORD.chain]!
      words[at * WORDS + WORD.chain] = next
    }
    words[base + WORD.chain] = this.#free
    this.#free = slot
    this.size--
  }

  /** Puts a connection last in a list. */
  move(slot: number, list: number): void {
    this.#unlink(slot)
    this.#link(slot, list)
  }

  /** The first connection of a list, 0 when it is empty. */
  first(list: number): number {
    const slot = this.words[list * WORDS + WORD.next]!
    return slot === list ? 0 : slot
  }

  #bucket(): number {
    this.#hash(this.key, KEY_WORDS, this.#out)
    return this.#out[0]! & (this.#heads.length - 1)
  }

  #link(slot: number, list: number): void {
    const { words } = this
    const last = words[list * WORDS + WORD.previous]!
    words[slot * WORDS + WORD.previous] = last
    words[slot * WORDS + WORD.next] = list
    words[last * WORDS + WORD.next] = slot
    words[list * WORDS + WORD.previous] = slot
  }

  #unlink(slot: number): void {
    const { words } = this
    const previous = words[slot * WORDS + WORD.previous]!
    const next = words[slot * WORDS + WORD.next]!
    words[previous * WORDS + WORD.next] = next
    words[next * WORDS + WORD.previous] = previous
  }
}
