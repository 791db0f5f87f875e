import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFlowRecord } from '../../net/flow-record.ts'
import type { Observation } from '../../types/observation.ts'
import type { Correlation } from './correlation.ts'
import { createFields } from './fields.ts'
import { WINDOW_CAPS, type WindowCaps, Windows } from './windows.ts'

const fields = createFields([])

function correlation(type: Correlation['type'], timespan: number, field: string | null = null): Correlation {
  return {
    type,
    timespan,
    limit: 1,
    legs: [],
    groupBy: [fields.get('src_port')!],
    field: field === null ? null : fields.get(field)!,
  }
}

function flow(time: number, group = 1, value = 0, bytes = 0): Observation {
  const record = createFlowRecord()
  record.protocol = 6
  record.last = time
  record.srcPort = group
  record.dstPort = value
  record.address[4] = value
  record.forward.bytes = bytes
  return { flow: record } as unknown as Observation
}

/** Counts one flow, as the detector does. */
function count(windows: Windows, owner: number, observation: Observation): number {
  windows.begin()
  return windows.count(owner, observation)
}

const DISTINCT = correlation('value_count', 60, 'dst_port')
const COUNT = correlation('event_count', 60)
const START = 1_700_000_000

/** Steps that go forward, stand still or go back a little, as flow records do. */
const steps = fc.array(
  fc.record({
    step: fc.double({ min: -8, max: 12, noNaN: true }),
    group: fc.nat(3),
    value: fc.nat(40),
    bytes: fc.nat(1500),
  }),
  { minLength: 1, maxLength: 300 },
)

interface Seen {
  time: number
  group: number
  value: number
  bytes: number
}

/** Runs the steps through `count` beside a list of everything seen, and hands both to `check`. */
function replay(
  input: (Seen & { step: number })[] | unknown,
  windows: Windows,
  check: (got: number, inWindow: (extra: number) => Seen[]) => void,
): void {
  const seen: Seen[] = []
  let now = START
  for (const { step, group, value, bytes } of input as (Seen & { step: number })[]) {
    now += step
    seen.push({ time: now, group, value, bytes })
    const mine = seen.filter((other) => other.group === group)
    const clock = Math.max(...mine.map(({ time }) => time))
    const got = count(windows, 0, flow(now, group, value, bytes))
    check(got, (extra) => mine.filter(({ time }) => time > clock - 60 - extra))
  }
}

describe('windows', () => {
  it('count different values exactly, over a window that slides, in any near order', () => {
    fc.assert(
      fc.property(steps, (input) => {
        replay(input, new Windows([DISTINCT], 7), (got, inWindow) => {
          expect(got).toBe(new Set(inWindow(0).map(({ value }) => value)).size)
        })
      }),
    )
  })

  it('count events: never fewer than the window holds, never more than 1/15 longer a window holds', () => {
    fc.assert(
      fc.property(steps, (input) => {
        replay(input, new Windows([COUNT], 7), (got, inWindow) => {
          expect(got).toBeGreaterThanOrEqual(inWindow(0).length)
          expect(got).toBeLessThanOrEqual(inWindow(60 / 15).length)
        })
      }),
    )
  })

  it('add up values within the same bounds', () => {
    const sum = (list: Seen[]): number => list.reduce((total, { bytes }) => total + bytes, 0)
    fc.assert(
      fc.property(steps, (input) => {
        replay(input, new Windows([correlation('value_sum', 60, 'forward_bytes')], 7), (got, inWindow) => {
          expect(got).toBeGreaterThanOrEqual(sum(inWindow(0)))
          expect(got).toBeLessThanOrEqual(sum(inWindow(60 / 15)))
        })
      }),
    )
  })

  it('estimate what is beyond the exact count, and come down again', () => {
    const windows = new Windows([DISTINCT], 7)
    let got = 0
    for (let i = 0; i < 20_000; i++) got = count(windows, 0, flow(START + i / 1000, 1, i))
    expect(Math.abs(got / 20_000 - 1)).toBeLessThan(0.1)
    expect(count(windows, 0, flow(START + 200, 1, 1))).toBe(1)
    expect(windows.counters()).toMatchObject({ values: 1, countsSaturated: 0 })
  })

  it('say at least 1,024 when no sketch is left', () => {
    const windows = new Windows([DISTINCT], 7, { ...WINDOW_CAPS, sketches: 0 })
    let got = 0
    for (let i = 0; i < 3000; i++) got = count(windows, 0, flow(START, 1, i))
    expect(got).toBe(1024)
    expect(windows.counters().countsSaturated).toBeGreaterThan(0)
  })

  it('keep their caps, whatever comes, and count what they drop', () => {
    const caps: WindowCaps = { groups: 40, groupsPerRule: 25, values: 5000, sketches: 1 }
    const any = fc.record({ owner: fc.nat(2), group: fc.nat(60), value: fc.nat(3000), step: fc.nat(20) })
    fc.assert(
      fc.property(fc.array(any, { minLength: 50, maxLength: 2000 }), (input) => {
        const windows = new Windows([DISTINCT, COUNT, DISTINCT], 7, { ...caps, values: 4096 })
        let now = START
        for (const { owner, group, value, step } of input) {
          now += step / 10
          expect(count(windows, owner, flow(now, group, value))).toBeGreaterThan(0)
        }
        const counters = windows.counters()
        expect(counters.groups).toBeLessThanOrEqual(caps.groups)
        expect(counters.values).toBeLessThanOrEqual(4096)
      }),
      { numRuns: 30 },
    )
  })

  it('a flood of groups in one rule leaves the others their own', () => {
    const windows = new Windows([DISTINCT, COUNT], 7, { ...WINDOW_CAPS, groups: 1000, groupsPerRule: 900 })
    for (let i = 0; i < 9; i++) count(windows, 0, flow(START, 5, i))
    for (let i = 0; i < 50_000; i++) count(windows, 1, flow(START + i / 10_000, i % 60_000))
    expect(count(windows, 0, flow(START + 6, 5, 9))).toBe(10)
    expect(windows.counters()).toMatchObject({ groups: 901, groupsEvicted: 49_100 })
  })

  it('a pool full of values gives way to a new group, oldest first', () => {
    const windows = new Windows([DISTINCT], 7, { ...WINDOW_CAPS, values: 4096 })
    for (let group = 1; group <= 8; group++) for (let i = 0; i < 1000; i++) count(windows, 0, flow(START, group, i))
    expect(windows.counters()).toMatchObject({ values: 4000, groups: 4 })
    for (let i = 0; i < 500; i++) expect(count(windows, 0, flow(START + 1, 99, i))).toBe(i + 1)
  })

  it('a clock set back begins anew instead of counting nothing for ever', () => {
    const windows = new Windows([COUNT], 7)
    for (let i = 0; i < 5; i++) count(windows, 0, flow(START + 86_400 * 365 * 80))
    expect(count(windows, 0, flow(START))).toBe(1)
    expect(count(windows, 0, flow(START + 1))).toBe(2)
    expect(windows.counters().clockSteps).toBe(1)
  })

  it('a flow older than its window counts for nothing', () => {
    const windows = new Windows([COUNT, DISTINCT], 7)
    for (const owner of [0, 1]) {
      count(windows, owner, flow(START, 1, 1))
      expect(count(windows, owner, flow(START - 90, 1, 2))).toBe(1)
    }
    expect(windows.counters().late).toBe(2)
  })
})
