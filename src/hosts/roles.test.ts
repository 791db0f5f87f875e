import { describe, expect, it } from 'vitest'
import type { FlowRecord } from '../types/flow.ts'
import { createHosts } from './hosts.ts'
import { flowOf, probe, query, START } from './traffic.case.ts'

const address = (host: number): string => `10.0.${host >> 8}.${host & 255}`

describe('roles', () => {
  const roleOf = (flows: Iterable<FlowRecord>, who: string, scanners: string[] = []): string | undefined => {
    const hosts = createHosts({ seed: 1, scanners })
    for (const flow of flows) hosts.observe(flow)
    return hosts.describe().list.find(({ address }) => address === who)?.role
  }
  const times = (count: number, make: (i: number) => FlowRecord): FlowRecord[] =>
    Array.from({ length: count }, (_, i) => make(i))

  it.each([
    ['resolver', '10.0.0.53', times(40, (i) => query(address(i % 9), '10.0.0.53', 53, START + i))],
    ['time-server', '162.159.200.1', times(5, (i) => query('10.0.0.1', '162.159.200.1', 123, START + 64 * i))],
    ['server', '10.0.0.80', times(40, (i) => flowOf(address(i % 9), '10.0.0.80', { time: START + i }))],
    ['client', '10.0.0.7', times(40, (i) => flowOf('10.0.0.7', `93.184.${i}.1`, { time: START + i }))],
    ['iot', '10.0.0.8', times(64, (i) => flowOf('10.0.0.8', '93.184.216.34', { time: START + 60 * i }))],
    ['broadcast-talker', '10.0.0.9', times(40, (i) => query('10.0.0.9', '239.255.255.250', 1900, START + i))],
    ['unknown', '10.0.0.6', times(3, (i) => flowOf('10.0.0.6', '93.184.216.34', { time: START + i }))],
    ['unknown', '198.51.100.7', times(99, (i) => probe('10.0.0.1', '198.51.100.7', i, START + i))],
  ])('finds a %s', (role, who, flows) => {
    expect(roleOf(flows, who)).toBe(role)
  })

  it('takes nobody for a scanner but the configured, and no beacon for a time server', () => {
    const scan = times(500, (i) => probe('10.0.0.66', '10.0.0.1', i, START + i / 10))
    expect(roleOf(scan, '10.0.0.66')).toBe('client')
    expect(roleOf(scan, '10.0.0.66', ['10.0.0.64/29'])).toBe('scanner')
    expect(
      roleOf(
        times(20, (i) => query('10.0.0.1', '93.184.216.34', 123, START + 60 * i, 300)),
        '93.184.216.34',
      ),
    ).toBe('server')
  })

  it('holds a role against a few deeds of another kind, and lets it go for many', () => {
    const serve = times(100, (i) => flowOf(address(i % 9), '10.0.0.80', { time: START + i }))
    const browse = (count: number): FlowRecord[] =>
      times(count, (i) => flowOf('10.0.0.80', `93.184.${i & 127}.1`, { time: START + 100 + i }))
    expect(roleOf([...serve, ...browse(70)], '10.0.0.80')).toBe('server')
    expect(roleOf([...serve, ...browse(400)], '10.0.0.80')).toBe('client')
  })
})
