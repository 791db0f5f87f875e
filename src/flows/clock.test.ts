import { describe, expect, it } from 'vitest'
import { batchOf, flowsOf, type Row, tableOf } from './rows.case.ts'

const NOW = 1_700_000_000
const HOUR = 3600

/** A busy network: eight hosts, ten packets a second, from `start` on. */
function busy(start: number, seconds: number): Row[] {
  return Array.from({ length: seconds * 10 }, (_, i) => ({
    ...{ protocol: 'udp', src: `10.0.0.${10 + (i % 8)}`, srcPort: 5000, dstPort: 53 },
    time: start + i / 10,
  }))
}

const packetsIn = (flows: ReturnType<typeof flowsOf>) =>
  flows.reduce((sum, { forward, reverse }) => sum + forward.packets + reverse.packets, 0)

describe('time that is not what it should be', () => {
  it.each([
    ['an hour ahead', NOW + HOUR],
    ['in 2106', 2 ** 32 - 1],
    ['in 1970', 0],
    ['an hour ago', NOW - HOUR],
  ])('one packet %s ends nobody else', (_, time) => {
    const { table, flows } = tableOf()
    table.add(batchOf(busy(NOW, 5)))
    table.add(batchOf([{ src: '10.66.0.1', time }]))
    table.add(batchOf(busy(NOW + 5, 3)))
    expect(flows.filter(({ address }) => address[3] !== 0x0a420001)).toEqual([])
    table.flush()
    expect(flows).toHaveLength(9)
    expect(flows.every(({ first, last }) => last >= first)).toBe(true)
  })

  it.each([HOUR, -HOUR])('a clock set by %i s: every flow ends at most once, and time goes on', (step) => {
    const { table, flows } = tableOf({ firstSlice: 60 })
    table.add(batchOf(busy(NOW, 10)))
    table.add(batchOf(busy(NOW + 10 + step, 10)))
    const ended = flows.length
    expect(ended).toBeLessThanOrEqual(step > 0 ? 8 : 0)
    table.add(batchOf(busy(NOW + 20 + step, 10)))
    expect(flows).toHaveLength(ended)
    table.add(batchOf(busy(NOW + 30 + step, 1).map((row) => ({ ...row, src: '10.0.0.99', time: row.time! + 20 }))))
    expect(flows).toHaveLength(ended + 8)
    table.flush()
    expect(packetsIn(flows)).toBe(310)
    expect(flows.every(({ first, last, opened }) => last >= first && first >= opened)).toBe(true)
    expect(table.counters()).toMatchObject({ 'clock-steps': 1 })
  })

  it('a flow that goes on while the clock is set back keeps its length, and is dated by its end', () => {
    const { table, flows } = tableOf({ firstSlice: 60 })
    table.add(batchOf(busy(NOW, 10)))
    table.add(batchOf(busy(NOW + 10 - HOUR, 10)))
    table.flush()
    for (const flow of flows) {
      expect(Math.abs(flow.last - (NOW + 20 - HOUR))).toBeLessThan(1)
      expect(flow.last - flow.first).toBeGreaterThan(17)
      expect(flow.last - flow.first).toBeLessThan(20)
      expect(flow.forward.gapMax).toBeLessThan(3)
    }
  })

  it('flows that ended before the step keep the time they bore', () => {
    const rows = [...busy(NOW, 5), ...busy(NOW - HOUR, 5).map((row) => ({ ...row, srcPort: 6000 }))]
    const flows = flowsOf(rows)
    const seconds = flows.map(({ first, srcPort }) => [srcPort, Math.round((first - NOW) / HOUR)])
    expect(new Set(seconds.map(String))).toEqual(new Set(['5000,0', '6000,-1']))
  })

  it('packets a little out of order make neither negative gaps nor more flows', () => {
    const times = [0, 0.3, 0.1, 0.2, 0.6, 0.5, 4, 0.55]
    const [flow, ...more] = flowsOf(times.map((time) => ({ srcPort: 1, dstPort: 2, time: NOW + time })))
    expect(more).toEqual([])
    expect(flow).toMatchObject({ first: NOW, last: NOW + 4 })
    expect(flow?.forward).toMatchObject({ packets: 8, gapMin: 0 })
    expect(flow?.forward.gapMean).toBeCloseTo(4 / 7, 6)
  })

  it('silence of everybody ends flows as soon as a few packets agree it is later', () => {
    const { table, flows } = tableOf()
    table.add(batchOf(busy(NOW, 2)))
    table.add(batchOf(busy(NOW + HOUR, 2).map((row) => ({ ...row, src: '10.0.0.200' }))))
    expect(flows).toHaveLength(8)
    expect(flows.every(({ last, endReason }) => last < NOW + 2 && endReason === 'idle')).toBe(true)
  })

  it('one packet every ten minutes is as many flows, each at its own time', () => {
    const times = Array.from({ length: 30 }, (_, i) => NOW + 600 * i)
    const { table, flows } = tableOf()
    for (const time of times) table.add(batchOf([{ protocol: 'udp', time }]))
    table.flush()
    expect(flows.map(({ first }) => first)).toEqual(times)
  })

  it('the source may tell the time, but not turn it back', () => {
    const { table, flows } = tableOf()
    table.add(batchOf([{ protocol: 'udp', time: NOW }]))
    table.advance(NOW - HOUR)
    expect(flows).toHaveLength(0)
    table.advance(NOW + HOUR)
    expect(flows).toHaveLength(1)
  })

  it('a flushed table takes the next input, however early', () => {
    const { table, flows } = tableOf()
    table.add(batchOf(busy(NOW, 1)))
    table.flush()
    table.add(batchOf(busy(5, 1)))
    table.flush()
    expect(flows.map(({ first }) => first < 10)).toEqual([...Array(8).fill(false), ...Array(8).fill(true)])
    expect(flows.map(({ id }) => id)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1))
  })
})
