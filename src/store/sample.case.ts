import { createRandom, integer, pick, type Random } from '../math/random.ts'
import { parseAddress } from '../net/address.ts'
import { createFlowRecord } from '../net/flow-record.ts'
import { parseTunnel } from '../net/tunnel.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Incident } from '../types/incident.ts'
import { LEVELS } from '../types/verdict.ts'
import { createBatch, type FlowBatch, packFlow } from './flow-batch.ts'

export const ADDRESSES = [
  '10.0.0.1',
  '10.0.0.2',
  '10.1.2.3',
  '192.168.1.10',
  '203.0.113.9',
  '2001:db8::1',
  '2001:db8:1::7',
  'fe80::1',
]
const NAMES = ['example.com', 'Cdn.Example.NET', "o'brien.test", 'a%b_c', '\u0416.test', '<img src=x>', 'x"y\\z']
const TUNNELS = ['vxlan/42 192.0.2.1 192.0.2.2', 'gre 2001:db8::1 2001:db8::2']
const TYPES = ['Port Scan', 'Brute Force', 'DNS Tunnel', 'Web Attack']

/** An incident made up of what a seeded generator picks. */
export function sampleIncident(random: Random, number: number, time: number): Incident {
  const some = <T>(list: readonly T[], most: number): T[] => {
    const count = integer(random, 1, most)
    return [...new Set(Array.from({ length: count }, () => pick(random, list)))]
  }
  const sources = some(ADDRESSES, 2)
  const targets = some(ADDRESSES, 4)
  const ports = some([22, 53, 80, 443, 8080, 1024, 1025], 3)
  const type = pick(random, TYPES)
  return {
    id: `nads-${String(number).padStart(6, '0')}`,
    type,
    title: `${type} from ${sources[0]} to ${targets[0]}`,
    severity: pick(random, LEVELS),
    confidence: random(),
    score: random(),
    method: pick(random, ['Rule', 'ML', 'Hybrid'] as const),
    attack: some(['T1046', 'T1110', 'T1572'], 2),
    sources,
    targets,
    sourceCount: sources.length,
    targetCount: targets.length,
    ports,
    portCount: ports.length,
    firstSeen: time,
    lastSeen: time + integer(random, 0, 600),
    detectedAt: time + 1,
    flows: integer(random, 1, 500),
    packets: integer(random, 1, 5_000),
    bytes: integer(random, 40, 5_000_000),
    reasons: [
      {
        detector: 'rules',
        rule: pick(random, ['port-scan', 'ssh-brute-force']),
        text: 'why',
        feature: 'flows',
        observed: 3,
        expected: '<= 2',
        share: 1,
      },
    ],
    otherwise: null,
    response: '',
  }
}

/** Fills `flow` with what a seeded generator picks. */
export function sampleFlow(random: Random, flow: FlowRecord, time: number): FlowRecord {
  parseAddress(pick(random, ADDRESSES), flow.address, 0)
  parseAddress(pick(random, ADDRESSES), flow.address, 4)
  flow.source = pick(random, ['eth0', 'zeek'])
  flow.last = time
  flow.first = time - integer(random, 0, 4_000) / 8
  flow.opened = flow.first
  flow.protocol = pick(random, [1, 6, 17, 58, 0x0806, 99])
  flow.service = pick(random, ['', 'http', 'dns', 'ssh'])
  flow.srcPort = integer(random, 0, 65_535)
  flow.dstPort = pick(random, [22, 53, 80, 443, 1024, 1025, 65_535])
  flow.srcMac = integer(random, 0, 2 ** 48 - 1)
  flow.ttl = integer(random, 0, 255)
  flow.connState = pick(random, ['SF', 'S0', 'REJ'] as const)
  for (const direction of [flow.forward, flow.reverse]) {
    direction.packets = integer(random, 0, 50)
    direction.bytes = direction.packets * integer(random, 40, 1_500)
    direction.lengthMean = random() * 1_500
    direction.gapMean = random()
    direction.syn = integer(random, 0, 3)
  }
  const name = pick(random, NAMES)
  flow.names = random() < 0.5 ? null : random() < 0.5 ? { dnsQuery: name, dnsType: 1 } : { tlsSni: name }
  flow.tunnel = random() < 0.8 ? null : parseTunnel(pick(random, TUNNELS))
  return flow
}

/** A batch of `count` flows, a second apart from `start` on. */
export function sampleBatch(seed: number, count: number, start: number): FlowBatch {
  const random = createRandom(seed)
  const batch = createBatch(count)
  const flow = createFlowRecord()
  for (let row = 0; row < count; row++) {
    const anomaly = random() < 0.3
    sampleFlow(random, flow, start + row)
    packFlow(batch, row, flow, {
      verdict: {
        anomaly,
        method: anomaly ? pick(random, ['Rule', 'ML', 'Hybrid'] as const) : 'Normal',
        confidence: random(),
        ruleScore: random(),
        mlScore: random(),
        score: random(),
      },
      type: anomaly ? pick(random, TYPES) : null,
      incident: anomaly && random() < 0.5 ? `nads-00000${integer(random, 1, 9)}` : null,
      weight: 1,
    })
    batch.count++
  }
  batch.minutes = [{ time: Math.floor(start / 60) * 60, flows: count, anomalies: 1, packets: 10, bytes: 1_000 }]
  return batch
}
