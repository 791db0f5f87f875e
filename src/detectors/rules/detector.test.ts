import { describe, expect, it } from 'vitest'
import { createFlowRecord } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Observation } from '../../types/observation.ts'
import { createRuleDetector } from './detector.ts'
import { createFields } from './fields.ts'
import { parseRule, type Rule } from './rule.ts'

const fields = createFields([
  { name: 'packets', label: 'packets', unit: 'packets', scale: 'log', of: () => 0 },
  { name: 'bytes', label: 'bytes', unit: 'B', scale: 'log', of: () => 0 },
])

function rule(id: string, detection: string, rest: string): Rule {
  const text = `title: ${id}
id: ${id}
status: test
description: A rule.
logsource: { category: flow }
detection: ${detection}
response: Look.
${rest}
`
  return parseRule(text, `${id}.yaml`, fields)
}

function seen(change: Partial<FlowRecord> & { packets?: number; bytes?: number }): Observation {
  const { packets = 0, bytes = 0, ...record } = change
  const flow = Object.assign(createFlowRecord(), { protocol: 6, last: 1_700_000_000 }, record)
  flow.forward.packets = packets
  flow.address[3] = 0x0a000003
  flow.address[2] = 0xffff
  flow.address[7] = 0x0a000007
  flow.address[6] = 0xffff
  return { flow, features: Float64Array.of(packets, bytes) } as unknown as Observation
}

const ADDS = [
  rule('adds-packets', '{ a: { packets|gt: 800 }, condition: a }', 'level: medium\ntype: DDoS\nscore: 0.35'),
  rule('adds-bytes', '{ a: { bytes|gt: 40000 }, condition: a }', 'level: medium\ntype: Data Exfiltration\nscore: 0.35'),
  rule('adds-icmp', '{ a: { protocol: icmp, packets|gt: 300 }, condition: a }', 'level: low\ntype: DDoS\nscore: 0.3'),
]
const SCAN = rule(
  'scan',
  '{ a: { protocol: tcp, forward_payload: 0 }, condition: a }',
  `level: high
type: Port Scan
correlation: { type: value_count, field: dst_port, group-by: [src_address, dst_address], timespan: 1m, condition: { gte: 20 } }
message: "{count} different ports tried on {dst_address} by {src_address} in {timespan}, limit {limit}"`,
)
const LOW = rule('low', '{ a: { protocol: tcp }, condition: a }', 'level: low\ntype: New Device')
const LOWER = rule('lower', '{ a: { protocol: tcp }, condition: a }', 'level: low\ntype: DGA')

