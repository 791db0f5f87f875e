import { describe, expect, it } from 'vitest'
import { createRandom } from '../math/random.ts'
import { QUANTITIES } from '../types/host.ts'
import { createHosts, type Hosts } from './hosts.ts'
import { flowOf, START } from './traffic.case.ts'

const DAY = 86_400

/** A flow of so many bytes, learned from at once. */
function live(hosts: Hosts, time: number, bytes: number, learn = true) {
  const flow = flowOf('10.0.0.1', '10.0.0.2', { time, forward: { bytes } })
  const context = hosts.observe(flow)
  if (learn) hosts.learn(flow.address, context.bins, time)
  return context
}

describe('baselines', () => {
  it('know nothing at first, and say so', () => {
    const { baseline } = live(createHosts({ seed: 1 }), START, 1000)
    expect(QUANTITIES.map((quantity) => baseline.tail(quantity))).toEqual(QUANTITIES.map(() => 1))
    expect([baseline.minutes('bytes_out_60s'), baseline.quantile('bytes_out_60s', 0.99)]).toEqual([0, 0])
  })

  it('know the distribution of the highest value in each minute', () => {
    const hosts = createHosts({ seed: 1 })
    const random = createRandom(4)
    const learned: number[] = []
    const midnight = START - (START % DAY)
    for (let minute = 0; minute < 1000; minute++) {
      const bytes = Math.round(100 * 1000 ** random())
      live(hosts, midnight + 85 * minute, Math.round(bytes / 3))
      live(hosts, midnight + 85 * minute + 0.1, bytes)
      learned.push(Math.round(bytes / 3) + bytes)
    }
    learned.sort((a, b) => a - b)
    const { baseline } = live(hosts, midnight + 86_000, 1, false)
    expect(baseline.minutes('bytes_out_60s')).toBe(999)
    for (const q of [0.1, 0.5, 0.9, 0.99]) {
      const ratio = baseline.quantile('bytes_out_60s', q) / learned[Math.floor(q * 1000)]!
      expect(ratio).toBeGreaterThan(0.95)
      expect(ratio).toBeLessThan(1.5)
    }
    const high = live(hosts, midnight + 86_100, 10_000_000, false).baseline
    expect(high.tail('bytes_out_60s')).toBeCloseTo(1 / 1000, 3)
    const half = live(hosts, midnight + 86_200, learned[500]!, false).baseline
    expect(Math.abs(half.tail('bytes_out_60s') - 0.5)).toBeLessThan(0.07)
  })

  it('do not learn by themselves, so that an attacker does not become normal', () => {
    const hosts = createHosts({ seed: 1 })
    for (let i = 0; i < 100; i++) live(hosts, START + 60 * i, 1000)
    for (let i = 100; i < 200; i++) live(hosts, START + 60 * i, 50_000_000, false)
    expect(live(hosts, START + 12_000, 50_000_000, false).baseline.tail('bytes_out_60s')).toBeLessThan(0.02)
  })

  it('remember one extraordinary minute for days, then let it go', () => {
    const hosts = createHosts({ seed: 1 })
    for (let i = 0; i < 60; i++) live(hosts, START + 60 * i, 1000)
    live(hosts, START + 3600, 9_000_000)
    const tailAfter = (days: number): number => {
      for (let hour = 0; hour < 24 * days; hour++) live(hosts, START + 7200 + (hour + 1) * 3600, 1000)
      return live(hosts, START + 7200 + days * DAY + 60, 9_000_000, false).baseline.tail('bytes_out_60s')
    }
    expect(tailAfter(1)).toBeGreaterThan(1.5 / 100)
    const later = createHosts({ seed: 1 })
    live(later, START, 9_000_000)
    live(later, START + 9 * DAY, 1000)
    live(later, START + 9 * DAY + 120, 1000)
    const { baseline } = live(later, START + 9 * DAY + 300, 9_000_000, false)
    expect(baseline.tail('bytes_out_60s')).toBeCloseTo(1 / 2, 5)
    expect(baseline.age('bytes_out_60s')).toBe(8 * DAY)
  })

  it('are for the destination too, of what it serves, and only for hosts that are ours', () => {
    const hosts = createHosts({ seed: 1 })
    for (let i = 0; i < 50; i++) {
      const flow = flowOf('93.184.216.34', '10.0.0.2', { time: START + 60 * i })
      hosts.learn(flow.address, hosts.observe(flow).bins, flow.last)
    }
    const { baseline } = hosts.observe(flowOf('93.184.216.34', '10.0.0.2', { time: START + 3000 }))
    expect([baseline.minutes('served_flows_60s'), baseline.minutes('flows_60s')]).toEqual([49, 0])
    expect(hosts.counters().baselines).toBe(1)
  })

  it('stop at their cap, and count whom they refuse', () => {
    const hosts = createHosts({ seed: 1, maxBaselines: 10 })
    for (let i = 0; i < 50; i++) {
      const flow = flowOf(`10.0.0.${i + 10}`, '93.184.216.34', { time: START + i })
      hosts.learn(flow.address, hosts.observe(flow).bins, flow.last)
    }
    expect(hosts.counters()).toMatchObject({ baselines: 10, baselines_refused: 40 })
  })
})
