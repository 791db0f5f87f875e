import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Calibration } from './calibration.ts'
import { createRandom } from './random.ts'
import { TailWindow } from './tail-window.ts'

describe('calibration', () => {
  const score = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 4 }))

  it('ranks a score among the last ones, as counting would', () => {
    fc.assert(
      fc.property(fc.array(score, { maxLength: 60 }), score, (scores, asked) => {
        const calibration = new Calibration(16, 0.01)
        for (const each of scores) calibration.push(each)
        const kept = scores.slice(-16)
        expect([...calibration.toArray()]).toEqual(kept)
        const reached = kept.filter((each) => each >= asked).length
        const rank = (1 + reached) / (kept.length + 1)
        if (reached > 0) expect(calibration.p(asked)).toBe(rank)
        else expect(calibration.p(asked)).toBeLessThanOrEqual(rank)
        expect(calibration.p(asked)).toBeGreaterThanOrEqual(rank / (kept.length + 1))
      }),
    )
  })

  it('keeps false alarms at what p says, in and beyond the range of the scores', () => {
    const random = createRandom(7)
    const alarms = new Map([0.2, 0.05, 0.02, 0.01, 0.0034].map((p) => [p, 0]))
    const rounds = 4000
    for (let round = 0; round < rounds; round++) {
      const calibration = new Calibration(20, 0.01)
      for (let i = 0; i < 20; i++) calibration.push(-Math.log(1 - random()))
      const p = calibration.p(-Math.log(1 - random()))
      for (const [limit, count] of alarms) if (p <= limit) alarms.set(limit, count + 1)
    }
    for (const [limit, count] of alarms) expect(count / rounds, `p <= ${limit}`).toBeLessThan(2 * limit + 0.005)
  })

  it('knows nothing before the first score', () => {
    expect(new Calibration(4, 0.01).p(0.9)).toBe(1)
  })
})

describe('tail window', () => {
  const value = fc.oneof(
    fc.integer({ min: 0, max: 64 }),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.double({ min: -1e18, max: 1e18, noNaN: true }),
    fc.constantFrom(0, -0, 1e-30, 0.5),
  )

  it('counts whole numbers below 64 exactly, over the last rows only', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -63, max: 63 }), { minLength: 1, maxLength: 50 }), (values) => {
        const window = new TailWindow(2, 20)
        for (const each of values) window.add(Float64Array.of(1, each))
        const kept = values.slice(-20).sort((a, b) => a - b)
        expect(window.size).toBe(kept.length)
        for (const asked of [-64, -3, 0, 1, 17, 63]) {
          expect(window.atMost(1, asked)).toBe(kept.filter((each) => each <= asked).length)
          expect(window.atLeast(1, asked)).toBe(kept.filter((each) => each >= asked).length)
          expect(window.equal(1, asked)).toBe(kept.filter((each) => each === asked).length)
        }
        const median = kept[Math.ceil(kept.length / 2) - 1]!
        expect(window.quantile(1, 0.5) - median).toBe(0)
      }),
    )
  })

  it('holds any number to within 3 %, or 2^-16', () => {
    fc.assert(
      fc.property(value, (one) => {
        const window = new TailWindow(1, 4)
        window.add(Float64Array.of(one))
        expect(window.equal(0, one)).toBe(1)
        const cut = Math.max(-(2 ** 48), Math.min(2 ** 48, one))
        expect(Math.abs(window.quantile(0, 0.99) - cut)).toBeLessThanOrEqual(Math.abs(cut) / 30 + 2 ** -16)
      }),
    )
  })

  it('knows the quantiles of a skewed column', () => {
    const window = new TailWindow(1, 4096)
    const random = createRandom(3)
    const values = Float64Array.from({ length: 4096 }, () => Math.exp(10 * random()))
    for (const each of values) window.add(Float64Array.of(each))
    values.sort()
    for (const q of [0.01, 0.5, 0.95, 0.99]) {
      expect(window.quantile(0, q) / values[Math.ceil(q * 4096) - 1]!).toBeCloseTo(1.016, 1)
    }
  })
})