describe('the rules as a detector', () => {
  it('stated scores add up, to 0.95 at most', () => {
    const detector = createRuleDetector({ rules: ADDS, seed: 1 })
    expect(detector.score(seen({ packets: 900 }))).toBe(0.35)
    expect(detector.score(seen({ packets: 900, bytes: 50_000 }))).toBe(0.7)
    expect(detector.score(seen({ protocol: 1, packets: 900, bytes: 50_000 }))).toBe(0.95)
    expect(detector.score(seen({ packets: 800 }))).toBe(0)
  })

  it('scores by level add up as well: two weak signs on one flow are an anomaly', () => {
    const detector = createRuleDetector({ rules: [LOW, LOWER, ...ADDS], seed: 1 })
    expect(detector.score(seen({}))).toBe(0.8)
    expect(detector.score(seen({ protocol: 17 }))).toBe(0)
  })

  it('says in words what was over which limit, each with its share', () => {
    const detector = createRuleDetector({ rules: ADDS, seed: 1 })
    const observation = seen({ packets: 1204, bytes: 52_113 })
    detector.score(observation)
    const reasons = detector.explain(observation)
    expect(reasons.map(({ text }) => text)).toEqual(['1,204 packets, limit 800', '52,113 bytes, limit 40,000'])
    expect(reasons[0]).toMatchObject({
      rule: 'adds-packets',
      feature: 'packets',
      observed: 1204,
      expected: '<= 800',
      share: 0.5,
    })
  })

  it('names the attack most of the score speaks for first', () => {
    const detector = createRuleDetector({ rules: [ADDS[1]!, ADDS[0]!, ADDS[2]!], seed: 1 })
    const observation = seen({ protocol: 1, packets: 900, bytes: 50_000 })
    detector.score(observation)
    expect(detector.findings(observation).map(({ rule }) => rule)).toEqual(['adds-packets', 'adds-icmp', 'adds-bytes'])
  })

  it('a correlation matches from its limit on, for its group only, and lets go when the window has passed', () => {
    const detector = createRuleDetector({ rules: [SCAN], seed: 1 })
    const scores = Array.from({ length: 52 }, (_, i) =>
      detector.score(seen({ dstPort: i + 1, last: 1_700_000_000 + i })),
    )
    expect(scores.findIndex((score) => score > 0)).toBe(19)
    expect(scores.slice(19).every((score) => score === 0.9)).toBe(true)
    const last = seen({ dstPort: 53, last: 1_700_000_052 })
    detector.score(last)
    expect(detector.explain(last)).toEqual([
      {
        detector: 'rules',
        rule: 'scan',
        text: '53 different ports tried on 10.0.0.7 by 10.0.0.3 in 60 s, limit 20',
        feature: 'distinct dst_port',
        label: 'different destination ports within 60 s',
        unit: '',
        observed: 53,
        expected: '< 20',
        limit: 20,
        share: 1,
      },
    ])
    expect(detector.findings(last)).toMatchObject([
      { type: 'Port Scan', rule: 'scan', by: 'source', response: 'Look.' },
    ])
    expect(detector.score(seen({ dstPort: 1, last: 1_700_000_200 }))).toBe(0)
  })

  it('says where the evidence began, anew after a silence', () => {
    const detector = createRuleDetector({ rules: [SCAN], seed: 1 })
    const scan = (start: number, from: number): number | undefined => {
      for (let i = 0; i < 30; i++) {
        const observation = seen({ dstPort: from + i, first: start + i - 0.5, last: start + i })
        if (detector.score(observation) > 0) return detector.findings(observation)[0]?.since?.time
      }
      return undefined
    }
    expect(scan(1_700_000_000, 1)).toBe(1_699_999_999.5)
    expect(scan(1_700_001_000, 1)).toBe(1_700_000_999.5)
  })

  it('tells a flood as the target’s incident', () => {
    const flood = rule(
      'flood',
      '{ a: { protocol: tcp }, condition: a }',
      'level: high\ntype: DDoS\ncorrelation: { type: event_count, group-by: [dst_address], timespan: 1m, condition: { gte: 2 } }',
    )
    const detector = createRuleDetector({ rules: [flood], seed: 1 })
    detector.score(seen({}))
    const observation = seen({})
    expect(detector.score(observation)).toBe(0.9)
    expect(detector.findings(observation)[0]?.by).toBe('target')
    expect(detector.explain(observation)[0]?.text).toBe('2 flows to 10.0.0.7 in 60 s, limit 2')
  })

  it('a temporal rule fires on the last of its selections once the others were seen in the group', () => {
    const steps = rule(
      'steps',
      '{ bus: { dst_port: 502 }, shell: { dst_port: 4444 }, condition: 1 of them }',
      `level: high
type: ICS Intrusion
message: a shell on {dst_address}, which speaks Modbus
correlation: { type: temporal, selections: [bus, shell], group-by: [dst_address], timespan: 1h }`,
    )
    const detector = createRuleDetector({ rules: [steps], seed: 1 })
    const scores = [4444, 502, 502, 4444, 502].map((dstPort) => detector.score(seen({ dstPort })))
    expect(scores).toEqual([0, 0, 0, 0.9, 0])
    expect(detector.score(seen({ dstPort: 4444, last: 1_700_010_000 }))).toBe(0)
  })

  it('a temporal rule can know its group by another field in each selection', () => {
    const between = rule(
      'between',
      `
  claim: { protocol: arp }
  ask: { protocol: arp }
  own: { src_address|fieldref: dst_address }
  condition: (claim or ask) and not own`,
      `level: high
type: ARP Spoofing
message: "{src_mac} asks for {dst_address}, which it has claimed to be"
correlation:
  type: temporal
  selections: [claim, ask]
  aliases: { address: { claim: src_address, ask: dst_address } }
  group-by: [src_mac, address]
  timespan: 10m`,
    )
    const detector = createRuleDetector({ rules: [between], seed: 1 })
    const arp = (from: number, to: number, srcMac: number): number => {
      const observation = seen({ protocol: 0x806, srcMac })
      observation.flow.address[3] = from
      observation.flow.address[7] = to
      return detector.score(observation)
    }
    expect([arp(1, 107, 7), arp(107, 107, 7), arp(105, 1, 8), arp(105, 1, 7), arp(1, 2, 7)]).toEqual([0, 0, 0, 0.9, 0])
  })

  it('reloads without a restart and keeps counting hits by rule', () => {
    const detector = createRuleDetector({ rules: ADDS, seed: 1 })
    detector.score(seen({ packets: 900 }))
    detector.reload([LOW, ADDS[0]!])
    detector.score(seen({ packets: 900 }))
    expect(detector.counters()).toMatchObject({ 'hits.adds-packets': 2, 'hits.low': 1 })
    expect(detector.rules.map(({ id }) => id)).toEqual(['low', 'adds-packets'])
  })

  it('keeps what an unchanged rule has counted, and begins anew with a changed one', () => {
    const [same, other] = [SCAN, { ...SCAN, text: `${SCAN.text}# changed` }]
    const firstAlarm = (next: typeof SCAN): number => {
      const detector = createRuleDetector({ rules: [LOW, SCAN], seed: 1 })
      const step = (i: number): number => detector.score(seen({ protocol: 6, dstPort: i + 1, last: 1_700_000_000 + i }))
      for (let i = 0; i < 15; i++) step(i)
      detector.reload([next])
      return Array.from({ length: 30 }, (_, i) => step(15 + i)).findIndex((score) => score >= 0.9)
    }
    expect([firstAlarm(same), firstAlarm(other)]).toEqual([4, 19])
  })

  it('text from the wire enters a sentence quoted and cut', () => {
    const named = rule(
      'named',
      '{ a: { dns.qname|exists: true }, condition: a }',
      'level: low\ntype: DGA\nmessage: "asked for {dns.qname}"',
    )
    const detector = createRuleDetector({ rules: [named], seed: 1 })
    const observation = seen({ names: { dnsQuery: `{count} ${'x'.repeat(500)}` } })
    detector.score(observation)
    const [reason] = detector.explain(observation)
    expect(reason?.text).toMatch(/^asked for "\{count\} x+\.\.\."$/)
    expect(reason?.text.length).toBeLessThan(140)
  })
})
