import { describe, expect, it } from 'vitest'
import { vendorOf } from './vendors.ts'

describe('who made a device', () => {
  it.each([
    ['00:00:0c:11:22:33', { vendor: 'Cisco Systems, Inc' }],
    ['b8:27:eb:00:00:01', { vendor: 'Raspberry Pi Foundation' }],
    ['02:42:ac:11:00:02', { madeUp: true }],
    ['fe:ff:ff:ff:ff:ff', { madeUp: true }],
    [null, {}],
    ['', {}],
  ])('%s', (mac, expected) => {
    expect(vendorOf(mac)).toEqual(expected)
  })
})
