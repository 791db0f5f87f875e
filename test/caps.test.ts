import { beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { createFlowRecord } from '../src/net/flow-record.ts'
import { createPipeline, type Pipeline } from '../src/pipeline.ts'
import { rulesOf } from '../src/request.ts'
import type { FlowRecord } from '../src/types/flow.ts'

/** Every table that traffic fills, by the counter that tells how full it is, and its cap. */
const CAPS: Readonly<Record<string, number>> = {
  'hosts.hosts': 65_536,
  'hosts.pairs': 65_536,
  'hosts.beacons': 12_288,
  'hosts.devices': 16_384,
  'hosts.baselines': 12_288,
  'rules.groups': 65_536,
  'rules.values': 262_144,
  'evidence.entities': 65_536,
  'learning.waiting': 16_384,
  'incidents.open': 4_096,
}
const MANY = 70_000
const BYTES = 400 * 2 ** 20

function probe(flow: FlowRecord, time: number): FlowRecord {
  Object.assign(flow, {
    first: time,
    last: time,
    opened: time,
    protocol: 6,
    connState: 'S0',
    names: null,
    srcPort: 40_000,
  })
  Object.assign(flow.forward, { packets: 1, bytes: 40, payload: 0, syn: 1 })
  flow.address.set([0, 0, 0xffff, 0x0a000005, 0, 0, 0xffff, 0x0a000009])
  return flow
}

describe('what one who sends anything can fill', () => {
  let pipeline: Pipeline
  const counters = (): Map<string, number> => new Map(pipeline.stats().counters.map(({ name, value }) => [name, value]))

  beforeAll(() => {
    const config = loadConfig(undefined, {})
    pipeline = createPipeline({ config, rules: rulesOf({ config, sources: [] }) })
    const flow = createFlowRecord()
    let ticks = 0
    const next = (): FlowRecord => probe(flow, 1_700_000_000 + ticks++ / 1000)
    // From as many sources, each with a link address of its own; for as many names; to every port of one host.
    for (let i = 0; i < MANY; i++) {
      next()
      flow.address[3] = 0x50000000 + i * 7
      flow.srcMac = 0x020000000000 + i
      flow.dstPort = 443
      pipeline.flow(flow)
    }
    for (let i = 0; i < MANY; i++) {
      next()
      Object.assign(flow, { protocol: 17, dstPort: 53, service: 'dns', connState: 'SF' })
      flow.names = {
        dnsQuery: `${i.toString(36)}.example.com`,
        dnsRcode: 3,
        dnsQueries: 1,
        dnsNames: 1,
        dnsNxdomain: 1,
      }
      flow.reverse.packets = 1
      pipeline.flow(flow)
    }
    flow.reverse.packets = 0
    flow.service = ''
    for (let i = 0; i < MANY; i++) {
      next().dstPort = i & 0xffff
      pipeline.flow(flow)
    }
  })

  it('stays within its cap, in every table', () => {
    const now = counters()
    for (const [name, cap] of Object.entries(CAPS)) expect(now.get(name) ?? 0, name).toBeLessThanOrEqual(cap)
  })

  it('was full where that could be, and said so', () => {
    const now = counters()
    expect(now.get('hosts.hosts')).toBe(CAPS['hosts.hosts'])
    expect(now.get('hosts.hosts_evicted')).toBeGreaterThan(1_000)
    expect(now.get('rules.groupsEvicted')).toBeGreaterThan(0)
    expect(now.get('evidence.evicted_entities')).toBeGreaterThan(0)
  })

  it('finds the attack all the same, in bounded memory', () => {
    const types = pipeline.incidents().map(({ type }) => type)
    expect(types).toContain('Port Scan')
    const { arrayBuffers, heapUsed } = process.memoryUsage()
    expect(arrayBuffers + heapUsed).toBeLessThan(BYTES)
  })
})
