import { describe, expect, it } from 'vitest'
import { collect, ends } from '../../../test/exports/collected.ts'
import {
  address,
  commonFields,
  commonValues,
  conversations,
  dataSet,
  type ExportedFlow,
  type Field,
  ipfix,
  NOW,
  netflow5,
  netflow9,
  optionsTemplateSet,
  set,
  templateRecord,
  templateSet,
  VARIABLE,
  type Value,
} from '../../../test/exports/datagrams.ts'

const [request, reply] = conversations(7, 1)[0]!
const pairs = conversations(3, 12)
const flows = pairs.flat()

/** What all flows together have to say, in any order. */
const told = (of: readonly [ExportedFlow, ExportedFlow][]) =>
  of.map(([there, back]) => [
    `${there.src}:${there.srcPort} > ${there.dst}:${there.dstPort} ${there.protocol}`,
    there.packets,
    there.bytes,
    back.packets,
    back.bytes,
    Math.round(there.first * 1000),
    Math.round(there.last * 1000),
  ])

const seen = ({ flows: found }: ReturnType<typeof collect>) =>
  found.map((flow) => [
    ends(flow),
    flow.forward.packets,
    flow.forward.bytes,
    flow.reverse.packets,
    flow.reverse.bytes,
    Math.round(flow.first * 1000),
    Math.round(flow.last * 1000),
  ])

function datagramsOf(version: 5 | 9 | 10): Uint8Array[] {
  if (version === 5) return [netflow5(flows)]
  const fields = commonFields(version)
  const sets = [
    templateSet(version, 300, fields),
    dataSet(
      300,
      fields,
      flows.map((flow) => commonValues(version, flow)),
    ),
  ]
  return [version === 9 ? netflow9(sets) : ipfix(sets)]
}

/** A message of one template and records of it. */
function message(fields: readonly Field[], records: readonly (readonly Value[])[], header = {}): Uint8Array {
  return ipfix([templateSet(10, 256, fields), dataSet(256, fields, records)], header)
}

const ENDS: readonly Field[] = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
]
const endsOf = (flow: ExportedFlow): Value[] => [
  address(flow.src),
  address(flow.dst),
  flow.srcPort,
  flow.dstPort,
  flow.protocol,
]

describe.each([5, 9, 10] as const)('version %i', (version) => {
  it('tells both directions of a connection as one flow', () => {
    const collected = collect().give(datagramsOf(version)).end()
    expect(seen(collected)).toEqual(told(pairs))
    expect(collected.flows.every(({ forward, reverse }) => forward.packets > 0 && reverse.packets > 0)).toBe(true)
    expect(collected.count('records')).toBe(flows.length)
  })

  it('is cut anywhere: no throw, and no record that was not there whole', () => {
    for (const datagram of datagramsOf(version)) {
      for (let length = 0; length < datagram.length; length++) {
        const cut = collect()
          .give([datagram.subarray(0, length)])
          .end()
        const whole = told(pairs).map(String)
        expect(cut.count('records')).toBeLessThan(flows.length)
        for (const flow of seen(cut))
          expect(whole.some((line) => line.startsWith(String(flow[0]))) || flow[3] === 0).toBe(true)
      }
    }
  })

  it('shifts the times of an exporter whose clock is far off', () => {
    const late = collect()
      .give(datagramsOf(version), '192.0.2.1', NOW + 7200)
      .end()
    expect(late.flows[0]!.first).toBeCloseTo(pairs[0]![0].first + 7200, 2)
    const near = collect()
      .give(datagramsOf(version), '192.0.2.1', NOW + 60)
      .end()
    expect(near.flows[0]!.first).toBeCloseTo(pairs[0]![0].first, 2)
  })
})

