import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TimelinePoint } from '../../src/types/events.ts'
import { bin } from './bins.ts'

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

/** Points `step` apart, some left out, from `start` on. */
const timelines = fc
  .record({
    step: fc.constantFrom(1, 5, 60),
    start: fc.nat(1_000_000),
    counts: fc.array(fc.option(fc.tuple(fc.nat(9), fc.nat(9))), { minLength: 2, maxLength: 600 }),
  })
  .map(({ step, start, counts }) =>
    counts.flatMap((count, index): TimelinePoint[] => {
      const [normal, anomalies] = count ?? [0, 0]
      return count === null ? [] : [{ time: (start + index) * step, normal, anomalies }]
    }),
  )

describe('bars of the chart', () => {
  it('hold every flow, 48 to 121 of them, without gaps, the last the latest', () => {
    fc.assert(
      fc.property(timelines, (points) => {
        fc.pre(points.length > 0)
        const bins = bin(points)
        expect(sum(bins.normal)).toBe(sum(points.map((point) => point.normal)))
        expect(sum(bins.anomalies)).toBe(sum(points.map((point) => point.anomalies)))
        expect(bins.times.length).toBeGreaterThanOrEqual(48)
        expect(bins.times.length).toBeLessThanOrEqual(121)
        const gaps = bins.times.slice(1).map((time, index) => time - bins.times[index]!)
        expect(new Set(gaps)).toEqual(new Set([bins.interval]))
        const last = points.at(-1)!.time
        expect(bins.times.at(-1)!).toBeLessThanOrEqual(last)
        expect(bins.times.at(-1)! + bins.interval).toBeGreaterThan(last)
      }),
    )
  })

  it('are none without traffic', () => {
    expect(bin([]).times).toEqual([])
  })
})
