import { createRandom, integer, pick, type Random } from '../math/random.ts'
import type { PacketView } from '../types/events.ts'
import type { Incident } from '../types/incident.ts'
import type { Reason } from '../types/verdict.ts'

/** Flows as a small office makes them, seeded, with now and then an attack that keeps on for a while. */
export class SampleTraffic {
  readonly #random: Random
  #id = 0

  constructor(seed: number) {
    this.#random = createRandom(seed)
  }

  normal(time: number): PacketView {
    const random = this.#random
    const [protocol, dstPort] = pick(random, SERVICES)
    const packets = integer(random, 2, 90)
    return {
      id: ++this.#id,
      time,
      source: pick(random, HOSTS),
      destination: pick(random, SERVERS),
      srcPort: dstPort === 0 ? 8 : integer(random, 32_768, 60_999),
      dstPort,
      protocol,
      communityId: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
      packets,
      bytes: packets * integer(random, 70, 1100),
      duration: random() * 4,
      status: 'Normal',
      method: 'Normal',
      confidence: 0.9 + random() * 0.09,
      ruleScore: 0,
      mlScore: random() * 0.3,
      type: null,
      reasons: [],
    }
  }

  attack(time: number, kind = integer(this.#random, 0, ATTACKS.length - 1)): PacketView {
    const attack = ATTACKS[kind]!
    const confidence = 0.86 + this.#random() * 0.13
    const { ruleReason, mlReason, ...fields } = attack
    const reasons = [ruleReason, mlReason].filter((reason) => reason !== undefined)
    return {
      ...this.normal(time),
      ...fields,
      status: 'Anomaly',
      method: ruleReason === undefined ? 'ML' : mlReason === undefined ? 'Rule' : 'Hybrid',
      confidence,
      ruleScore: ruleReason === undefined ? 0 : confidence,
      mlScore: mlReason === undefined ? 0.31 : confidence - 0.05,
      reasons,
    }
  }

  /** The incident that `flows` make. */
  incident(flows: PacketView[], severity: Incident['severity']): Incident {
    const last = flows.at(-1)!
    const sum = (of: (flow: PacketView) => number): number => flows.reduce((total, flow) => total + of(flow), 0)
    const sources = [...new Set(flows.map((flow) => flow.source))]
    const targets = [...new Set(flows.map((flow) => flow.destination))]
    return {
      id: `${last.type}-${last.source}`,
      type: last.type ?? 'Unclassified anomaly',
      title: `${last.type} by ${last.source}`,
      severity,
      confidence: last.confidence,
      score: last.confidence,
      method: last.method === 'Normal' ? 'Rule' : last.method,
      attack: last.type === 'Port Scan' ? ['T1046'] : ['T1071', 'T1041'],
      sources,
      targets,
      sourceCount: sources.length,
      targetCount: targets.length,
      ports: [...new Set(flows.map((flow) => flow.dstPort))],
      portCount: new Set(flows.map((flow) => flow.dstPort)).size,
      firstSeen: flows[0]!.time,
      lastSeen: last.time,
      detectedAt: flows[0]!.time,
      flows: flows.length,
      packets: sum((flow) => flow.packets),
      bytes: sum((flow) => flow.bytes),
      reasons: last.reasons,
      otherwise: null,
      response: 'Ask who runs this host; block it at the switch if nobody does.',
    }
  }
}

const HOSTS = [
  '192.168.1.14',
  '192.168.1.23',
  '192.168.1.37',
  '192.168.1.58',
  '192.168.1.102',
  'fd00:1::a4c:12ff:fe31:7',
]
const SERVERS = [
  '142.250.74.110',
  '151.101.1.69',
  '192.168.1.1',
  '192.168.1.5',
  '2a00:1450:4001:81b::200e',
  '104.16.132.229',
]
const SERVICES: [string, number][] = [
  ['HTTPS', 443],
  ['HTTPS', 443],
  ['HTTP', 80],
  ['UDP', 53],
  ['TCP', 993],
  ['ICMP', 0],
]

interface Attack extends Partial<PacketView> {
  ruleReason?: Reason
  mlReason?: Reason
}

function reason(
  detector: string,
  feature: string,
  observed: number,
  expected: string,
  text: string,
  share: number,
): Reason {
  return { detector, text, feature, observed, expected, share, ...(detector === 'rules' ? { rule: feature } : {}) }
}

const ATTACKS: Attack[] = [
  {
    type: 'DDoS',
    source: '203.0.113.77',
    destination: '192.168.1.5',
    protocol: 'TCP',
    dstPort: 80,
    packets: 6412,
    bytes: 384_720,
    ruleReason: reason('rules', 'packets', 6412, '<= 800', '6,412 packets in one flow, more than the 800 allowed', 0.5),
    mlReason: reason(
      'isolation-forest',
      'packet rate',
      1603,
      '0.4 to 62',
      '1,603 packets a second, usually 0.4 to 62',
      0.4,
    ),
  },
  {
    type: 'Port Scan',
    source: '192.168.1.102',
    destination: '192.168.1.5',
    protocol: 'TCP',
    dstPort: 8443,
    packets: 2,
    bytes: 120,
    ruleReason: reason('rules', 'ports', 184, '<= 20', '184 ports of 192.168.1.5 asked for in 60 s, more than 20', 0.9),
  },
  {
    type: 'Brute Force',
    source: '198.51.100.24',
    destination: '192.168.1.14',
    protocol: 'TCP',
    dstPort: 22,
    packets: 24,
    bytes: 4120,
    ruleReason: reason('rules', 'connections', 38, '< 20', '38 short SSH connections from one host in 5 min', 0.8),
  },
  {
    type: 'Data Exfiltration',
    source: '192.168.1.37',
    destination: '185.199.108.153',
    protocol: 'HTTPS',
    dstPort: 443,
    packets: 14_210,
    bytes: 18_204_113,
    mlReason: reason(
      'isolation-forest',
      'bytes out',
      18_204_113,
      '2 kB to 350 kB',
      '18.2 MB sent out, usually 2 kB to 350 kB',
      0.7,
    ),
  },
  {
    type: 'Unclassified anomaly',
    source: '192.168.1.58',
    destination: '192.0.2.200',
    protocol: 'ICMP',
    dstPort: 0,
    packets: 412,
    bytes: 603_980,
    mlReason: reason(
      'isolation-forest',
      'mean packet size',
      1466,
      '64 to 98',
      '1,466 bytes a packet, usually 64 to 98',
      0.6,
    ),
  },
]
