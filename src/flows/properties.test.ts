import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Direction, FlowRecord } from '../types/flow.ts'
import { batchOf, endsOf, flowsOf, type Row, tableOf } from './rows.case.ts'

const host = fc.integer({ min: 1, max: 4 }).map((n) => `10.0.0.${n}`)
const address = fc.oneof(
  { weight: 4, arbitrary: host },
  { weight: 1, arbitrary: host.map((text) => `2001:db8::${text}`) },
)

const anyRow: fc.Arbitrary<Row> = fc.record({
  src: address,
  dst: address,
  protocol: fc.constantFrom('tcp', 'udp', 'icmp', 'icmp6', 'gre', 'arp'),
  srcPort: fc.constantFrom(0, 3, 8, 53, 80, 128, 129),
  dstPort: fc.constantFrom(0, 53, 80),
  identifier: fc.constantFrom(0, 1),
  flags: fc.subarray([...'FSRPAUEC']).map((letters) => letters.join('')),
  length: fc.integer({ min: 20, max: 70_000 }),
  srcMac: fc.constantFrom(1, 2),
  laterFragment: fc.boolean(),
})

/** Traffic whose times go anywhere. */
const wild = fc.array(
  fc.record({
    row: anyRow,
    time: fc.oneof(fc.integer({ min: 0, max: 2 ** 32 }), fc.double({ min: 0, max: 300, noNaN: true })),
  }),
  { maxLength: 120 },
)
/** Traffic in order of time, the gaps from none to more than any timeout. */
const orderly = fc.array(fc.record({ row: anyRow, gap: fc.constantFrom(0, 0.001, 0.5, 3, 16, 61) }), { maxLength: 120 })

const rowsOf = (items: { row: Row; time: number }[]): Row[] =>
  items.map(({ row, time }) => ({ ...row, time, payload: Math.floor(row.length! / 2) }))

function inOrder(items: { row: Row; gap: number }[]): Row[] {
  const times = timesOf(items.map(({ gap }) => gap))
  return rowsOf(items.map(({ row }, i) => ({ row, time: times[i]! })))
}

function timesOf(gaps: readonly number[]): number[] {
  let time = 1000
  return gaps.map((gap) => {
    time += gap
    return time
  })
}

const directions = (flows: readonly FlowRecord[]): Direction[] =>
  flows.flatMap(({ forward, reverse }) => [forward, reverse])
const sum = (flows: readonly FlowRecord[], field: keyof Direction): number =>
  directions(flows).reduce((total, direction) => total + direction[field], 0)

