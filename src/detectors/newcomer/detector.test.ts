import { describe, expect, it } from 'vitest'
import { arp, flowOf, query } from '../../hosts/traffic.case.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { detectorCases } from '../detector.case.ts'
import { watchFlows, watchTraffic } from '../watch.case.ts'
import { createNewcomerDetector } from './detector.ts'
import { NEWCOMER } from './tunables.ts'

const create = () => createNewcomerDetector({ seed: 1 })
detectorCases('the newcomer detector', { create, flows: 0 })

const START = 1_700_000_000
const HOUR = 3600
const ROUTER = { address: '192.168.1.1', mac: 0x44d9e7000001 }

/** The MAC of a host of 192.168.1.0/24. */
const macOf = (host: number): number => 0x021122000000 + host

/** Ten hosts that ask the router for names, each every two minutes. */
function household(hours: number): FlowRecord[] {
  return Array.from({ length: hours * 300 }, (_, i) => {
    const host = 10 + (i % 10)
    const flow = query(`192.168.1.${host}`, ROUTER.address, 53, START + 12 * i)
    return Object.assign(flow, { srcMac: macOf(host), dstMac: ROUTER.mac })
  })
}

function joins(host: number, time: number): FlowRecord[] {
  const mac = macOf(host)
  const lease = query('0.0.0.0', '255.255.255.255', 67, START + time)
  Object.assign(lease, { srcMac: mac, dstMac: 0xffffffffffff, srcPort: 68 })
  const talks = [2, 30, 60, 90, 600].map((later) =>
    Object.assign(query(`192.168.1.${host}`, ROUTER.address, 53, START + time + later), {
      srcMac: mac,
      dstMac: ROUTER.mac,
    }),
  )
  return [lease, arp(`192.168.1.${host}`, mac, ROUTER.address, ROUTER.mac, START + time + 1), ...talks]
}

function talk(
  host: number,
  to: string,
  dstPort: number,
  time: number,
  change: Parameters<typeof flowOf>[2] = {},
): FlowRecord {
  return flowOf(`192.168.1.${host}`, to, {
    time: START + time,
    dstPort,
    srcMac: macOf(host),
    dstMac: ROUTER.mac,
    ...change,
  })
}

const watch = (flows: FlowRecord[]) => watchFlows(create(), flows)

describe('a new device', () => {
  it('is not told where the clock leapt before the network was watched long enough', () => {
    const later = (by: number) => (flow: FlowRecord) =>
      Object.assign(flow, { first: flow.first + by, last: flow.last + by })
    for (const leap of [HOUR, 80 * 365 * 24 * HOUR]) {
      const before = household(0.25)
      const after = household(0.3).slice(before.length).map(later(leap))
      expect(watch([...before, ...after, ...joins(40, 0.3 * HOUR).map(later(leap))])).toEqual([])
    }
    expect(watch([...household(0.5), ...joins(40, 0.5 * HOUR)])).toHaveLength(1)
  })

  it('is told once, by the address it gets, in every household', () => {
    for (const seed of [1, 2, 3]) {
      const { alarms, truth } = watchTraffic(create(), {
        seed,
        hours: 1,
        scenario: 'campaigns',
        family: 'new-device',
        peace: 1800,
      })
      expect(alarms).toHaveLength(1)
      expect(alarms[0]).toMatchObject({
        label: 'new-device',
        finding: { type: 'New Device', attack: ['T1200'], level: 'low' },
      })
      expect(alarms[0]?.reasons[0]?.text).toContain(truth[0]?.attacker)
    }
  })

  it('is seen, though its level is low', () => {
    const [alarm, ...others] = watch([...household(2), ...joins(77, HOUR)])
    expect(others).toEqual([])
    expect(alarm?.score).toBeGreaterThan(0.7)
    expect(alarm?.reasons[0]?.text).toBe(
      '02:11:22:00:00:4d (192.168.1.77) was never seen in 60 min of watching, with 13 local hosts known',
    )
  })

  it('is nothing special while everything is new', () => {
    expect(watch([...household(2), ...joins(77, NEWCOMER.watched - 60)])).toEqual([])
  })

  it('is nothing special among many', () => {
    const crowd = Array.from({ length: 40 }, (_, i) => joins(100 + i, HOUR + 20 * i)).flat()
    expect(watch([...household(2), ...crowd]).length).toBeLessThanOrEqual(2)
  })

  it('is nothing special where somebody arrives every quarter of an hour', () => {
    const guests = Array.from({ length: 90 }, (_, i) => joins(100 + i, HOUR + 900 * i)).flat()
    expect(watch([...household(24), ...guests]).length).toBeLessThan(20)
  })

  it('is told by its address where no link shows a device', () => {
    const bare = [...household(2), ...joins(77, HOUR)].map((flow) => Object.assign(flow, { srcMac: 0, dstMac: 0 }))
    expect(watch(bare.filter((flow) => flow.protocol === 17))).toHaveLength(1)
  })

  it('is none as long as nobody answers an address without one', () => {
    const answers = Array.from({ length: 5 }, (_, i) =>
      query(`192.168.1.${200 + i}`, '192.168.1.12', 40_000, START + HOUR),
    )
    const forged = answers.map((flow) => Object.assign(flow, { srcMac: ROUTER.mac, dstMac: macOf(12) }))
    for (const { reverse } of forged) Object.assign(reverse, { packets: 0, bytes: 0, payload: 0 })
    expect(watch([...household(2), ...forged])).toEqual([])
  })
})

describe('a rare destination', () => {
  it('on a port of its own is found, and stays one story', () => {
    for (const seed of [1, 2, 3]) {
      const { alarms, truth } = watchTraffic(create(), {
        seed,
        hours: 1,
        scenario: 'campaigns',
        family: 'rare-destination',
        peace: 1800,
      })
      expect(alarms.map(({ label }) => label)).toEqual(
        Array.from({ length: truth[0]!.flows }, () => 'rare-destination'),
      )
      expect(alarms[0]).toMatchObject({ score: 0.75, finding: { type: 'Rare Destination', level: 'medium' } })
      expect(alarms[0]!.time).toBeLessThanOrEqual(truth[0]!.end - 1_764_000_000 + 30)
    }
  })

  it('on a port that others use is evidence and no more', () => {
    const flows = [...household(2), talk(11, '198.51.100.4', 443, 60), talk(12, '203.0.113.9', 443, HOUR)]
    expect(watch(flows).map(({ score, finding }) => [score, finding.type, finding.level])).toEqual([
      [0.4, 'Rare Destination', 'low'],
    ])
  })

  it.each([
    ['known to another host', [talk(11, '203.0.113.9', 4444, 60)], {}],
    ['that says nothing', [], { reverse: { packets: 3, bytes: 120, payload: 0 } }],
    ['met before', [talk(12, '203.0.113.9', 4444, 60)], {}],
  ])('is none when it is one %s', (_name, before, change) => {
    expect(watch([...household(2), ...before, talk(12, '203.0.113.9', 4444, HOUR, change)])).toEqual([])
  })

  it('is none for a host that meets many', () => {
    const visits = Array.from({ length: 60 }, (_, i) => talk(12, `198.51.100.${i}`, 443, 40 * i))
    expect(watch([...household(2), ...visits, talk(12, '203.0.113.9', 4444, HOUR)])).toEqual([])
  })
})

it('stays silent about a household', () => {
  for (const seed of [1, 2]) expect(watchTraffic(create(), { seed, hours: 12, scenario: 'quiet' }).alarms).toEqual([])
})
