import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TailWindow } from './tail-window.ts'

/** The largest difference of two cumulative distributions, as the definition has it. */
function distance(a: readonly number[], b: readonly number[]): number {
  const share = (of: readonly number[], value: number): number => of.filter((one) => one <= value).length / of.length
  return Math.max(0, ...[...a, ...b].map((value) => Math.abs(share(a, value) - share(b, value))))
}

describe('drift', () => {
  it('is the Kolmogorov-Smirnov distance of the older half and the newer, wherever the window stands', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: -5, max: 60 }), fc.integer({ min: 0, max: 3 })), { maxLength: 60 })
    fc.assert(
      fc.property(rows, (values) => {
        const window = new TailWindow(2, 21)
        for (const row of values) window.add(Float64Array.from(row))
        const held = values.slice(-21)
        const half = held.length >> 1
        for (const column of [0, 1] as const) {
          const of = held.map((row) => row[column])
          const expected = half === 0 ? 0 : distance(of.slice(0, half), of.slice(half, 2 * half))
          expect(window.drift(column)).toBeCloseTo(expected, 12)
        }
      }),
    )
  })
})
