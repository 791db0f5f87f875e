import type { PacketBatch } from '../types/packet.ts'
import type { FlowMemory } from './accumulate.ts'
import { type FlowKeys, kindOf } from './keys.ts'
import { DOUBLES, PROTOCOL_MASK, WORD, WORD_SHIFT, WORDS } from './layout.ts'

/**
 * Flow records in one buffer, found by hash. Slots are handed out from the start of the buffer, so what was never used never
 * becomes resident: the cap costs nothing until it is reached.
 */
export class FlowStore implements FlowMemory {
  readonly words: Int32Array
  readonly doubles: Float64Array
  readonly ticksPerSecond: number
  size = 0
  readonly #keys: FlowKeys
  /** First flow of every hash, 0 when there is none. */
  readonly #heads: Int32Array
  /** Slots given back, chained. */
  #free = 0
  /** First slot never used. */
  #unused: number

  /** Room for `cap` flows; the slots below `firstSlot` are left to others, and 0 means none. */
  constructor(cap: number, firstSlot: number, keys: FlowKeys, ticksPerSecond: number) {
    const buffer = new ArrayBuffer((firstSlot + cap) * WORDS * 4)
    this.words = new Int32Array(buffer)
    this.doubles = new Float64Array(buffer, 0, (firstSlot + cap) * DOUBLES)
    this.ticksPerSecond = ticksPerSecond
    this.#keys = keys
    this.#heads = new Int32Array(2 ** keys.hashBits)
    this.#unused = firstSlot
  }

  /** Brings what `find` will want of all rows closer, all at once rather than one after the other. */
  prefetch(count: number): number {
    const { words } = this
    const heads = this.#heads
    const { hash } = this.#keys
    let sum = 0
    for (let row = 0; row < count; row++) {
      const base = heads[hash[row]!]! << WORD_SHIFT
      sum |= words[base]! | words[base + 16]! | words[base + 32]! | words[base + 48]!
    }
    return sum
  }

  /** Slot of the flow that row `row` belongs to, 0 when there is none. */
  find(batch: PacketBatch, row: number): number {
    const { words } = this
    const { swapped, ports, hash } = this.#keys
    const { address } = batch
    const kind = kindOf(batch.protocol[row]!)
    const low = (row << 3) + (swapped[row]! << 2)
    const high = low ^ 4
    let slot = this.#heads[hash[row]!]!
    while (slot !== 0) {
      const base = slot << WORD_SHIFT
      if (
        words[base + 3] === address[low + 3] &&
        words[base + 7] === address[high + 3] &&
        words[base + WORD.ports] === ports[row] &&
        (words[base + WORD.kind]! & PROTOCOL_MASK) === kind &&
        words[base + 2] === address[low + 2] &&
        words[base + 6] === address[high + 2] &&
        words[base] === address[low] &&
        words[base + 1] === address[low + 1] &&
        words[base + 4] === address[high] &&
        words[base + 5] === address[high + 1]
      ) {
        return slot
      }
      slot = words[base + WORD.chain]!
    }
    return 0
  }

  /** A slot with the key of row `row`; everything else in it is left over from before. There must be room. */
  insert(batch: PacketBatch, row: number): number {
    const { words } = this
    const slot = this.#free === 0 ? this.#unused++ : this.#free
    const base = slot << WORD_SHIFT
    if (slot === this.#free) this.#free = words[base + WORD.chain]!
    const { swapped, ports, hash } = this.#keys
    const low = (row << 3) + (swapped[row]! << 2)
    for (let i = 0; i < 4; i++) {
      words[base + i] = batch.address[low + i]!
      words[base + 4 + i] = batch.address[(low ^ 4) + i]!
    }
    words[base + WORD.ports] = ports[row]!
    words[base + WORD.kind] = kindOf(batch.protocol[row]!)
    words[base + WORD.chain] = this.#heads[hash[row]!]!
    this.#heads[hash[row]!] = slot
    this.size++
    return slot
  }

  remove(slot: number): void {
    const { words } = this
    const base = slot << WORD_SHIFT
    const kind = words[base + WORD.kind]! & PROTOCOL_MASK
    const hash = this.#keys.hashOf(words, base, base + 4, words[base + WORD.ports]!, kind)
    const next = words[base + WORD.chain]!
    let at = this.#heads[hash]!
    if (at === slot) this.#heads[hash] = next
    else {
      while (words[(at << WORD_SHIFT) + WORD.chain] !== slot) at = words[(at << WORD_SHIFT) + WORD.chain]!
      words[(at << WORD_SHIFT) + WORD.chain] = next
    }
    words[base + WORD.chain] = this.#free
    this.#free = slot
    this.size--
  }
}
