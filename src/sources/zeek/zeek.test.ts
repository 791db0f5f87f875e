import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress } from '../../net/address.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { isSane, parseLines } from '../flow-log/collect.case.ts'
import { COLUMNS } from './columns.ts'
import { ZEEK } from './zeek.ts'

/** A connection as Zeek 6 logs it, in the cells of several kinds of log. */
const SEEN: Record<string, string | number> = {
  ts: 1672843056.913119,
  uid: 'CXHB1X22027MRWU6D',
  'id.orig_h': '10.136.0.18',
  'id.orig_p': 55548,
  'id.resp_h': '10.136.0.16',
  'id.resp_p': 3128,
  proto: 'tcp',
  service: 'http,ssl',
  duration: 0.08404,
  orig_bytes: 1030,
  resp_bytes: 20275,
  conn_state: 'SF',
  local_orig: 'T',
  missed_bytes: 0,
  history: 'ShADadFf',
  orig_pkts: 18,
  orig_ip_bytes: 1974,
  resp_pkts: 14,
  resp_ip_bytes: 21011,
  tunnel_parents: '-',
}

type Cells = typeof SEEN

const tsv = (cells: Cells, names = Object.keys(cells)): string[] => [
  '#separator \\x09',
  '#set_separator\t,',
  `#fields\t${names.join('\t')}`,
  names.map((name) => cells[name]).join('\t'),
]
const csv = (cells: Cells, names = Object.keys(cells)): string[] => [
  names.join(','),
  names.map((name) => (String(cells[name]).includes(',') ? `"${cells[name]}"` : cells[name])).join(','),
]
const json = (cells: Cells): string[] => [JSON.stringify(cells)]

function flowOf(lines: readonly string[]): FlowRecord {
  expect(ZEEK.recognises(lines.join('\n'), 'conn.log')).toBe(true)
  const { result, record } = parseLines(ZEEK, lines).at(-1)!
  expect(result).toBe('flow')
  return record
}

function change(cells: Partial<Cells>): Cells {
  return { ...SEEN, ...cells } as Cells
}

