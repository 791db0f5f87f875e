/** Writes two 32-bit halves of the hash of `words[0 .. count)` to `out[0]` and `out[1]`. */
export type WordHash = (words: Int32Array, count: number, out: Int32Array) => void

export interface HashOptions {
  key0: number
  key1: number
  /** Rounds per word and at the end; 1 and 3 withstand chosen collisions in hash tables, 2 and 4 is the full strength. */
  rounds?: readonly [word: number, end: number]
}

/** HalfSipHash with 64 bits of output (Aumasson, Bernstein 2012): without the key nobody can choose words that collide. */
export function createWordHash({ key0, key1, rounds: [perWord, atEnd] = [1, 3] }: HashOptions): WordHash {
  const v = new Int32Array(4)
  return (words, count, out) => {
    absorb(v, words, count, key0 | 0, key1 | 0, perWord)
    v[2]! ^= 0xee
    turn(v, atEnd)
    out[0] = v[1]! ^ v[3]!
    v[1]! ^= 0xdd
    turn(v, atEnd)
    out[1] = v[1]! ^ v[3]!
  }
}

/** Leaves in `v` the state after the words and their number, which stays in registers meanwhile. */
function absorb(v: Int32Array, words: Int32Array, count: number, key0: number, key1: number, rounds: number): void {
  let v0 = key0
  let v1 = key1 ^ 0xee
  let v2 = key0 ^ 0x6c796765
  let v3 = key1 ^ 0x74656462
  for (let i = 0; i <= count; i++) {
    const word = i < count ? words[i]! : count << 26
    v3 ^= word
    for (let round = 0; round < rounds; round++) {
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
    }
    v0 ^= word
  }
  v[0] = v0
  v[1] = v1
  v[2] = v2
  v[3] = v3
}

function turn(v: Int32Array, rounds: number): void {
  let v0 = v[0]!
  let v1 = v[1]!
  let v2 = v[2]!
  let v3 = v[3]!
  for (let i = 0; i < rounds; i++) {
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
  }
  v[0] = v0
  v[1] = v1
  v[2] = v2
  v[3] = v3
}
