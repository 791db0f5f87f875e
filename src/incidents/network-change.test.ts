import { describe, expect, it } from 'vitest'
import { createFlowRecord } from '../net/flow-record.ts'
import { createNetworkChange } from './network-change.ts'

const HOUR = 3_600

/** Whether each of these hosts, `every` seconds apart, is part of a change of a network of `localHosts`. */
function changes(hosts: number, localHosts: number, { every = 10, age = 2 * HOUR, cap = 1_000 } = {}): boolean[] {
  const change = createNetworkChange(cap)
  return Array.from({ length: hosts }, (_, n) => {
    const flow = createFlowRecord()
    flow.address.set([0, 0, 0xffff, 0x0a000001 + n])
    return change.add(flow, n * every, localHosts, age)
  })
}

describe('a network has changed', () => {
  it('when more than 15 % of its hosts did at once', () => {
    expect(changes(40, 200)).toEqual(Array.from({ length: 40 }, (_, n) => n >= 30))
  })

  it('never because of fewer than four', () => {
    expect(changes(5, 5)).toEqual([false, false, false, true, true])
  })

  it.each([
    ['one after the other, over hours', { every: 300 }],
    ['in the first hour', { age: HOUR }],
    ['beyond what is remembered', { cap: 3 }],
  ])('not %s', (_, options) => {
    expect(changes(20, 20, options)).not.toContain(true)
  })

  it('not because one host does it again and again', () => {
    const change = createNetworkChange(100)
    const flow = createFlowRecord()
    for (let time = 0; time < 500; time++) expect(change.add(flow, time, 10, 2 * HOUR)).toBe(false)
  })
})
