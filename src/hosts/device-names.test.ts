import { describe, expect, it } from 'vitest'
import { createFlowRecord } from '../net/flow-record.ts'
import { DeviceNames } from './device-names.ts'

const flow = (srcMac: number, dhcpHost?: string) => ({
  ...createFlowRecord(),
  srcMac,
  names: dhcpHost === undefined ? null : { dhcpHost },
})

describe('DeviceNames', () => {
  it('knows the last name a device gave itself', () => {
    const names = new DeviceNames()
    for (const [mac, name] of [[1, 'laptop'], [2], [1, 'anna-laptop'], [0, 'nobody'], [3, 'x'.repeat(1024)]] as const) {
      names.observe(flow(mac, name))
    }
    expect([names.of(1), names.of(2), names.of(0), names.of(3)?.length]).toEqual(['anna-laptop', null, null, 63])
  })

  it('remembers so many, the newest', () => {
    const names = new DeviceNames()
    for (let mac = 1; mac <= 5000; mac++) names.observe(flow(mac, `n${mac}`))
    expect([names.size, names.of(1), names.of(5000)]).toEqual([4096, null, 'n5000'])
  })
})
