import { describe, expect, it } from 'vitest'
import { collect } from '../../../test/exports/collected.ts'
import {
  commonFields,
  commonValues,
  conversations,
  dataSet,
  type Field,
  frameOf,
  ipfix,
  NOW,
  netflow5,
  netflow9,
  optionsTemplateSet,
  set,
  sflow,
  templateRecord,
  templateSet,
  VARIABLE,
} from '../../../test/exports/datagrams.ts'
import { createRandom, integer } from '../../math/random.ts'
import { isSane } from '../flow-log/collect.case.ts'
import { LIMITS } from './exporters.ts'

const flows = conversations(9, 10).flat()
const nine = commonFields(9)
const ten: Field[] = [[82, VARIABLE], ...commonFields(10), [2, 4, 29305], [1, 4, 29305]]
const SAMPLING: Field[] = [
  [48, 1],
  [50, 4],
]
const options = (version: 9 | 10): Uint8Array[] => [
  optionsTemplateSet(version, 257, [[1, 4]], SAMPLING),
  dataSet(257, [[1, 4], ...SAMPLING], [[0, 1, 100]]),
]

/** One datagram of every kind that is read; the mutations do the rest. */
const SEEDS: Readonly<Record<string, Uint8Array>> = {
  'NetFlow v5': netflow5(flows),
  'NetFlow v9': netflow9([
    ...options(9),
    templateSet(9, 256, nine),
    dataSet(
      256,
      nine,
      flows.map((flow) => commonValues(9, flow)),
    ),
  ]),
  IPFIX: ipfix([
    ...options(10),
    templateSet(10, 256, ten),
    dataSet(
      256,
      ten,
      flows.map((flow) => [[65, 66], ...commonValues(10, flow), 3, 300]),
    ),
  ]),
  sFlow: sflow(
    flows.map((flow) => frameOf(flow, 120)),
    { rate: 100, counters: 1 },
  ),
}

describe.each(Object.entries(SEEDS))('10,000 mutated datagrams of %s', (_, seed) => {
  it('throw nothing, and make only sane flows', () => {
    const random = createRandom(20_261_128)
    const collected = collect()
    const datagram = new Uint8Array(seed.length)
    for (let round = 0; round < 10_000; round++) {
      datagram.set(seed)
      for (let n = integer(random, 0, 6); n > 0; n--)
        datagram[integer(random, 2, seed.length - 1)] = integer(random, 0, 255)
      const length = random() < 0.2 ? integer(random, 0, seed.length) : seed.length
      collected.give([datagram.subarray(0, length)], `192.0.2.${round % 4}`, NOW + round / 100)
      for (const flow of collected.flows.splice(0)) if (!isSane(flow)) throw new Error(JSON.stringify(flow))
    }
    expect(collected.end().flows.every(isSane)).toBe(true)
    expect(collected.count('records') + collected.count('samples')).toBeGreaterThan(10_000)
    const { bytes, templates } = collected.collector.exporters
    expect([bytes <= LIMITS.bytes, templates <= LIMITS.templates]).toEqual([true, true])
  })
})

/** The same IPFIX message, said to be of another observation domain. */
function inDomain(message: Uint8Array, domain: number): Uint8Array {
  message[15] = domain
  return message
}

describe('memory an exporter can take', () => {
  it('is bounded, whatever the number of templates', () => {
    const collected = collect()
    const ids = Array.from({ length: 8000 }, (_, i) => 256 + 8 * i)
    const messages = [0, 1, 2, 3, 4, 5, 6, 7].map((part) =>
      ipfix([
        set(
          2,
          ids.slice(part * 1000, part * 1000 + 1000).flatMap((id) => templateRecord(id, nine)),
        ),
      ]),
    )
    for (let domain = 0; domain < 125; domain++) collected.give(messages.map((message) => inDomain(message, domain)))
    const { exporters } = collected.collector
    expect(exporters.templates).toBe(LIMITS.templatesEach)
    expect(collected.count('templates-evicted') + collected.count('templates-refused')).toBeGreaterThan(500_000)
    expect(collected.count('too-many-domains')).toBeGreaterThan(0)
  })

  it('does not cost another its templates: whoever comes first keeps them', () => {
    const collected = collect().give([netflow9([templateSet(9, 256, nine)])], '192.0.2.1')
    const body = Array.from({ length: 1000 }, (_, id) => templateRecord(300 + id, nine)).flat()
    const many = netflow9([set(0, body)])
    for (let exporter = 0; exporter < 40; exporter++) collected.give([many], `198.51.100.${exporter}`)
    expect(collected.collector.exporters.templates).toBe(LIMITS.templates)
    expect(collected.count('templates-refused')).toBeGreaterThan(0)
    collected.give([netflow9([dataSet(256, nine, [commonValues(9, flows[0]!)])])], '192.0.2.1')
    expect(collected.count('records')).toBe(1)
  })

  it('is bounded for data that waits for a template', () => {
    const collected = collect()
    const waiting = ipfix([set(999, new Uint8Array(60_000))])
    for (let i = 0; i < 1000; i++) collected.give([inDomain(waiting, i % 64)], `192.0.2.${i % 8}`)
    const { exporters } = collected.collector
    expect(exporters.bytes).toBeLessThanOrEqual(LIMITS.bytes)
    expect(Math.max(...exporters.list().map(({ bytes }) => bytes))).toBeLessThanOrEqual(LIMITS.bytesEach)
    expect(collected.count('no-template')).toBeGreaterThan(500)
    expect(collected.end().count('no-template')).toBe(1000)
    expect(exporters.bytes).toBe(0)
  })

  it('goes back when it is forgotten', () => {
    const collected = collect()
    for (let i = 0; i < 256; i++) collected.give([netflow9([templateSet(9, 256, nine)])], `192.0.2.${i}`)
    for (let i = 0; i < 256; i++) collected.give([netflow5([])], `198.51.100.${i}`, NOW + 2000)
    const { exporters } = collected.collector
    expect([exporters.size, exporters.templates, exporters.bytes]).toEqual([256, 0, 0])
  })
})

