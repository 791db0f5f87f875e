import { describe, expect, it } from 'vitest'
import { parseAddress } from '../net/address.ts'
import { createFlowRecord } from '../net/flow-record.ts'
import type { FlowNames, FlowRecord } from '../types/flow.ts'
import { DeviceNames } from './device-names.ts'

const ROUTER = 99
const isRouter = (mac: number): boolean => mac === ROUTER

function flow(srcMac: number, names: FlowNames, source = '10.0.0.9', target = '10.0.0.8'): FlowRecord {
  const record = { ...createFlowRecord(), srcMac, names }
  parseAddress(source, record.address, 0)
  parseAddress(target, record.address, 4)
  return record
}
const dhcp = (dhcpHost: string, more: FlowNames = {}): FlowNames => ({ dhcpMessage: 3, dhcpHost, ...more })
const said = (srcHostName: string, hostNameBy: FlowNames['hostNameBy']): FlowNames => ({
  srcHostName,
  ...(hostNameBy && { hostNameBy }),
})

function namesOf(...flows: FlowRecord[]): DeviceNames {
  const names = new DeviceNames()
  for (const one of flows) names.observe(one, isRouter)
  return names
}

describe('DeviceNames', () => {
  it('knows the last name a device gave itself, cut', () => {
    const names = namesOf(
      flow(1, dhcp('laptop')),
      flow(2, {}),
      flow(1, dhcp('anna-laptop')),
      flow(0, dhcp('nobody')),
      flow(3, dhcp('x'.repeat(1024))),
    )
    expect([1, 2, 0, 3].map((mac) => names.of('', mac)?.name.length)).toEqual([11, undefined, undefined, 63])
    expect(names.of('', 1)).toEqual({ name: 'anna-laptop', by: 'dhcp' })
  })

  it('believes the name somebody chose before that of a product', () => {
    const mine = (names: FlowNames) => flow(1, names)
    const names = namesOf(mine(said('TV/1', 'ssdp')), mine(said('tv', 'mdns')), mine(said('TV/2', 'ssdp')))
    expect(names.of('10.0.0.9', 1)).toEqual({ name: 'tv', by: 'mdns' })
    names.observe(mine(dhcp('living-room')), isRouter)
    expect(names.of('10.0.0.9', 1)?.name).toBe('living-room')
    expect(names.of('fe80::1', 1)?.name).toBe('living-room')
  })

  it('names the address alone of a device behind a router, and of both ends each its own', () => {
    const names = namesOf(
      flow(ROUTER, said('far', 'netbios')),
      flow(5, { dstHostName: 'server', hostNameBy: 'netbios' }, '10.0.0.1', '10.0.0.2'),
    )
    expect([names.of('10.0.0.9', 0)?.name, names.of('10.0.0.7', ROUTER), names.of('10.0.0.2', 0)?.name]).toEqual([
      'far',
      null,
      'server',
    ])
    expect(names.of('10.0.0.1', 5)).toBeNull()
  })

  it('finds by its lease who shows no link address of its own, and lets nobody name another', () => {
    const mac = '02:00:00:00:00:07'
    const names = namesOf(
      flow(7, dhcp('victim', { dhcpMac: '02:00:00:00:00:08' })),
      flow(0x020000000007, dhcp('phone', { dhcpMac: mac })),
      flow(3, { dhcpMessage: 5, dhcpMac: mac, dhcpAddress: '10.0.0.50' }),
    )
    expect([names.of('10.0.0.50', 0)?.name, names.macOf('10.0.0.50')]).toEqual(['phone', 0x020000000007])
    expect([names.of('', 7), names.of('', 0x020000000008)]).toEqual([null, null])
  })

  it('remembers so many, the newest, and counts the others', () => {
    const names = new DeviceNames()
    for (let mac = 1; mac <= 5000; mac++) names.observe(flow(mac, dhcp(`n${mac}`)), isRouter)
    expect([names.size, names.evicted, names.of('', 1), names.of('', 5000)?.name]).toEqual([4096, 904, null, 'n5000'])
  })

  it('is restored as it was saved', () => {
    const names = namesOf(flow(1, said('tv', 'mdns')))
    const restored = new DeviceNames()
    restored.restore(JSON.parse(JSON.stringify(names.save())))
    expect(restored.of('10.0.0.9', 0)).toEqual({ name: 'tv', by: 'mdns' })
  })
})
