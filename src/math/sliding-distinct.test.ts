import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from './random.ts'
import { Records } from './records.ts'
import { DISTINCT_LIMIT, SlidingDistinct } from './sliding-distinct.ts'

/** What the windows hold, counted from the whole history. */
function naive(history: { hash: number; bucket: number }[], last: number): { short: number; long: number } {
  const seen = new Map<number, number>()
  for (const { hash, bucket } of history) seen.set(hash, Math.max(bucket, seen.get(hash) ?? 0))
  const buckets = [...seen.values()]
  return {
    short: buckets.filter((bucket) => bucket > last - 4).length,
    long: buckets.filter((bucket) => Math.floor(bucket / 60) > Math.floor(last / 60) - 4).length,
  }
}

function sets(exact: number, maxBitmaps = 16): SlidingDistinct {
  const records = new Records()
  const distinct = new SlidingDistinct(records, 2, exact, maxBitmaps)
  records.make(4)
  return distinct
}

describe('as a list', () => {
  const steps = fc.array(
    fc.record({
      hash: fc.integer({ min: 1, max: 8 }),
      move: fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: -3, max: 3 }) },
        { weight: 1, arbitrary: fc.integer({ min: -260, max: 700 }) },
      ),
    }),
    { minLength: 1, maxLength: 60 },
  )
  test('is exact, whatever the order in time, and starts afresh after a gap', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 1_000_000 }), (moves, start) => {
        const distinct = sets(8)
        const history: { hash: number; bucket: number }[] = []
        let now = start + 1000
        let last = 0
        for (const { hash, move } of moves) {
          now = Math.max(1, now + move)
          distinct.add(2, 1, hash, now)
          if (last - now < 240) history.push({ hash, bucket: now })
          last = Math.max(last, now)
          distinct.read(2, 1, last)
          expect({ short: distinct.short, long: distinct.long }).toEqual(naive(history, last))
        }
        distinct.read(2, 0, last)
        expect(distinct.long).toBe(0)
      }),
    )
  })
  test('leaves the window exactly with its bucket', () => {
    const distinct = sets(8)
    distinct.add(0, 0, 7, 6000)
    const at = (bucket: number): number[] => {
      distinct.read(0, 0, bucket)
      return [distinct.short, distinct.long]
    }
    expect(at(6003)).toEqual([1, 1])
    expect(at(6004)).toEqual([0, 1])
    expect(at(6239)).toEqual([0, 1])
    expect(at(6240)).toEqual([0, 0])
  })
  test('without a bitmap to turn into it stays at its size and counts what it could not keep', () => {
    const distinct = sets(8, 0)
    for (let hash = 1; hash <= 100; hash++) distinct.add(0, 0, hash, 100)
    distinct.read(0, 0, 100)
    expect([distinct.short, distinct.refused]).toEqual([8, 92])
  })
})

describe('as a bitmap', () => {
  const hashes = (count: number, seed: number): number[] => {
    const random = createRandom(seed)
    return Array.from({ length: count }, () => (random() * 2 ** 32) | 0)
  }
  test.each([
    [30, 1],
    [100, 3.5],
    [1000, 52],
    [2500, 350],
  ])('%i distinct are told with a standard error of at most %d', (count, error) => {
    let squares = 0
    for (let seed = 0; seed < 60; seed++) {
      const distinct = sets(8)
      for (const hash of hashes(count, seed)) distinct.add(0, 0, hash, 500)
      distinct.read(0, 0, 500)
      squares += (distinct.short - count) ** 2
    }
    expect(Math.sqrt(squares / 60)).toBeLessThan(error * 1.25)
  })
  test('stops at its limit, however many come', () => {
    const distinct = sets(8)
    const before = distinct.bytes
    for (const hash of hashes(1_000_000, 3)) distinct.add(0, 0, hash, 500)
    distinct.read(0, 0, 500)
    expect(distinct.short).toBe(DISTINCT_LIMIT)
    expect(distinct.bytes - before).toBeLessThan(20_000)
  })
  test('follows both windows as a naive count does, out of order and over gaps', () => {
    const step = fc.record({
      burst: fc.integer({ min: 0, max: 60 }),
      move: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: -5, max: 20 }) },
        { weight: 1, arbitrary: fc.integer({ min: 200, max: 260 }) },
      ),
      seed: fc.nat(5),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
        const distinct = sets(4)
        const history: { hash: number; bucket: number }[] = []
        let now = 123_456
        let last = 0
        for (const { burst, move, seed } of steps.filter(({ burst }) => burst > 0)) {
          now = Math.max(last - 239, now + move)
          last = Math.max(last, now)
          for (const hash of hashes(burst, seed)) {
            distinct.add(1, 0, hash, now)
            history.push({ hash, bucket: now })
          }
          distinct.read(1, 0, last)
          const truth = naive(history, last)
          expect(Math.abs(distinct.short - truth.short)).toBeLessThanOrEqual(4 + 0.12 * truth.short)
          expect(Math.abs(distinct.long - truth.long)).toBeLessThanOrEqual(4 + 0.12 * truth.long)
        }
      }),
    )
  })
  test('is given back when nothing in it is young enough, and is clean for the next', () => {
    const distinct = sets(4, 1)
    for (const hash of hashes(50, 1)) distinct.add(0, 0, hash, 1000)
    distinct.add(0, 0, 1, 1300)
    for (const hash of hashes(40, 2)) distinct.add(1, 1, hash, 1300)
    distinct.read(1, 1, 1300)
    expect(distinct.refused).toBe(0)
    expect(Math.abs(distinct.short - 40)).toBeLessThan(5)
    distinct.read(0, 0, 1300)
    expect([distinct.short, distinct.long]).toEqual([1, 1])
  })
})