describe('lies', () => {
  const template = (fields: readonly Field[]): Uint8Array => templateSet(10, 256, fields)
  const long = (count: number, length: number): Field[] => Array.from({ length: count }, (_, i) => [900 + i, length])

  it.each([
    ['fields of no length', [template(long(20, 0)), set(256, new Uint8Array(100))], 'empty-template'],
    ['fields of 65,534 bytes', [template(long(3, 65_534)), set(256, new Uint8Array(100))], ''],
    [
      'a field that says it has 65,535 bytes',
      [template([[82, VARIABLE]]), set(256, [255, 255, 255, 1, 2, 3])],
      'bad-record',
    ],
    ['more fields than the datagram holds', [set(2, [1, 0, 255, 255, 0, 8, 0, 4])], 'bad-template'],
    ['more fields than anybody has', [template(long(2000, 1))], 'template-too-long'],
    ['a set longer than the datagram', [set(256, [1, 2, 3], 5000)], 'bad-set-length'],
    ['a set shorter than its header', [set(256, [], 2)], 'bad-set-length'],
    ['a set of no kind', [set(77, [1, 2, 3])], 'unknown-set'],
  ] as [string, Uint8Array[], string][])('%s', (_, sets, reason) => {
    const collected = collect().give([ipfix(sets)])
    expect(collected.end().flows).toEqual([])
    if (reason !== '') expect(collected.count(reason)).toBe(1)
  })

  it('counts and rates beyond reason make no nonsense of a flow', () => {
    const fields: Field[] = [...ten.slice(1, 7), [2, 8], [1, 8], [34, 4]]
    const values = commonValues(10, flows[0]!).slice(0, 6)
    const huge = 2n ** 64n - 1n
    const collected = collect().give([
      ipfix([template(fields), dataSet(256, fields, [[...values, huge, huge, 0xffffffff]])]),
    ])
    expect(collected.end().count('bad-number')).toBe(1)
  })
})

describe('what a datagram costs', () => {
  /** Steps grow with the bytes alone: the dearest datagrams of 64 KiB there are. */
  const worst: Readonly<Record<string, Uint8Array>> = {
    'records of one byte': ipfix([templateSet(10, 256, [[4, 1]]), set(256, new Uint8Array(65_000))]),
    'fields of one byte': ipfix([
      templateSet(
        10,
        256,
        Array.from({ length: 1000 }, (_, i): Field => [i % 2 === 0 ? 4 : 999, 1]),
      ),
      set(256, new Uint8Array(60_000)),
    ]),
    'fields of no length between others': ipfix([
      templateSet(
        10,
        256,
        Array.from({ length: 1000 }, (_, i): Field => [i % 2 === 0 ? 4 : 999, i === 0 ? 1 : 0]),
      ),
      set(256, new Uint8Array(60_000)),
    ]),
    'fields that tell their length': ipfix([
      templateSet(
        10,
        256,
        Array.from({ length: 1000 }, (): Field => [82, VARIABLE]),
      ),
      set(256, new Uint8Array(60_000)),
    ]),
    templates: ipfix([set(2, Array.from({ length: 5000 }, (_, id) => templateRecord(256 + id, [[4, 1]])).flat())]),
  }
  it.each(Object.entries(worst))('%s: below 50 ms', (_, datagram) => {
    const collected = collect()
    collected.give([datagram, datagram])
    const costs = [0, 1, 2, 3, 4].map(() => {
      const before = process.cpuUsage()
      collected.give([datagram])
      const { user, system } = process.cpuUsage(before)
      return user + system
    })
    expect(Math.min(...costs)).toBeLessThan(50_000)
  })
})