describe('sequence numbers', () => {
  const fields = commonFields(9)
  const values = [commonValues(9, request)]

  it('tell how many records or datagrams were lost, and forgive those overtaken', () => {
    const five = collect().give([netflow5(flows, { sequence: 100 }), netflow5(flows, { sequence: 100 + 24 + 30 })])
    expect(five.count('lost-records')).toBe(30)
    five.give([netflow5([...flows, ...flows.slice(0, 6)], { sequence: 124 })])
    expect(five.count('lost-records')).toBe(0)
    const nine = [7, 8, 11].map((sequence) =>
      netflow9([templateSet(9, 256, fields), dataSet(256, fields, values)], { sequence }),
    )
    expect(collect().give(nine).count('lost-datagrams')).toBe(2)
    const ten = [0, 2, 9].map((sequence) =>
      message(commonFields(10), [commonValues(10, request), commonValues(10, reply)], { sequence }),
    )
    expect(collect().give(ten).count('lost-records')).toBe(5)
  })

  it('wrap, and are kept apart by exporter and domain', () => {
    const collected = collect()
    collected.give([netflow9([], { sequence: 2 ** 32 - 1 }), netflow9([], { sequence: 0 })])
    collected.give([netflow9([], { sequence: 70, domain: 1 })])
    collected.give([netflow9([], { sequence: 90 })], '192.0.2.2')
    expect(collected.count('lost-datagrams')).toBe(0)
    expect(collected.collector.exporters.list().map(({ name, protocol }) => [name, protocol])).toEqual([
      ['192.0.2.1', 'NetFlow v9'],
      ['192.0.2.2', 'NetFlow v9'],
    ])
  })

  it('begin anew with the exporter', () => {
    const collected = collect()
    collected.give([netflow9([], { sequence: 50_000, uptime: 900_000 }), netflow9([], { sequence: 3, uptime: 1000 })])
    collected.give([netflow9([], { sequence: 4, uptime: 2000 })])
    expect(collected.count('lost-datagrams')).toBe(0)
  })
})

describe('templates', () => {
  const fields = commonFields(10)
  const data = dataSet(256, fields, [commonValues(10, request)])

  it('are waited for by data that came before them, for a minute', () => {
    const collected = collect().give([ipfix([data])])
    expect(collected.count('records')).toBe(0)
    collected.give([ipfix([templateSet(10, 256, fields)])], '192.0.2.1', NOW + 30)
    expect(collected.count('records')).toBe(1)
    expect(collected.collector.exporters.list()[0]!.bytes).toBeLessThan(1000)
    const late = collect().give([ipfix([data])])
    late.collector.advance(NOW + 61)
    late.give([ipfix([templateSet(10, 256, fields)])], '192.0.2.1', NOW + 62)
    expect([late.count('records'), late.count('no-template')]).toEqual([0, 1])
  })

  it('are of one exporter and one domain', () => {
    const collected = collect().give([ipfix([templateSet(10, 256, fields)])])
    collected.give([ipfix([data], { domain: 1 })])
    collected.give([ipfix([data])], '192.0.2.2')
    expect(collected.count('records')).toBe(0)
    expect(collected.give([ipfix([data])]).count('records')).toBe(1)
  })

  it.each([
    ['one', templateRecord(256, [])],
    ['all', templateRecord(2, [])],
  ])('can be withdrawn, %s', (_, withdrawal) => {
    const collected = collect().give([
      ipfix([templateSet(10, 256, fields)]),
      ipfix([set(2, withdrawal)]),
      ipfix([data]),
    ])
    expect([collected.count('records'), collected.count('templates')]).toEqual([0, 0])
  })

  it('can be redefined', () => {
    const other: Field[] = [...ENDS, [86, 8], [85, 8], [150, 4], [151, 4]]
    const collected = collect().give([
      ipfix([templateSet(10, 256, fields), data]),
      message(other, [[...endsOf(reply), 9, 900, NOW, NOW]]),
    ])
    expect(collected.end().count('records')).toBe(2)
    expect(collected.flows[0]!.reverse).toMatchObject({ packets: 9, bytes: 900 })
  })

  it('may be several in one set, with padding behind', () => {
    const body = [...templateRecord(300, ENDS), ...templateRecord(256, fields), 0, 0]
    expect(
      collect()
        .give([ipfix([set(2, body), data])])
        .count('records'),
    ).toBe(1)
  })
})

