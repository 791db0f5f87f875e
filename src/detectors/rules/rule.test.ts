import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../net/address.ts'
import { createFlowRecord } from '../../net/flow-record.ts'
import { InputError } from '../../types/errors.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Observation } from '../../types/observation.ts'
import { createFields } from './fields.ts'
import { parseRule } from './rule.ts'

const fields = createFields([
  { name: 'packets', label: 'packets', unit: 'packets', scale: 'log', of: ({ flow }) => flow.forward.packets },
])

const FULL = `title: SSH password guessing
id: ssh-brute-force
status: test
description: One host opens many short SSH connections.
references: [https://attack.mitre.org/techniques/T1110/]
tags: [attack.credential-access, attack.t1110.001]
logsource: { category: flow }
detection:
  selection: { protocol: tcp, dst_port: 22, packets|gte: 4, packets|lt: 40 }
  condition: selection
correlation:
  type: event_count
  group-by: [src_address]
  timespan: 5m
  condition: { gte: 20 }
falsepositives: [Configuration management over SSH]
level: high
type: Brute Force
response: Block the source.
`

function parse(text: string, file = 'rules/ssh-brute-force.yaml') {
  return parseRule(text, file, fields)
}

function observed(change: (flow: FlowRecord) => void): Observation {
  const flow = createFlowRecord()
  flow.protocol = 6
  parseAddress('10.1.2.3', flow.address, 0)
  parseAddress('2001:db8::7', flow.address, 4)
  change(flow)
  return { flow, features: Float64Array.of(flow.forward.packets) } as unknown as Observation
}

/** Whether a rule with this detection matches a flow. */
function matches(detection: string, change: (flow: FlowRecord) => void): boolean {
  const text = FULL.replace(
    /detection:[\s\S]*?correlation:[\s\S]*?falsepositives/,
    `detection: ${detection}\nfalsepositives`,
  )
  return parse(text).condition.test(observed(change))
}

