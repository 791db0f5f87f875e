import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDelayQueue } from './delay.ts'

const row = (n: number) =>
  [
    Int32Array.from({ length: 8 }, (_, i) => n * 8 + i),
    Float64Array.of(n, -n),
    Uint8Array.of(n & 255),
    Int32Array.of(n, ~n),
  ] as const

describe('createDelayQueue', () => {
  it('hands back what was pushed, in order, once it is due', () => {
    const queue = createDelayQueue(8, 2, 1, 2)
    for (let n = 0; n < 5; n++) queue.push(n, ...row(n))
    const taken: unknown[] = []
    queue.release(2, (d) => taken.push([d.time, [...d.address], [...d.features], [...d.bins], [...d.note]]))
    expect(taken).toEqual([0, 1, 2].map((n) => [n, [...row(n)[0]], [n, -n], [n], [n, ~n]]))
    expect(queue.counters()).toEqual({ waiting: 2, thinned: 0 })
  })

  it('keeps an even, ordered sample under any load and counts the rest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 2, max: 32 }), (pushes, capacity) => {
        const queue = createDelayQueue(capacity, 2, 1, 2)
        for (let n = 0; n < pushes; n++) queue.push(n, ...row(n))
        const times: number[] = []
        queue.release(Number.POSITIVE_INFINITY, (d) => {
          expect(d.features[0]).toBe(d.time)
          times.push(d.time)
        })
        expect(times.length).toBeLessThanOrEqual(capacity)
        expect(times.length + queue.counters().thinned!).toBe(pushes)
        expect(times).toEqual([...times].sort((a, b) => a - b))
        const gaps = times.slice(1).map((time, i) => time - times[i]!)
        expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(4 * Math.max(1, pushes / capacity))
      }),
    )
  })
})
