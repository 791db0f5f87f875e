import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { averagePrecision, rocAuc } from './ranking.ts'

const sample = fc
  .array(fc.record({ score: fc.integer({ min: 0, max: 9 }), positive: fc.boolean() }), { minLength: 1, maxLength: 60 })
  .map((rows) => ({
    scores: Float64Array.from(rows, (row) => row.score),
    positive: Uint8Array.from(rows, (row) => Number(row.positive)),
  }))

describe('rocAuc', () => {
  it('is the share of pairs in the right order', () => {
    fc.assert(
      fc.property(sample, ({ scores, positive }) => {
        const of = (flag: number): number[] => [...scores].filter((_, i) => positive[i] === flag)
        const pairs = of(1).flatMap((high) => of(0).map((low) => (high > low ? 1 : Number(high === low) / 2)))
        const right = pairs.reduce((sum, share) => sum + share, 0)
        if (pairs.length === 0) expect(rocAuc(scores, positive)).toBeNaN()
        else expect(rocAuc(scores, positive)).toBeCloseTo(right / pairs.length, 12)
      }),
    )
  })
})

describe('averagePrecision', () => {
  it('agrees with an example worked by hand', () => {
    // thresholds .8, .4, .35, .1: precision 1, 1/2, 2/3, 1/2 at recall 1/2, 1/2, 1, 1
    expect(averagePrecision(Float64Array.of(0.1, 0.4, 0.35, 0.8), Uint8Array.of(0, 0, 1, 1))).toBeCloseTo(5 / 6, 12)
  })

  it('is 1 for a perfect order and the base rate for one score', () => {
    fc.assert(
      fc.property(sample, ({ positive }) => {
        fc.pre(positive.includes(1))
        expect(averagePrecision(Float64Array.from(positive), positive)).toBe(1)
        const rate = positive.reduce((sum, flag) => sum + flag, 0) / positive.length
        expect(averagePrecision(new Float64Array(positive.length), positive)).toBeCloseTo(rate, 12)
      }),
    )
  })
})
