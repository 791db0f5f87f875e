import { formatAddress } from '../net/address.ts'

const SHOWN = 100
const COUNTED = 65_536

/** The distinct addresses on one side of an incident: the first 100 as text, counted up to 65,536. */
export interface Members {
  readonly shown: string[]
  readonly count: number
  /** Adds the four words at `offset`. */
  add(words: Int32Array, offset: number): void
}

/** Distinctness by a 53-bit mix of the words: two addresses in 65,536 collide with a chance below 1e-6. */
export function createMembers(): Members {
  const seen = new Set<number>()
  const shown: string[] = []
  let last = -1
  return {
    shown,
    get count() {
      return seen.size
    },
    add(words, offset) {
      const key = addressKey(words, offset)
      if (key === last) return
      last = key
      if (seen.size >= COUNTED || seen.has(key)) return
      seen.add(key)
      if (shown.length < SHOWN) shown.push(formatAddress(words, offset))
    },
  }
}

/** Four words as one number below 2^53. */
export function addressKey(words: Int32Array, offset: number): number {
  let low = 0x9e3779b9
  let high = 0x85ebca6b
  for (let i = 0; i < 4; i++) {
    const word = words[offset + i]!
    low = Math.imul(low ^ word, 0x01000193)
    low ^= low >>> 15
    high = Math.imul(high + word, 0xc2b2ae35)
    high ^= high >>> 13
  }
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0)
}