describe('options', () => {
  const fields: Field[] = [...ENDS, [2, 4], [1, 4], [48, 1]]
  const record = (sampler: number): Value[] => [...endsOf(request), 5, 500, sampler]

  it('tell the rates of samplers, by which counts are multiplied', () => {
    const options = optionsTemplateSet(
      9,
      257,
      [[1, 4]],
      [
        [48, 1],
        [49, 1],
        [50, 4],
      ],
    )
    const rates = dataSet(
      257,
      [
        [1, 4],
        [48, 1],
        [49, 1],
        [50, 4],
      ],
      [
        [0, 1, 2, 100],
        [0, 2, 2, 500],
      ],
    )
    const sets = [options, rates, templateSet(9, 256, fields), dataSet(256, fields, [record(1)])]
    const collected = collect()
      .give([netflow9(sets)])
      .end()
    expect(collected.flows[0]!.forward).toMatchObject({ packets: 500, bytes: 50_000 })
    expect(collected.count('sampled-records')).toBe(1)
    expect(collected.collector.exporters.list()[0]!.rate).toBe(100)
  })

  it.each([
    [
      'a selector that takes one and leaves 99',
      [[302, 8]],
      [
        [305, 4],
        [306, 4],
      ],
      [7, 1, 99],
      100,
    ],
    [
      'so many of a population',
      [[302, 8]],
      [
        [309, 4],
        [310, 4],
      ],
      [7, 2, 128],
      64,
    ],
    ['an interval of the whole exporter', [[144, 4]], [[34, 4]], [0, 32], 32],
  ] as [string, Field[], Field[], Value[], number][])('understand %s', (_, scopes, options, values, rate) => {
    const plain = fields.slice(0, -1)
    const sets = [
      optionsTemplateSet(10, 257, scopes, options),
      dataSet(257, [...scopes, ...options], [values]),
      ...[templateSet(10, 256, plain), dataSet(256, plain, [record(0).slice(0, -1)])],
    ]
    expect(
      collect()
        .give([ipfix(sets)])
        .end().flows[0]!.forward.packets,
    ).toBe(5 * rate)
  })

  it('leave NetFlow v5 its own interval', () => {
    const collected = collect()
      .give([netflow5([request], { interval: 0x4000 | 250 })])
      .end()
    expect(collected.flows[0]!.forward).toMatchObject({ packets: request.packets * 250, bytes: request.bytes * 250 })
  })
})