describe('ZEEK', () => {
  it('reads all there is of a connection', () => {
    const flow = flowOf(tsv(SEEN))
    expect(flow).toMatchObject({
      first: 1672843056.913119,
      protocol: 6,
      srcPort: 55548,
      dstPort: 3128,
      slice: 0,
      label: '',
    })
    expect(flow).toMatchObject({ service: 'https', connState: 'SF', endReason: 'end', opened: flow.first })
    expect(flow.last - flow.first).toBeCloseTo(0.08404, 6)
    expect([formatAddress(flow.address), formatAddress(flow.address, 4)]).toEqual(['10.136.0.18', '10.136.0.16'])
    expect(flow.forward).toMatchObject({
      packets: 18,
      bytes: 1974,
      payload: 1030,
      lengthMean: 1974 / 18,
      gapMean: 0,
      syn: 1,
      fin: 1,
    })
    expect(flow.reverse).toMatchObject({ packets: 14, bytes: 21011, payload: 20275, syn: 1, fin: 1, rst: 0 })
  })

  it('reads the same from any kind of log with its columns in any order', () => {
    const expected = flowOf(tsv(SEEN))
    expect(flowOf(json(SEEN))).toEqual(expected)
    const names = fc.shuffledSubarray(Object.keys(SEEN), { minLength: Object.keys(SEEN).length })
    fc.assert(
      fc.property(names, (order) => {
        expect(flowOf(tsv(SEEN, order))).toEqual(expected)
        expect(flowOf(csv(SEEN, order))).toEqual(expected)
      }),
    )
  })

  it('tells a SYN nobody answered from other segments', () => {
    const cells = change({
      conn_state: 'S0',
      history: 'S',
      orig_pkts: 3,
      orig_ip_bytes: 180,
      resp_pkts: 0,
      resp_ip_bytes: 0,
    })
    expect(flowOf(tsv(cells)).forward).toMatchObject({ syn: 3, ack: 0, rst: 0 })
    expect(flowOf(tsv({ ...cells, history: '-' })).forward).toMatchObject({ syn: 3, ack: 0 })
    expect(flowOf(tsv({ ...cells, conn_state: 'OTH', history: '-' })).forward).toMatchObject({ syn: 0, ack: 3 })
    const refused = change({
      conn_state: 'REJ',
      history: 'Sr',
      orig_pkts: 1,
      resp_pkts: 1,
      orig_bytes: 0,
      resp_bytes: 0,
    })
    expect(flowOf(tsv(refused)).reverse).toMatchObject({ rst: 1, syn: 0, ack: 1 })
  })

  it('takes what is not TCP for answered or not', () => {
    const cells = change({
      proto: 'icmp',
      'id.orig_h': 'fe80::1',
      'id.resp_h': 'ff02::2',
      'id.orig_p': 133,
      'id.resp_p': 134,
      conn_state: 'OTH',
    })
    expect(flowOf(tsv(cells))).toMatchObject({ protocol: 58, srcPort: 133, connState: 'SF', service: 'https' })
    expect(flowOf(tsv({ ...cells, resp_pkts: 0, service: '-' }))).toMatchObject({ connState: 'S0', service: '' })
  })

  it.each([
    ['malicious', 'C&C', 'C&C'],
    ['Malicious', '-', 'Malicious'],
    ['benign', '-', ''],
    ['Benign', '(empty)', ''],
  ])('takes the truth from %s, %s', (label, detail, truth) => {
    expect(flowOf(csv(change({ label, 'detailed-label': detail }))).label).toBe(truth)
    const [separator, sets, fields, line] = tsv(SEEN)
    expect(
      flowOf([separator!, sets!, `${fields}   label   detailed-label`, `${line}   ${label}   ${detail}`]).label,
    ).toBe(truth)
  })

  it('counts what cannot be used by reason, and goes on', () => {
    const broken = (cells: Partial<Cells>): string => tsv(change(cells)).at(-1)!
    const lines = [
      ...tsv(SEEN),
      broken({ ts: 'XXXXXXXXXX.XXXXXX' }),
      broken({ 'id.orig_h': '10.0.0.300' }),
      broken({ proto: 'unknown_transport' }),
      broken({ orig_pkts: -4 }),
      broken({ 'id.resp_p': 65_536 }),
      broken({ orig_pkts: 0, resp_pkts: 0 }),
      'a\tb',
      '#close 2023',
      broken({}),
    ]
    expect(
      parseLines(ZEEK, lines)
        .slice(4)
        .map(({ result }) => result),
    ).toEqual([
      'bad-time',
      'bad-address',
      'unknown-protocol',
      'bad-number',
      'bad-number',
      'no-packets',
      'wrong-columns',
      'nothing',
      'flow',
    ])
    expect(parseLines(ZEEK, ['{"ts":', ...json(SEEN), '{"ts":{}}', '[1]']).map(({ result }) => result)).toEqual([
      'not-json',
      'flow',
      'bad-time',
      'wrong-columns',
    ])
  })

  it('never throws and never hands on nonsense, whatever the cells', () => {
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.constantFrom('1e308', '0x', '-', 'tcp', '::', 'S0', '9'.repeat(400), 0, 1),
    )
    const hostile = fc.dictionary(fc.constantFrom(...COLUMNS, '__proto__'), value)
    fc.assert(
      fc.property(hostile, fc.boolean(), (cells, asJson) => {
        const all = { ...SEEN, ...cells }
        const lines = asJson ? json(all) : tsv(all).map((line) => line.replaceAll('\n', ' '))
        const { result, record } = parseLines(ZEEK, lines).at(-1)!
        expect(result !== 'flow' || isSane(record)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('says in one line what a log lacks', () => {
    const { orig_pkts: _, resp_pkts: __, ...rest } = SEEN
    expect(() => ZEEK.recognises(tsv(rest).join('\n'), 'a.log')).toThrow(
      'a.log: a log of flows needs the columns orig_pkts, resp_pkts',
    )
    expect(() => ZEEK.recognises('{"ts":1,"id.orig_h":"10.0.0.1","query":"x"}', 'dns.log')).toThrow(
      /^dns\.log: .*not conn\.log/,
    )
    expect(ZEEK.recognises('{"timestamp":"2024","event_type":"flow"}', 'eve.json')).toBe(false)
  })
})
