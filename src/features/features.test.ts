import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHostContext } from '../hosts/context.ts'
import { formatAddress, parseAddress } from '../net/address.ts'
import { createFlowRecord, PROTOCOL } from '../net/flow-record.ts'
import type { ConnState, Direction, FlowRecord } from '../types/flow.ts'
import type { Observation } from '../types/observation.ts'
import { addressEntropy } from './address-entropy.ts'
import { describeFeatures } from './document.ts'
import { createExtractor, createFeatureVector, FEATURE_LIMIT } from './extract.ts'
import { FEATURES } from './index.ts'

const extract = createExtractor()

function featuresOf(flow: FlowRecord): Record<string, number> {
  const features = createFeatureVector()
  extract(observe(flow, features), features)
  return Object.fromEntries(FEATURES.map(({ name }, i) => [name, features[i]!]))
}

function observe(flow: FlowRecord, features: Float64Array): Observation {
  return { flow, context: createHostContext(), features }
}

function record(
  change: Partial<FlowRecord>,
  forward: Partial<Direction> = {},
  reverse: Partial<Direction> = {},
): FlowRecord {
  const flow = Object.assign(createFlowRecord(), change)
  Object.assign(flow.forward, forward)
  Object.assign(flow.reverse, reverse)
  return flow
}

describe('the list', () => {
  it('begins with the classic seven, in their order', () => {
    expect(FEATURES.slice(0, 7).map(({ name }) => name)).toEqual([
      'packet_rate',
      'byte_rate',
      'protocol_code',
      'time_of_day',
      'src_entropy',
      'dst_entropy',
      'mean_packet_size',
    ])
  })

  it('has names that are rule fields, each once', () => {
    const names = FEATURES.map(({ name }) => name)
    expect(names.filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))).toEqual([])
    expect(new Set(names).size).toBe(names.length)
  })

  it('is what docs/features.md says; npx tsx scripts/features-doc.ts writes it', () => {
    expect(readFileSync(new URL('../../docs/features.md', import.meta.url), 'utf8')).toBe(describeFeatures())
  })
})

describe('features of a flow', () => {
  it('of an HTTP exchange', () => {
    const flow = record(
      {
        first: 1_700_000_000,
        last: 1_700_000_002,
        protocol: PROTOCOL.tcp,
        service: 'http',
        srcPort: 50_000,
        dstPort: 80,
        connState: 'SF',
      },
      { packets: 6, bytes: 600, payload: 300, syn: 1, fin: 1, ack: 5, psh: 1, lengthMax: 340 },
      { packets: 4, bytes: 3400, payload: 3200, syn: 1, fin: 1, ack: 4, psh: 3, lengthMax: 1500 },
    )
    expect(featuresOf(flow)).toMatchObject({
      packet_rate: 5,
      byte_rate: 2000,
      protocol_code: 3,
      // 1,700,000,000 s is 22:13:20 UTC.
      time_of_day: 22 + 13 / 60 + 20 / 3600,
      mean_packet_size: 400,
      packets: 10,
      bytes: 4000,
      duration: 2,
      forward_share: 0.15,
      payload_share: 0.875,
      syn_packets: 2,
      syn_share: 0.2,
      ack_share: 0.9,
      reverse_length_max: 1500,
      src_port_class: 3,
      dst_port_class: 1,
      known_service: 1,
      failed: 0,
      one_way: 0,
    })
  })

  it('of a lone SYN: one second long, unanswered, failed', () => {
    const flow = record({ protocol: PROTOCOL.tcp, dstPort: 4444, connState: 'S0' }, { packets: 1, bytes: 40, syn: 1 })
    expect(featuresOf(flow)).toMatchObject({
      packet_rate: 1,
      byte_rate: 40,
      syn_share: 1,
      one_way: 1,
      failed: 1,
      known_service: 0,
    })
  })

  it.each([
    [PROTOCOL.tcp, '', 0],
    [PROTOCOL.udp, 'dns', 1],
    [PROTOCOL.icmp, '', 2],
    [PROTOCOL.icmp6, '', 2],
    [PROTOCOL.tcp, 'http', 3],
    [PROTOCOL.udp, 'https', 4],
    [PROTOCOL.arp, '', 5],
  ])('protocol %i with service "%s" has code %i', (protocol, service, code) => {
    expect(featuresOf(record({ protocol, service })).protocol_code).toBe(code)
  })
})

describe('address entropy', () => {
  it('is that of the digits of the text', () => {
    const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
    const sparse = fc.oneof(fc.constant(0), fc.constant(0xffff), fc.integer({ min: 0, max: 255 }), word)
    fc.assert(
      fc.property(fc.tuple(sparse, sparse, sparse, word), (words) => {
        const address = Int32Array.from(words)
        expect(addressEntropy(address, 0)).toBeCloseTo(entropyOfText(formatAddress(address)), 10)
      }),
      { numRuns: 1000 },
    )
  })

  it('of 192.168.1.1: 1 four times among eight digits', () => {
    const words = new Int32Array(8)
    parseAddress('192.168.1.1', words, 4)
    expect(addressEntropy(words, 4)).toBeCloseTo(4 / 8 + 4 * (3 / 8), 12)
  })
})

describe('hostile records', () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(0, -0, -1, 1e308, -1e308, Number.MAX_VALUE, Number.MIN_VALUE))
  const direction = fc.record(Object.fromEntries(Object.keys(createFlowRecord().forward).map((key) => [key, number])))
  const flow = fc.record({
    first: number,
    last: number,
    protocol: fc.oneof(number, fc.constantFrom(...Object.values(PROTOCOL))),
    service: fc.constantFrom('', 'http', 'https', 'dns'),
    srcPort: number,
    dstPort: number,
    connState: fc.constantFrom<ConnState>('S0', 'SF', 'REJ', 'OTH'),
  })

  it('give finite values within the limit, never negative on a log scale', () => {
    fc.assert(
      fc.property(flow, direction, direction, (change, forward, reverse) => {
        const values = Object.values(featuresOf(record(change, forward, reverse)))
        values.forEach((value, i) => {
          expect(Math.abs(value)).toBeLessThanOrEqual(FEATURE_LIMIT)
          if (FEATURES[i]!.scale === 'log') expect(value).toBeGreaterThanOrEqual(0)
        })
      }),
      { numRuns: 2000 },
    )
  })
})

function entropyOfText(text: string): number {
  const digits = [...text].filter((character) => /[0-9a-f]/.test(character))
  const counts = new Map<string, number>()
  for (const digit of digits) counts.set(digit, (counts.get(digit) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / digits.length) * Math.log2(count / digits.length)
  return bits
}
