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
        let right = 0
        let pairs = 0
        for (let i = 0; i < scores.length; i++)
          for (let j = 0; j < scores.length; j++) {
            if (positive[i] !== 1 || positive[j] !== 0) continue
            pairs++
            right += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0
          }
        if (pairs === 0) expect(rocAuc(scores, positive)).toBeNaN()
        else expect(rocAuc(scores, positive)).toBeCloseTo(right / pairs, 12)
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
