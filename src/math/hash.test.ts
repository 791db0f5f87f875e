import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWordHash } from './hash.ts'

function hashOf(words: number[], key0: number, key1: number, rounds?: [number, number]): string {
  const out = new Int32Array(2)
  createWordHash({ key0, key1, ...(rounds && { rounds }) })(Int32Array.from(words), words.length, out)
  return Buffer.from(out.buffer).toString('hex')
}

describe('word hash', () => {
  it('is HalfSipHash: its authors’ vector for an empty message, key 00 01 .. 07', () => {
    expect(hashOf([], 0x03020100, 0x07060504, [2, 4])).toBe('218d1f59b9b83cc8')
  })

  it('depends on every bit of the words, their number and the key', () => {
    const words = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(words, fc.integer(), fc.nat(31), (input, key, bit) => {
        const flipped = input.with(0, input[0]! ^ (1 << bit))
        const hashes = [
          hashOf(input, key, 7),
          hashOf(flipped, key, 7),
          hashOf([...input, 0], key, 7),
          hashOf(input, key, 8),
        ]
        expect(new Set(hashes).size).toBe(4)
      }),
    )
  })
})
