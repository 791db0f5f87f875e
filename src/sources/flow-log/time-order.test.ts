import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFlowRecord } from '../../net/flow-record.ts'
import { TimeOrder } from './time-order.ts'

function ordered(times: readonly number[], capacity?: number): { last: number; frame: number; dst: number }[] {
  const out: { last: number; frame: number; dst: number }[] = []
  const order = new TimeOrder(({ last, frame, address }) => out.push({ last, frame, dst: address[7]! }), capacity)
  const record = createFlowRecord()
  times.forEach((last, i) => {
    record.last = last
    record.frame = i + 1
    record.address[7] = i + 1
    order.push(record)
  })
  order.flush()
  return out
}

const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 })

describe('TimeOrder', () => {
  it('hands on every record once, by time and then by line', () => {
    fc.assert(
      fc.property(times, (all) => {
        const expected = all.map((last, i) => ({ last, frame: i + 1, dst: i + 1 })).sort((a, b) => a.last - b.last)
        expect(ordered(all)).toEqual(expected)
      }),
    )
  })

  it('orders as far as its capacity reaches, and loses nothing beyond', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 10 }), (all, capacity) => {
        const out = ordered(all, capacity)
        expect(out.map(({ frame }) => frame).sort((a, b) => a - b)).toEqual(all.map((_, i) => i + 1))
        expect(out.every(({ frame, dst }) => frame === dst)).toBe(true)
      }),
    )
    expect(ordered([3, 1, 2, 0], 3).map(({ last }) => last)).toEqual([1, 0, 2, 3])
  })
})
