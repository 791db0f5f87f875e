import { describe, expect, it } from 'vitest'
import { createRandom } from '../math/random.ts'
import { formatIPv4 } from '../net/address.ts'
import { batchOf, connection, type Row, tableOf } from './rows.case.ts'

const CAP = 1_000
const FLOOD = 2_000
const SECONDS = 20
const VICTIM = '198.51.100.9'

/** A second of SYNs from addresses that do not exist, `FLOOD` of them. */
function flood(second: number, random: () => number): Row[] {
  return Array.from({ length: FLOOD }, (_, i) => ({
    src: formatIPv4((random() * 2 ** 32) | 0),
    dst: VICTIM,
    srcPort: 1024 + (i % 60_000),
    dstPort: 443,
    flags: 'S',
    time: second + i / FLOOD,
  }))
}

const opened = ['> S', '< SA', '> A', '> PA 10', '< PA 10']
const whole = [...opened, '> FA', '< FA', '> A']

describe('a table that fills up', () => {
  const { table, flows } = tableOf({ cap: CAP })
  const random = createRandom(1)
  let largest = 0
  for (let i = 0; i < 100; i++) table.add(batchOf(connection(opened, { src: '10.0.0.5', srcPort: 2_000 + i, time: 0 })))
  for (let second = 1; second <= SECONDS; second++) {
    const probe = connection(whole, { src: '10.0.0.7', srcPort: 3_000 + second, time: second })
    const rows = [...flood(second, random), ...probe].sort((a, b) => a.time! - b.time!)
    table.add(batchOf(rows))
    largest = Math.max(largest, table.size)
  }
  const during = table.counters()
  table.advance(SECONDS + 60)
  const after = table.counters()
  table.flush()
  const victims = flows.filter(({ connState, dstPort }) => dstPort === 443 && connState === 'S0')

  it('never holds more than its cap, and says that it is an emergency', () => {
    expect(largest).toBeLessThanOrEqual(CAP)
    expect(during).toMatchObject({ emergency: 1, emergencies: 1 })
  })

  it('tells of fifty unanswered connections a second to a destination, and counts every other one', () => {
    expect(victims.length).toBeGreaterThan(50 * (SECONDS - 2))
    expect(victims.length).toBeLessThan(50 * (SECONDS + 2) + CAP)
    expect(victims.length + during.summarised!).toBeGreaterThan(FLOOD * SECONDS - CAP)
    expect(victims.length + after.summarised!).toBe(FLOOD * SECONDS)
  })

  it('keeps who is established, and takes in everybody who comes', () => {
    const kept = flows.filter(({ srcPort, dstPort }) => dstPort === 80 && srcPort < 2_100)
    expect(kept.filter(({ endReason }) => endReason === 'evicted')).toEqual([])
    expect(new Set(kept.map(({ srcPort }) => srcPort)).size).toBe(100)
    const probes = flows.filter(
      ({ srcPort, connState }) => srcPort > 3_000 && srcPort <= 3_000 + SECONDS && connState === 'SF',
    )
    expect(probes).toHaveLength(SECONDS)
  })

  it('is back to normal once the flood is over', () => {
    expect(after).toMatchObject({ emergency: 0, emergencies: 1 })
    expect(after.open).toBe(0)
  })
})
