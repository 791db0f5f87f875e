import { expect, it } from 'vitest'
import { createFlowRecord } from '../net/flow-record.ts'
import type { HostContext } from '../types/host.ts'
import { createOutage, type Outage } from './outage.ts'

const OUT = { srcLocal: true, dstLocal: false, dstBroadcastOrMulticast: false } as HostContext
const DAY = 86_400

/** So many hosts try once, a second apart, and are answered or not. */
function tries(outage: Outage, hosts: number, from: number, answered: boolean): void {
  for (let host = 0; host < hosts; host++) {
    const flow = createFlowRecord()
    flow.address[3] = host
    flow.first = flow.last = from + host
    flow.reverse.packets = answered ? 1 : 0
    outage.see(flow, OUT, flow.last)
  }
}

it('is one when nobody is answered who was before, and over twenty minutes after the last of it', () => {
  const outage = createOutage()
  tries(outage, 10, 0, true)
  expect(outage.holds(20)).toBe(false)
  tries(outage, 10, 60, false)
  expect(outage.holds(100)).toBe(true)
  tries(outage, 10, 300, true)
  expect(outage.holds(1_000)).toBe(true)
  expect(outage.holds(2_000)).toBe(false)
  expect(outage.counters()).toEqual({ outages: 1 })
})

it.each([
  ['most are answered', 10, 3],
  ['too few try', 3, 3],
])('is none while %s', (_, hosts, failing) => {
  const outage = createOutage()
  tries(outage, hosts, 0, true)
  tries(outage, hosts, 60, true)
  tries(outage, failing, 75, false)
  expect(outage.holds(90)).toBe(false)
})

it('is none where nobody ever is answered, and ends where nobody is for a day', () => {
  const isolated = createOutage()
  for (let time = 0; time < DAY; time += 60) tries(isolated, 10, time, false)
  expect(isolated.holds(DAY)).toBe(false)
  const cut = createOutage()
  tries(cut, 10, 0, true)
  for (let time = 60; time < DAY; time += 60) tries(cut, 10, time, false)
  expect(cut.holds(DAY)).toBe(false)
})
