import { describe, expect, it } from 'vitest'
import { power } from './power.ts'

describe('power', () => {
  it('is the power, to fourteen figures', () => {
    for (let i = 1; i <= 1000; i++) {
      for (const exponent of [-0.8, 0.8, 1.25, -i / 300]) {
        const base = i * 0.0137
        const expected = base ** exponent
        expect(Math.abs(power(base, exponent) / expected - 1)).toBeLessThan(1e-14)
      }
    }
  })

  it('goes to the ends with its base', () => {
    expect([power(0, 0.8), power(0, -0.8)]).toEqual([0, Number.POSITIVE_INFINITY])
    expect(power(Number.POSITIVE_INFINITY, 1.25)).toBe(Number.POSITIVE_INFINITY)
    expect(power(1, 0.3)).toBe(1)
  })
})
