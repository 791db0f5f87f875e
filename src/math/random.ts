/** A seeded source of uniform numbers in [0, 1). The only kind of randomness below `main`. */
export type Random = () => number

/** xoshiro128** (Blackman, Vigna 2018), seeded through splitmix32: the same seed gives the same stream everywhere. */
export function createRandom(seed: number): Random {
  let mix = seed >>> 0
  const next = (): number => {
    mix = (mix + 0x9e3779b9) | 0
    let z = mix ^ (mix >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return z ^ (z >>> 15)
  }
  let a = next()
  let b = next()
  let c = next()
  let d = next()
  const uint32 = (): number => {
    const result = Math.imul(rotl(Math.imul(b, 5), 7), 9)
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotl(d, 11)
    return result >>> 0
  }
  return () => (uint32() * 0x200000 + (uint32() >>> 11)) / 2 ** 53
}

/** An integer in [low, high], both included. */
export function integer(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

/** One of `items`, each as likely as the others. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!
}

function rotl(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k))
}