describe('information elements', () => {
  it('of either direction make a biflow (RFC 5103), the source being who began', () => {
    const fields: Field[] = [...ENDS, [2, 4], [1, 4], [6, 1], [2, 4, 29305], [1, 4, 29305], [6, 1, 29305], [136, 1]]
    const turned: Field[] = [...fields, [239, 1]]
    const values = [...endsOf(reply), 6, 600, 0x12, 4, 400, 0x02, 3]
    const collected = collect()
      .give([message(fields, [values])])
      .end()
    expect(ends(collected.flows[0]!)).toBe(
      `${reply.src}:${reply.srcPort} > ${reply.dst}:${reply.dstPort} ${reply.protocol}`,
    )
    expect(collected.flows[0]).toMatchObject({ endReason: 'end', forward: { packets: 6 }, reverse: { packets: 4 } })
    const other = collect()
      .give([message(turned, [[...values, 2]])])
      .end()
    expect(ends(other.flows[0]!)).toBe(
      `${request.src}:${request.srcPort} > ${request.dst}:${request.dstPort} ${request.protocol}`,
    )
    expect(other.flows[0]).toMatchObject({ forward: { packets: 4, bytes: 400 }, reverse: { packets: 6, bytes: 600 } })
  })

  it.each([
    [
      'seconds',
      [
        [150, 4],
        [151, 4],
      ],
      [NOW - 9, NOW - 2],
      -9,
      -2,
    ],
    [
      'milliseconds',
      [
        [152, 8],
        [153, 8],
      ],
      [(NOW - 9) * 1000 + 250, (NOW - 2) * 1000],
      -8.75,
      -2,
    ],
    [
      'microseconds as NTP',
      [
        [154, 8],
        [155, 8],
      ],
      [ntp(NOW - 9.5), ntp(NOW - 2)],
      -9.5,
      -2,
    ],
    [
      'nanoseconds as NTP',
      [
        [156, 8],
        [157, 8],
      ],
      [ntp(NOW - 9.5), ntp(NOW - 2)],
      -9.5,
      -2,
    ],
    [
      'microseconds before the export',
      [
        [158, 4],
        [159, 4],
      ],
      [9_500_000, 2_000_000],
      -9.5,
      -2,
    ],
    [
      'a start and a duration',
      [
        [152, 8],
        [161, 4],
      ],
      [(NOW - 9) * 1000, 7000],
      -9,
      -2,
    ],
    [
      'uptimes and the start of the exporter',
      [
        [22, 4],
        [21, 4],
        [160, 8],
      ],
      [1000, 8000, (NOW - 10) * 1000],
      -9,
      -2,
    ],
    ['a moment', [[323, 8]], [(NOW - 2) * 1000], -2, -2],
    ['nothing', [], [], 0, 0],
    [
      'an end before the start',
      [
        [152, 8],
        [153, 8],
      ],
      [(NOW + 5) * 1000, (NOW - 2) * 1000],
      -2,
      -2,
    ],
    [
      'another century',
      [
        [152, 8],
        [153, 8],
      ],
      [1, 2],
      0,
      0,
    ],
  ] as [string, Field[], Value[], number, number][])('tell times in %s', (_, times, values, first, last) => {
    const collected = collect().give([
      message([...ENDS, [2, 4], [1, 4], ...times], [[...endsOf(request), 1, 60, ...values]]),
    ])
    const [flow] = collected.end().flows
    expect(flow!.first - NOW).toBeCloseTo(first, 3)
    expect(flow!.last - NOW).toBeCloseTo(last, 3)
  })

  it('tell ICMP as type and code, in three ways', () => {
    const icmp = (fields: Field[], values: Value[]) => {
      const ports: Value[] = [address('10.0.0.1'), address('10.0.0.2'), 0, values.length === 0 ? 0x0301 : 0, 1, 1, 60]
      return collect()
        .give([message([...ENDS, [2, 4], [1, 4], ...fields], [[...ports, ...values]])])
        .end().flows[0]!
    }
    expect(icmp([], [])).toMatchObject({ srcPort: 3, dstPort: 1 })
    expect(icmp([[32, 2]], [0x0b00])).toMatchObject({ srcPort: 11, dstPort: 0 })
    expect(
      icmp(
        [
          [176, 1],
          [177, 1],
        ],
        [8, 0],
      ),
    ).toMatchObject({ srcPort: 8, dstPort: 0 })
  })

  it('of any length and enterprise are passed over', () => {
    const odd: Field[] = [
      [82, VARIABLE],
      [999, 3, 4711],
      [1, 0],
      [96, VARIABLE],
      [315, 0, 9],
    ]
    const fields = [...odd, ...ENDS, [2, 8], [1, 3]] as Field[]
    const before: Value[] = [new Uint8Array(300), [1, 2, 3], 0, [65, 66], []]
    const records = [request, reply].map((flow) => [...before, ...endsOf(flow), 3, 900])
    const collected = collect()
      .give([message(fields, records)])
      .end()
    expect(collected.flows[0]).toMatchObject({ forward: { packets: 3, bytes: 900 }, reverse: { packets: 3 } })
  })

  it('tell MAC, VLAN, TTL and lengths', () => {
    const fields: Field[] = [...ENDS, [2, 4], [1, 4], [56, 6], [80, 6], [58, 2], [192, 1], [25, 2], [26, 2]]
    const values = [...endsOf(request), 4, 400, 0x0200_0000_0001, 0x0200_0000_0002, 42, 63, 40, 250]
    expect(
      collect()
        .give([message(fields, [values])])
        .end().flows[0],
    ).toMatchObject({
      ...{ srcMac: 0x0200_0000_0001, dstMac: 0x0200_0000_0002, vlan: 42, ttl: 63 },
      forward: { lengthMin: 40, lengthMax: 250, lengthMean: 100 },
    })
  })

  it('of a flow that has neither packets nor addresses make none', () => {
    const none = collect().give([
      message([...ENDS, [2, 4]], [[...endsOf(request), 0]]),
      message(
        [
          [8, 4],
          [2, 4],
        ],
        [[1, 1]],
      ),
    ])
    expect([none.end().flows.length, none.count('no-packets'), none.count('no-addresses')]).toEqual([0, 1, 1])
  })
})

/** A time as NTP has it. */
function ntp(time: number): bigint {
  return (BigInt(Math.floor(time) + 2_208_988_800) << 32n) | BigInt(Math.round((time % 1) * 2 ** 32))
}
