import { describe, expect, it } from 'vitest'
import { createFlowRecord } from '../net/flow-record.ts'
import { createBudget } from './budget.ts'

const DAY = 86_400
const START = 1_700_000_000

/** A flow of one host to the n-th address. */
function flow(host: number, n: number) {
  const record = createFlowRecord()
  record.address.set([0, 0, 0xffff, host, 0, 0, 0xffff, n])
  return record
}

/** Shows a budget `count` conversations of one host, one a second from `time` on; the second in which it passed. */
function show(budget: ReturnType<typeof createBudget>, e: number, count: number, time: number, host = 1): number {
  for (let i = 0; i < count; i++) {
    const one = flow(host, Math.floor(time) + i)
    if (budget.weigh(one, one.address, e, 0, time + i) !== null) return i
  }
  return -1
}

const create = (perDay = 5) => createBudget({ seed: 1, cap: 64, perDay })
const entity = flow(1, 1).address

describe('evidence', () => {
  it('passes with few strange flows, never with usual ones', () => {
    const budget = create()
    expect(show(budget, 0.9, 5_000, START)).toBe(-1)
    expect(show(budget, 20, 50, START + 5_000)).toBeLessThan(10)
  })

  it('counts once for flows of one conversation', () => {
    const budget = create()
    const one = flow(1, 1)
    for (let i = 0; i < 100; i++) expect(budget.weigh(one, one.address, 50, 0, START + i)).toBeNull()
  })

  it('does not add up over days', () => {
    const budget = create()
    for (let day = 0; day < 60; day++) expect(show(budget, 15, 1, START + day * DAY)).toBe(-1)
  })
})

describe('the purse', () => {
  it('is empty at first, fills by so many a day, and never holds more than half of that', () => {
    const budget = create()
    const paid = (time: number): number => {
      let count = 0
      while (budget.pay(entity, 0, time)) count++
      return count
    }
    show(budget, 0.9, 1, START)
    expect(paid(START + 60)).toBe(0)
    expect(paid(START + DAY / 2)).toBe(2)
    expect(paid(START + 30 * DAY)).toBe(2)
    let days = 0
    for (let hour = 1; hour <= 240; hour++) days += paid(START + 30 * DAY + hour * 3_600)
    expect(days).toBeGreaterThanOrEqual(49)
    expect(days).toBeLessThanOrEqual(50)
  })

  it('earns at another rate from when that is said on, and keeps what it earned', () => {
    const budget = create(4)
    show(budget, 0.9, 1, START)
    show(budget, 0.9, 1, START + DAY / 4)
    const needed = budget.limit(START + DAY / 4)
    budget.allow(2)
    expect(budget.limit(START + DAY / 4)).toBeGreaterThanOrEqual(needed)
    expect(budget.pay(entity, 0, START + DAY / 4)).toBe(true)
    expect(budget.pay(entity, 0, START + DAY / 2)).toBe(false)
    expect(budget.pay(entity, 0, START + 0.76 * DAY)).toBe(true)
  })

  it('uses the evidence up, and what is refused stays far beyond doubt until then', () => {
    const budget = create()
    show(budget, 1e6, 3, START)
    show(budget, 1e6, 3, START + DAY)
    expect(budget.isFar(entity, 0, START + DAY + 3)).toBe(true)
    expect(budget.pay(entity, 0, START + DAY + 3)).toBe(true)
    expect(budget.isFar(entity, 0, START + DAY + 3)).toBe(false)
  })

  it('tells on credit what is far beyond doubt, once', () => {
    const budget = create()
    show(budget, 1e6, 3, START)
    show(budget, 1e6, 3, START, 2)
    expect(budget.pay(entity, 0, START + 60)).toBe(true)
    expect(budget.pay(flow(2, 1).address, 0, START + 60)).toBe(false)
  })

  it('outlives a restart', () => {
    const before = create()
    show(before, 0.9, 1, START)
    show(before, 0.9, 1, START + DAY)
    const after = create()
    after.restore(before.save())
    show(after, 0.9, 1, START + 2 * DAY)
    expect(after.pay(entity, 0, START + 2 * DAY)).toBe(true)
  })
})
