import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LOG_BINS, logBin, logBinTop } from './log-bins.ts'

test('bins ascend with the value, and the top of a bin is in it or, for bins without a whole number, below', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 2 ** 34, noNaN: true }),
      fc.double({ min: 0, max: 2 ** 34, noNaN: true }),
      (a, b) => {
        expect(Math.sign(logBin(a) - logBin(b)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0)
        expect(logBin(a)).toBeLessThan(LOG_BINS)
        const whole = Math.floor(a)
        if (whole < 2 ** 31) {
          expect(logBinTop(logBin(whole))).toBeGreaterThanOrEqual(whole)
          expect(logBinTop(logBin(whole))).toBeLessThan(Math.max(1, whole * Math.SQRT2))
        }
      },
    ),
  )
})

test('small counts have bins of their own', () => {
  expect([0, 1, 2, 3, 4].map((value) => logBinTop(logBin(value)))).toEqual([0, 1, 2, 3, 5])
})