describe('a rule file', () => {
  it('is read whole', () => {
    const rule = parse(FULL)
    expect(rule).toMatchObject({ attack: ['T1110.001'], level: 'high', score: 0.9, by: 'source' })
    expect(rule.correlation).toMatchObject({ type: 'event_count', timespan: 300, limit: 20 })
    expect(rule.condition.reach.protocols).toEqual(new Set([6]))
  })

  it.each([
    ['a misspelt key', 'level: high', 'levl: high', '17:1: unknown key "levl"; did you mean "level"?'],
    [
      'a misspelt nested key',
      'timespan: 5m',
      'timespann: 5m',
      '14:3: unknown key "timespann"; did you mean "timespan"?',
    ],
    ['a missing key', 'title: SSH password guessing\n', '', '1:1: title: is missing'],
    ['an unknown field', 'dst_port: 22', 'dst_prot: 22', '9:31: unknown field "dst_prot"; did you mean "dst_port"?'],
    ['an unknown modifier', 'packets|gte', 'packets|get', '9:45: unknown modifier "get"; did you mean "gt"?'],
    [
      'a modifier of another kind',
      'dst_port: 22',
      'dst_port|contains: 22',
      '9:31: dst_port takes no "contains"; allowed: gt, gte',
    ],
    [
      'a number that is none',
      'dst_port: 22',
      'dst_port: ssh',
      '9:31: dst_port: "ssh" is not allowed; allowed: a number',
    ],
    [
      'a word outside its vocabulary',
      'protocol: tcp',
      'protocol: tpc',
      '9:16: protocol: "tpc" is not allowed; did you mean "tcp"?',
    ],
    ['a limit that is none', 'packets|gte: 4', 'packets|gte: many', '9:45: packets|gte must be a number'],
    [
      'an id that is not the file name',
      'id: ssh-brute-force',
      'id: ssh-brute',
      '2:1: id must equal the file name: ssh-brute-force',
    ],
    [
      'a condition that names nothing',
      'condition: selection',
      'condition: selecton',
      '10:3: condition: expected a selection (selection); did you mean "selection"?, got "selecton"',
    ],
    [
      'an unfinished condition',
      'condition: selection',
      'condition: selection and (selection',
      '10:3: condition: expected ")", got the end',
    ],
    [
      'an attack type not in the list',
      'type: Brute Force',
      'type: Brute force',
      '18:1: type: "Brute force" is not allowed; did you mean "Brute Force"?',
    ],
    [
      'a timespan without a unit',
      'timespan: 5m',
      'timespan: 300',
      '14:3: correlation.timespan: must be a number with s, m, h or d',
    ],
    ['a count that needs a field', 'type: event_count', 'type: value_count', '12:3: value_count needs field'],
    [
      'a group that is no field',
      '[src_address]',
      '[src_adress]',
      '13:14: unknown field "src_adress"; did you mean "src_address"?',
    ],
    ['the same key twice', 'level: high', 'level: high\nlevel: low', '18:1: Map keys must be unique'],
    [
      'an alias',
      'references: [https://attack.mitre.org/techniques/T1110/]',
      'references: &a [*a]',
      'anchors and aliases',
    ],
    ['what is not YAML', 'status: test', 'status: [test', 'Flow sequence'],
    [
      'a placeholder that is no field',
      'level: high',
      'level: high\nmessage: "{src_adres}"',
      '18:1: message: unknown placeholder {src_adres}; did you mean "src_address"?',
    ],
  ])('with %s is refused with file, line and what is allowed', (_, from, to, message) => {
    expect(FULL).toContain(from)
    let thrown: unknown
    try {
      parse(FULL.replace(from, to))
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(InputError)
    expect((thrown as Error).message).toContain('rules/ssh-brute-force.yaml:')
    expect((thrown as Error).message).toContain(message)
    expect((thrown as Error).message).not.toContain('\n')
  })
})

describe('a detection', () => {
  it.each<[string, (flow: FlowRecord) => void, (flow: FlowRecord) => void]>([
    [
      '{ a: { dst_port: 22 }, condition: a }',
      (f) => {
        f.dstPort = 22
      },
      (f) => {
        f.dstPort = 23
      },
    ],
    [
      '{ a: { dst_port: [22, 23] }, condition: a }',
      (f) => {
        f.dstPort = 23
      },
      (f) => {
        f.dstPort = 24
      },
    ],
    [
      '{ a: { dst_port|neq: [22, 23] }, condition: a }',
      (f) => {
        f.dstPort = 24
      },
      (f) => {
        f.dstPort = 23
      },
    ],
    [
      '{ a: [{ dst_port: 22 }, { src_port: 9 }], condition: a }',
      (f) => {
        f.srcPort = 9
      },
      () => {},
    ],
    [
      '{ a: { packets|gt: 4, packets|lte: 6 }, condition: a }',
      (f) => {
        f.forward.packets = 6
      },
      (f) => {
        f.forward.packets = 4
      },
    ],
    [
      '{ a: { dst_port: 22 }, b: { vlan: 7 }, condition: a and not b }',
      (f) => {
        f.dstPort = 22
      },
      (f) => {
        f.dstPort = 22
        f.vlan = 7
      },
    ],
    [
      '{ a: { dst_port: 22 }, b: { vlan: 7 }, condition: not (a or b) }',
      () => {},
      (f) => {
        f.vlan = 7
      },
    ],
    [
      '{ s1: { dst_port: 22 }, s2: { vlan: 7 }, x: { slice: 9 }, condition: 1 of s* }',
      (f) => {
        f.vlan = 7
      },
      (f) => {
        f.slice = 9
      },
    ],
    [
      '{ s1: { dst_port: 22 }, s2: { vlan: 7 }, condition: all of them }',
      (f) => {
        f.vlan = 7
        f.dstPort = 22
      },
      (f) => {
        f.vlan = 7
      },
    ],
    [
      '{ a: { src_address: 10.1.2.3 }, condition: a }',
      () => {},
      (f) => {
        f.address[3] = 1
      },
    ],
    [
      '{ a: { src_address|cidr: [192.168.0.0/16, 10.0.0.0/8] }, condition: a }',
      () => {},
      (f) => {
        f.address[3] = 1
      },
    ],
    [
      '{ a: { dst_address|cidr: 2001:db8::/32 }, condition: a }',
      () => {},
      (f) => {
        f.address[4] = 1
      },
    ],
    [
      '{ a: { dns.qname|endswith: [.example, .Test] }, condition: a }',
      (f) => {
        f.names = { dnsQuery: 'A.TEST' }
      },
      (f) => {
        f.names = { dnsQuery: 'test.a' }
      },
    ],
    [
      '{ a: { dns.qname|contains|all: [ab, cd] }, condition: a }',
      (f) => {
        f.names = { dnsQuery: 'cdab' }
      },
      (f) => {
        f.names = { dnsQuery: 'ab' }
      },
    ],
    [
      '{ a: { dns.qname|re: "^[a-f0-9]{8}[.]" }, condition: a }',
      (f) => {
        f.names = { dnsQuery: 'deadbeef.x' }
      },
      () => {},
    ],
    [
      '{ a: { dns.qname|exists: true }, condition: a }',
      (f) => {
        f.names = { dnsQuery: 'x' }
      },
      () => {},
    ],
    [
      '{ a: { dns.qtype: TXT }, condition: a }',
      (f) => {
        f.names = { dnsType: 16 }
      },
      () => {},
    ],
    [
      '{ a: { dst_port|exists: false }, condition: a }',
      (f) => {
        f.protocol = 1
      },
      () => {},
    ],
    [
      '{ a: { icmp_type: 8 }, condition: a }',
      (f) => {
        f.protocol = 1
        f.srcPort = 8
      },
      (f) => {
        f.srcPort = 8
      },
    ],
    [
      '{ a: { src_mac: "00:25:B3:bf:91:ee" }, condition: a }',
      (f) => {
        f.srcMac = 0x0025b3bf91ee
      },
      () => {},
    ],
    [
      '{ a: { conn_state: [S0, REJ] }, condition: a }',
      (f) => {
        f.connState = 'REJ'
      },
      (f) => {
        f.connState = 'SF'
      },
    ],
    [
      '{ a: { forward_syn|gte: 1, reverse_payload: 0 }, condition: a }',
      (f) => {
        f.forward.syn = 1
      },
      (f) => {
        f.reverse.payload = 1
      },
    ],
  ])('%s matches this and not that', (detection, match, other) => {
    expect(matches(detection, match)).toBe(true)
    expect(matches(detection, other)).toBe(false)
  })

  it('says which protocols, ports and names can match', () => {
    const protocols = (detection: string) =>
      parse(FULL.replace(/detection:[\s\S]*?correlation/, `detection: ${detection}\ncorrelation`)).condition.reach
        .protocols
    expect(protocols('{ a: { protocol: [udp, tcp] }, b: { protocol: tcp }, condition: a and b }')).toEqual(new Set([6]))
    expect(protocols('{ a: { protocol: udp }, b: { protocol: arp }, condition: a or b }')).toEqual(new Set([17, 0x806]))
    expect(protocols('{ a: { protocol: udp }, b: { vlan: 1 }, condition: a or b }')).toBeNull()
    expect(protocols('{ a: { protocol: udp }, condition: not a }')).toBeNull()
    const reach = (detection: string) =>
      parse(FULL.replace(/detection:[\s\S]*?correlation/, `detection: ${detection}\ncorrelation`)).condition.reach
    expect(reach('{ a: { dst_port: [22, 23] }, b: { dst_port: [23, 24] }, condition: a and b }').ports).toEqual(
      new Set([23]),
    )
    expect(reach('{ a: { dst_port: 22 }, b: { dst_port|gt: 99 }, condition: a or b }').ports).toBeNull()
    expect(reach('{ a: { http.host: x }, b: { tls.sni|re: x }, condition: a or b }').names).toBe(true)
    expect(reach('{ a: { http.host|exists: false }, condition: a }').names).toBe(false)
    expect(reach('{ a: { http.host|neq: x }, condition: a }').names).toBe(false)
  })

  it('takes linear time for a pattern that explodes elsewhere', () => {
    expect(
      matches('{ a: { dns.qname|re: "^(a+)+$" }, condition: a }', (f) => {
        f.names = { dnsQuery: `${'a'.repeat(1000)}!` }
      }),
    ).toBe(false)
  })
})
