import { describe, expect, it } from 'vitest'
import { createRandom, integer } from '../math/random.ts'
import { PROTOCOL } from '../net/flow-record.ts'
import { createPacketBatch } from '../net/packet-batch.ts'
import { FlowKeys } from './keys.ts'

const KEYS = 20_000
const BUCKETS = 65_536
/** Pairs of keys that share a hash, were hashes drawn by lot. */
const EXPECTED = (KEYS * (KEYS - 1)) / 2 / BUCKETS

/** Eight address words and the ports of key `n`. */
type Chosen = (n: number) => { words: number[]; ports: number }

const v4 = (source: number, destination: number): number[] => [0, 0, 0xffff, source | 0, 0, 0, 0xffff, destination | 0]

/** What somebody would send who knows the code, but not the seed. */
const FAMILIES: [string, Chosen][] = [
  ['consecutive source ports', (n) => ({ words: v4(0x0a000001, 0x0a000002), ports: (n << 16) | 80 })],
  ['consecutive destination ports', (n) => ({ words: v4(0x0a000001, 0x0a000002), ports: n })],
  ['consecutive source addresses', (n) => ({ words: v4(0x0a000000 + n, 0x0a800002), ports: 80 })],
  ['addresses that differ in their top bits', (n) => ({ words: v4((n & 255) << 24, (n >>> 8) << 24), ports: 80 })],
  ['both addresses alike', (n) => ({ words: v4(n * 65_537, n * 65_537), ports: 80 })],
  ['address and port that move against each other', (n) => ({ words: v4(n, 0x0a000002), ports: -n << 16 })],
  [
    'IPv6 that differs in the top byte of two words',
    (n) => ({ words: [n << 24, (n >>> 8) << 24, 0, 1, 9, 9, 9, 9], ports: 80 }),
  ],
  ['IPv6 that differs in the top bits of all words', (n) => ({ words: spread(n), ports: 80 })],
]

/** Two bits of `n` on top of each word. */
function spread(n: number): number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((word) => (((n >>> (2 * word)) & 3) << 30) | 1)
}

function hashes(chosen: Chosen, seed: number): Int32Array {
  const keys = new FlowKeys(seed, BUCKETS)
  const words = new Int32Array(8)
  return Int32Array.from({ length: KEYS }, (_, n) => {
    const key = chosen(n)
    words.set(key.words)
    return keys.hashOf(words, 0, 4, key.ports | 0, PROTOCOL.tcp)
  })
}

function collisions(values: Int32Array): number {
  const counts = new Map<number, number>()
  let pairs = 0
  for (const value of values) {
    const before = counts.get(value) ?? 0
    pairs += before
    counts.set(value, before + 1)
  }
  return pairs
}

describe('the hash of a flow key', () => {
  it.each(FAMILIES)('has no more collisions than chance for %s', (_, chosen) => {
    const runs = Array.from({ length: 10 }, (__, seed) => seed).map((seed) => collisions(hashes(chosen, seed)))
    expect(Math.max(...runs)).toBeLessThan(1.2 * EXPECTED)
  })

  it('has none to choose: keys that collide under one seed do not under another', () => {
    const random = createRandom(9)
    const candidates = Array.from({ length: 400_000 }, () => integer(random, 0, 2 ** 32 - 1))
    const known = new FlowKeys(1, BUCKETS)
    const unknown = new FlowKeys(2, BUCKETS)
    const words = Int32Array.from(v4(0, 0x0a000002))
    const hashWith = (keys: FlowKeys, source: number): number => {
      words[3] = source
      return keys.hashOf(words, 0, 4, 80, PROTOCOL.tcp)
    }
    const chosen = candidates.filter((source) => hashWith(known, source) < 64)
    expect(chosen.length).toBeGreaterThan(300)
    const spreadOut = new Set(chosen.map((source) => hashWith(unknown, source)))
    expect(spreadOut.size).toBeGreaterThan(0.98 * chosen.length)
  })

  it('is the same for both directions of a flow, and the one computed from the record', () => {
    const batch = createPacketBatch(2)
    batch.count = 2
    batch.address.set([...v4(0x0a000009, 0x0a000001), ...v4(0x0a000001, 0x0a000009)])
    batch.ports.set([(5000 << 16) | 53, (53 << 16) | 5000])
    batch.protocol.fill(PROTOCOL.udp)
    const keys = new FlowKeys(7, BUCKETS)
    keys.read(batch)
    expect(keys.hash[0]).toBe(keys.hash[1])
    expect(keys.ports[0]).toBe(keys.ports[1])
    expect([keys.swapped[0], keys.swapped[1]]).toEqual([1, 0])
    expect(keys.hashOf(batch.address, 8, 12, keys.ports[0]!, PROTOCOL.udp)).toBe(keys.hash[0])
  })

  it('has as many bits as there are buckets to fill', () => {
    for (const [buckets, bits] of [
      [1, 1],
      [2, 1],
      [1000, 10],
      [524_288, 19],
      [2 ** 24, 22],
    ] as const) {
      expect(new FlowKeys(1, buckets).hashBits).toBe(bits)
    }
    const keys = new FlowKeys(3, 4)
    const seen = new Set(Array.from({ length: 100 }, (_, n) => keys.hashOf(Int32Array.from(v4(n, 1)), 0, 4, 0, 6)))
    expect([...seen].sort()).toEqual([0, 1, 2, 3])
  })
})
