import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFlowRecord, PROTOCOL } from '../../net/flow-record.ts'
import type { Observation } from '../../types/observation.ts'
import type { Condition } from './condition.ts'
import { compileDetection } from './detection.ts'
import { createFields } from './fields.ts'
import { Gate } from './gate.ts'
import { RuleIndex } from './rule-index.ts'

const fields = createFields([])

const map = fc.record(
  {
    protocol: fc.subarray(['tcp', 'udp', 'icmp', 'arp'], { minLength: 1 }),
    dst_port: fc.subarray([0, 3, 22, 53, 65_535], { minLength: 1 }),
    'dst_port|neq': fc.constantFrom(22, 53),
    'dns.qname': fc.constantFrom('a', 'b'),
    'dns.qname|neq': fc.constant('a'),
    vlan: fc.nat(1),
  },
  { requiredKeys: [] },
)
const selection = fc.oneof(map, fc.array(map, { minLength: 1, maxLength: 3 }))
const condition = fc.constantFrom(
  'a',
  'a and b',
  'a or b',
  'not a',
  'a and not b',
  'not (a or b)',
  '1 of them',
  'not a and b',
)

function compile(detection: Record<string, unknown>): Condition | null {
  try {
    return compileDetection(detection, fields, (_, message) => new Error(message)).condition
  } catch {
    return null
  }
}

function observed(protocol: number, dstPort: number, vlan: number, name: string | null): Observation {
  const flow = Object.assign(createFlowRecord(), {
    protocol,
    dstPort,
    vlan,
    names: name === null ? null : { dnsQuery: name },
  })
  return { flow } as unknown as Observation
}

describe('the index of rules', () => {
  it('finds, with the gate behind it, every rule that matches, and what it leaves to test decides as the whole does', () => {
    const protocols = fc.constantFrom(
      PROTOCOL.tcp,
      PROTOCOL.udp,
      PROTOCOL.icmp,
      PROTOCOL.arp,
      PROTOCOL.sctp,
      99,
      65_535,
    )
    const flows = fc.tuple(
      protocols,
      fc.constantFrom(0, 3, 22, 53, 80, 65_535),
      fc.nat(1),
      fc.constantFrom(null, 'a', 'c'),
    )
    const detections = fc.array(fc.record({ a: selection, b: selection, condition }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(detections, fc.array(flows, { minLength: 1, maxLength: 20 }), (written, seen) => {
        const conditions = written.map(compile).filter((one) => one !== null)
        const index = new RuleIndex(conditions, (one) => one.reach)
        for (const [protocol, port, vlan, name] of seen) {
          const observation = observed(protocol, port, vlan, name)
          const reached = index.select(observation.flow)
          const left = new Gate(reached, (one) => one.needs).narrow(observation)
          const found = left.filter((one) => one.within?.(observation) ?? true)
          expect(found).toEqual(conditions.filter((one) => one.test(observation)))
        }
      }),
      { numRuns: 500 },
    )
  })
})
