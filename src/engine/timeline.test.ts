import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTimeline } from './timeline.ts'

const flows = fc.array(fc.record({ time: fc.integer({ min: 0, max: 5000 }), anomaly: fc.boolean() }), {
  maxLength: 400,
})

describe('createTimeline', () => {
  it('doubling: loses no flow, stays in order and under its cap', () => {
    fc.assert(
      fc.property(flows, (list) => {
        const timeline = createTimeline({ interval: 1, cap: 16, atCap: 'double' })
        for (const { time, anomaly } of list) timeline.add(time, anomaly)
        const { points } = timeline.takeChanged()
        expect(points.length).toBeLessThanOrEqual(16)
        expect(points.reduce((sum, point) => sum + point.normal + point.anomalies, 0)).toBe(list.length)
        const times = points.map((point) => point.time)
        expect(times).toEqual([...times].sort((a, b) => a - b))
      }),
    )
  })

  it('sliding: keeps the newest intervals', () => {
    const timeline = createTimeline({ interval: 2, cap: 3, atCap: 'slide' })
    for (let time = 0; time < 20; time++) timeline.add(time, time % 4 === 0)
    expect(timeline.takeChanged()).toEqual({
      points: [14, 16, 18].map((time) => ({ time, normal: time % 4 === 0 ? 1 : 2, anomalies: time % 4 === 0 ? 1 : 0 })),
      whole: false,
    })
    expect(timeline.takeChanged().points).toEqual([])
  })

  it('says when intervals were joined, so that whoever follows starts over', () => {
    const timeline = createTimeline({ interval: 1, cap: 2, atCap: 'double' })
    timeline.add(0, false)
    timeline.add(1, false)
    expect(timeline.takeChanged().whole).toBe(false)
    timeline.add(2, true)
    expect(timeline.takeChanged()).toEqual({
      points: [
        { time: 0, normal: 2, anomalies: 0 },
        { time: 2, normal: 0, anomalies: 1 },
      ],
      whole: true,
    })
  })
})
