import { expect, it } from 'vitest'
import { createSuspects } from './suspects.ts'

const host = (n: number): Int32Array => Int32Array.of(0, 0, 0xffff, n)
const HOUR = 3_600

it('holds few back, for an hour, and not soon again', () => {
  const suspects = createSuspects()
  suspects.add(host(1), 0, 0, 20)
  suspects.add(host(2), 0, 10, 20)
  suspects.add(host(3), 0, 20, 20)
  expect([1, 2, 3].map((n) => suspects.holds(host(n), 0, 30))).toEqual([true, true, false])
  expect(suspects.counters()).toEqual({ suspects: 2, suspects_refused: 1 })
  expect(suspects.holds(host(1), 0, HOUR + 1)).toBe(false)
  suspects.add(host(1), 0, HOUR + 20, 20)
  expect(suspects.holds(host(1), 0, HOUR + 30)).toBe(false)
  suspects.add(host(1), 0, 7 * HOUR, 20)
  expect(suspects.holds(host(1), 0, 7 * HOUR)).toBe(true)
})

it('holds back a twentieth of a large network', () => {
  const suspects = createSuspects()
  for (let n = 1; n <= 50; n++) suspects.add(host(n), 0, n, 200)
  expect(suspects.counters()).toEqual({ suspects: 10, suspects_refused: 40 })
})