describe('whatever comes', () => {
  it('no packet, byte or flag is lost or counted twice, at any cap', () => {
    fc.assert(
      fc.property(wild, fc.constantFrom(1, 2, 5, 1000), (items, cap) => {
        const rows = rowsOf(items)
        const flows = flowsOf(rows, { cap })
        expect(sum(flows, 'packets')).toBe(rows.length)
        expect(sum(flows, 'bytes')).toBe(rows.reduce((total, { length }) => total + length!, 0))
        expect(sum(flows, 'payload')).toBe(rows.reduce((total, { payload }) => total + payload!, 0))
        for (const [letter, field] of [
          ['F', 'fin'],
          ['S', 'syn'],
          ['R', 'rst'],
          ['P', 'psh'],
          ['A', 'ack'],
          ['U', 'urg'],
          ['E', 'ece'],
          ['C', 'cwr'],
        ] as const) {
          expect(sum(flows, field)).toBe(rows.filter(({ flags }) => flags!.includes(letter)).length)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('durations and gaps are never negative, and extremes enclose means', () => {
    fc.assert(
      fc.property(wild, (items) => {
        for (const flow of flowsOf(rowsOf(items))) {
          expect(flow.last).toBeGreaterThanOrEqual(flow.first)
          expect(flow.first).toBeGreaterThanOrEqual(flow.opened)
          expect(flow.forward.packets + flow.reverse.packets).toBeGreaterThan(0)
          for (const direction of [flow.forward, flow.reverse]) {
            expect(direction.gapMin).toBeGreaterThanOrEqual(0)
            expect(direction.gapMean).toBeGreaterThanOrEqual(direction.gapMin * (1 - 1e-12))
            expect(direction.gapMax).toBeGreaterThanOrEqual(direction.gapMean * (1 - 1e-12))
            expect(direction.gapDeviation).toBeLessThanOrEqual(direction.gapMax + 1e-9)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('the records do not depend on how packets come in batches, nor on the seed', () => {
    fc.assert(
      fc.property(wild, fc.integer({ min: 1, max: 40 }), fc.integer(), (items, size, seed) => {
        const rows = rowsOf(items)
        const { table, flows } = tableOf({ seed, cap: 10 })
        for (let at = 0; at < rows.length; at += size) table.add(batchOf(rows.slice(at, at + size), at + 1))
        table.flush()
        expect(flows).toEqual(flowsOf(rows, { cap: 10 }))
      }),
      { numRuns: 200 },
    )
  })

  it('nor on which end has the larger address', () => {
    fc.assert(
      fc.property(orderly, (items) => {
        const mirror = (text: string): string => text.replace(/\d+$/, (last) => String(255 - Number(last)))
        const rows = inOrder(items).filter(({ src, dst }) => src !== dst && !`${src}${dst}`.includes(':'))
        const mirrored = rows.map((row) => ({ ...row, src: mirror(row.src!), dst: mirror(row.dst!) }))
        const plain = flowsOf(rows)
        expect(flowsOf(mirrored).map(endsOf)).toEqual(
          plain.map((flow) =>
            endsOf(flow)
              .split(' > ')
              .map((end) => end.replace(/[^:]*(?=:\d+$)/, mirror))
              .join(' > '),
          ),
        )
        expect(directions(flowsOf(mirrored))).toEqual(directions(plain))
      }),
      { numRuns: 200 },
    )
  })
})

/** The flow table as one would first write it: a list of packets per key, cut where a gap is too long. */
function plainly(rows: readonly Row[], { idle, active }: { idle: number; active: number }): string[] {
  const open = new Map<string, Row[]>()
  const flows: Row[][] = []
  for (const row of rows) {
    const ends = [`${row.src} ${row.srcPort}`, `${row.dst} ${row.dstPort}`].sort()
    const key = `${row.protocol} ${ends}`
    const packets = open.get(key)
    const over =
      packets === undefined || row.time! - packets.at(-1)!.time! > idle || row.time! - packets[0]!.time! >= active
    if (!over) packets.push(row)
    else {
      const fresh = [row]
      flows.push(fresh)
      open.set(key, fresh)
    }
  }
  return flows.map((packets) => summary(packets)).sort()
}

function summary(packets: readonly Row[]): string {
  const [first] = packets as [Row]
  const ends = `${first.src} ${first.srcPort}`
  const forward = packets.filter(({ src, srcPort }) => `${src} ${srcPort}` === ends)
  const reverse = packets.filter((row) => !forward.includes(row))
  return describeSlice(
    first.time!,
    packets.at(-1)!.time!,
    [forward, reverse].map((rows) => statistics(rows)),
  )
}

function statistics(rows: readonly Row[]): number[] {
  const lengths = rows.map(({ length }) => length!)
  const gaps = rows.slice(1).map(({ time }, i) => time! - rows[i]!.time!)
  return [rows.length, ...moments(lengths), ...moments(gaps)]
}

function moments(values: readonly number[]): number[] {
  if (values.length === 0) return [0, 0, 0, 0]
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length
  return [Math.min(...values), Math.max(...values), mean, Math.sqrt(variance)]
}

describe('against a plain flow table', () => {
  const port = fc.constantFrom(1, 2, 3)
  const datagram = fc.record({
    src: host,
    dst: host,
    protocol: fc.constant('udp' as const),
    srcPort: port,
    dstPort: port,
    length: fc.integer({ min: 28, max: 1500 }),
  })
  const traffic = fc.array(fc.record({ row: datagram, gap: fc.constantFrom(0, 0.001, 0.25, 1, 5, 15, 20) }), {
    maxLength: 300,
  })

  it('records and their statistics are the same', () => {
    fc.assert(
      fc.property(traffic, (items) => {
        const times = timesOf(items.map(({ gap }) => gap))
        const rows: Row[] = items.map(({ row }, i) => ({ ...row, time: times[i]! }))
        const flows = flowsOf(rows, { active: 30, firstSlice: 30 })
        expect(flows.map((flow) => describeFlow(flow)).sort()).toEqual(plainly(rows, { idle: 15, active: 30 }))
      }),
      { numRuns: 300 },
    )
  })
})

function describeFlow({ first, last, forward, reverse }: FlowRecord): string {
  return describeSlice(
    first,
    last,
    [forward, reverse].map((direction) => [
      ...[direction.packets, direction.lengthMin, direction.lengthMax, direction.lengthMean, direction.lengthDeviation],
      ...[direction.gapMin, direction.gapMax, direction.gapMean, direction.gapDeviation],
    ]),
  )
}

/** A slice keeps the connection's direction, which the plain table does not know: so both are told in a fixed order. */
function describeSlice(first: number, last: number, numbers: number[][]): string {
  const rounded = numbers.map((values) => values.map((value) => Number(value.toFixed(6))).join(' '))
  return [first, last, ...rounded.sort()].join(' | ')
}
