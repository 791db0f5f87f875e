import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SlidingEntropy } from './sliding-entropy.ts'

function naive(keys: number[]): number {
  const counts = new Map<number, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / keys.length) * Math.log2(count / keys.length)
  return bits
}

test('equals the entropy of the last keys counted afresh', () => {
  const key = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 60, max: 70 }), fc.integer())
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 400 }), fc.integer({ min: 1, max: 40 }), (keys, window) => {
      const entropy = new SlidingEntropy(window)
      keys.forEach((key, i) => {
        expect(entropy.push(key)).toBeCloseTo(naive(keys.slice(Math.max(0, i + 1 - window), i + 1)), 7)
      })
    }),
  )
})

test('one address has no entropy, 256 equally often seen have 8 bits, and a million steps do not drift', () => {
  const entropy = new SlidingEntropy(256)
  let bits = 0
  for (let i = 0; i < 1_000_000; i++) bits = entropy.push(Math.imul(i % 300, 0x9e3779b1))
  expect(bits).toBe(8)
  for (let i = 0; i < 256; i++) bits = entropy.push(7)
  expect(bits).toBe(0)
})
