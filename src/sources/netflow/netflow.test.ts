import { describe, expect, it } from 'vitest'
import { collect, ends } from '../../../test/exports/collected.ts'
import {
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
  type Value,
} from '../../../test/exports/datagrams.ts'
import { ENDS, endsOf, message, reply, request } from './messages.case.ts'

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
