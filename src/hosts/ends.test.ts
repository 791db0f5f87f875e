import { describe, expect, it } from 'vitest'
import type { FlowRecord } from '../types/flow.ts'
import { createHosts } from './hosts.ts'
import { arp, flowOf, query, START } from './traffic.case.ts'

const address = (host: number): string => `10.0.${host >> 8}.${host & 255}`

describe('who is who', () => {
  const GATEWAY = 0x02_00_00_00_00_01
  const LAPTOP = 0x02_00_00_00_00_10
  const THIEF = 0x02_00_00_00_00_66
  const off = (source: string, srcMac: number, hop: number, time: number, destination = '93.184.216.34'): FlowRecord =>
    flowOf(source, destination, { time, srcMac, dstMac: hop })

  it('knows a device by its link address: a new address is not a new device', () => {
    const hosts = createHosts({ seed: 1 })
    const first = { ...hosts.observe(off('192.168.0.5', LAPTOP, GATEWAY, START)) }
    expect(first).toMatchObject({ srcNew: true, srcAge: 0, srcLocal: true, dstLocal: false })
    const later = { ...hosts.observe(off('192.168.0.77', LAPTOP, GATEWAY, START + 50)) }
    expect(later).toMatchObject({ srcNew: false, srcAge: 50, srcDevice: first.srcDevice, newPair: true })
    expect(hosts.observe(off('192.168.0.78', THIEF, GATEWAY, START + 60))).toMatchObject({ srcNew: true })
  })

  it("does not take a router's link address for a device", () => {
    const hosts = createHosts({ seed: 1 })
    for (let i = 1; i < 20; i++) {
      hosts.observe(flowOf(`203.0.113.${i}`, '192.168.0.5', { time: START + i, srcMac: GATEWAY, dstMac: LAPTOP }))
    }
    const behind = hosts.observe(
      flowOf('192.168.7.9', '192.168.0.5', { time: START + 30, srcMac: GATEWAY, dstMac: LAPTOP }),
    )
    expect(behind).toMatchObject({ srcDevice: 0, srcNew: true })
    expect(behind.dstDevice).toBeGreaterThan(0)
  })

  it('sees the gateway, and somebody else taking its place', () => {
    const hosts = createHosts({ seed: 1 })
    hosts.observe(arp('192.168.0.1', GATEWAY, '192.168.0.5', LAPTOP, START))
    for (let i = 1; i < 20; i++) hosts.observe(off('192.168.0.5', LAPTOP, GATEWAY, START + i, `93.184.216.${i}`))
    for (let i = 1; i < 20; i++) hosts.observe(query('192.168.0.5', '192.168.0.1', 67, START + 20 + i))
    expect(hosts.describe().list.find(({ address }) => address === '192.168.0.1')?.role).toBe('gateway')
    expect(hosts.observe(off('192.168.0.5', LAPTOP, GATEWAY, START + 50)).srcHopChanged).toBe(false)
    hosts.observe(arp('192.168.0.66', THIEF, '192.168.0.5', LAPTOP, START + 59))
    const spoof = hosts.observe(arp('192.168.0.1', THIEF, '192.168.0.5', LAPTOP, START + 60))
    expect(spoof).toMatchObject({ srcMacChanged: true, srcMacs: 2, srcMacAddresses: 2 })
    expect(hosts.observe(off('192.168.0.5', LAPTOP, THIEF, START + 61)).srcHopChanged).toBe(true)
    expect(hosts.observe(off('192.168.0.5', LAPTOP, THIEF, START + 62)).srcHopChanged).toBe(false)
    // A flow that was opened before and only ends now proves nothing.
    expect(hosts.observe(off('192.168.0.5', LAPTOP, GATEWAY, START + 40)).srcHopChanged).toBe(false)
  })

  it('counts ARP questions apart from flows', () => {
    const hosts = createHosts({ seed: 1 })
    let context = hosts.observe(arp('10.0.0.1', LAPTOP, '10.0.0.2', 0, START))
    for (let i = 3; i < 8; i++) context = hosts.observe(arp('10.0.0.1', LAPTOP, address(i), 0, START))
    expect(context).toMatchObject({
      srcArpTargets60s: 6,
      srcFlows60s: 0,
      srcFailed60s: 0,
      pairFlows60s: 0,
    })
  })

  it('knows groups, prevalence and first times', () => {
    const hosts = createHosts({ seed: 1 })
    expect(hosts.observe(query('10.0.0.1', '224.0.0.251', 5353, START))).toMatchObject({
      dstBroadcastOrMulticast: true,
      dstRole: 'multicast',
      srcFanout60s: 0,
      dstFlows60s: 0,
    })
    for (let i = 1; i <= 4; i++) hosts.observe(flowOf(address(i), '10.0.0.1', { time: START }))
    expect(hosts.observe(flowOf('10.0.0.2', '93.184.216.34', { time: START }))).toMatchObject({
      dstTalkers: 1,
      dstPrevalence: 0.25,
      newPair: true,
    })
    const again = hosts.observe(flowOf('10.0.0.3', '93.184.216.34', { time: START + 9 }))
    expect(again).toMatchObject({ dstTalkers: 2, dstPrevalence: 0.5, dstAge: 9 })
  })

  it('keeps the last connections that lead outside, in order, whatever order they end in', () => {
    const hosts = createHosts({ seed: 1 })
    const order = [3, 1, 2, 0, ...Array.from({ length: 60 }, (_, i) => i + 4)]
    let context = hosts.observe(flowOf('10.0.0.1', '10.0.0.2'))
    expect(context.beacon.connections).toBe(0)
    for (const i of order) {
      context = hosts.observe(
        flowOf('10.0.0.1', '93.184.216.34', { time: START + 60 * i, forward: { bytes: 100 + i } }),
      )
    }
    expect([context.beacon.connections, context.beacon.read()]).toEqual([64, 48])
    expect([...context.beacon.starts]).toEqual(Array.from({ length: 48 }, (_, i) => 60 * i))
    expect([...context.beacon.sizes]).toEqual(Array.from({ length: 48 }, (_, i) => 116 + i))
  })
})
