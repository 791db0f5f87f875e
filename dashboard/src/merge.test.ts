import { describe, expect, it } from 'vitest'
import { prepend, replace, replaceByTime } from './merge.ts'

const ids = (items: { id: number }[]): number[] => items.map((item) => item.id)
const items = (...numbers: number[]): { id: number }[] => numbers.map((id) => ({ id }))

describe('what arrives joins what is known', () => {
  it('newest first, once, and no more than the cap', () => {
    expect(ids(prepend(items(3, 2, 1), items(4, 5), 4))).toEqual([5, 4, 3, 2])
    expect(ids(prepend(items(3, 2, 1), items(3, 4), 9))).toEqual([4, 3, 2, 1])
    expect(ids(prepend([], items(1, 1, 2), 9))).toEqual([2, 1])
  })

  it('in the place of what has the same id, last seen first', () => {
    const known = [
      { id: 1, lastSeen: 10 },
      { id: 2, lastSeen: 20 },
    ]
    expect(replace(known, [{ id: 1, lastSeen: 30 }], 9)).toEqual([
      { id: 1, lastSeen: 30 },
      { id: 2, lastSeen: 20 },
    ])
    expect(replace(known, [{ id: 3, lastSeen: 30 }], 2).map((item) => item.id)).toEqual([3, 2])
  })

  it('in the place of what has the same time, oldest first', () => {
    const known = [
      { time: 5, normal: 1 },
      { time: 10, normal: 1 },
    ]
    const changed = [
      { time: 10, normal: 2 },
      { time: 15, normal: 1 },
    ]
    expect(replaceByTime(known, changed, 9).map((point) => [point.time, point.normal])).toEqual([
      [5, 1],
      [10, 2],
      [15, 1],
    ])
    expect(replaceByTime(known, changed, 2).map((point) => point.time)).toEqual([10, 15])
  })
})
