import { describe, expect, it } from 'vitest'
import { flowOf } from '../../hosts/traffic.case.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { detectorCases } from '../detector.case.ts'
import { watchFlows, watchTraffic } from '../watch.case.ts'
import { createExfiltrationDetector } from './detector.ts'

const create = () => createExfiltrationDetector()
detectorCases('the exfiltration detector', { create, flows: 0 })

const START = 1_700_000_000
const MINUTE = 60
const HOUR = 3600
const HOST = '192.168.1.50'
const STRANGER = '203.0.113.9'
const CLOUD = '198.51.100.20'

/** A flow that sends so many bytes and gets so many back. */
function sends(time: number, bytes: number, to = STRANGER, back = bytes / 40): FlowRecord {
  const flow = flowOf(HOST, to, { time: START + time })
  Object.assign(flow.forward, { bytes, payload: Math.round(0.96 * bytes), packets: Math.ceil(bytes / 1400) })
  Object.assign(flow.reverse, { bytes: back, payload: back / 2, packets: Math.ceil(bytes / 2800) })
  return flow
}

/** A host that sends its cloud at most so much in a minute, for hours. */
function habit(hours: number, most = 300_000): FlowRecord[] {
  return Array.from({ length: hours * 60 }, (_, i) => sends(MINUTE * i, most * (0.2 + (0.8 * (i % 10)) / 9), CLOUD))
}

const watch = (flows: FlowRecord[]) => watchFlows(create(), flows)

describe('what is found', () => {
  it.each(['scp', 'https', 'drip'])('an upload staged in a household, as soon as it is over: %s', (variant) => {
    for (const seed of [1, 2, 3]) {
      const { alarms, truth } = watchTraffic(create(), {
        seed,
        hours: 0.75,
        scenario: 'campaigns',
        family: 'exfiltration',
        variant,
        peace: 1800,
      })
      expect(alarms.length).toBeGreaterThan(0)
      expect(new Set(alarms.map(({ label }) => label))).toEqual(new Set(['exfiltration']))
      expect(alarms[0]!.time).toBeLessThanOrEqual(truth[0]!.end - 1_764_000_000 + 4)
    }
  })

  it('is told against the habit of its own host', () => {
    const [alarm] = watch([...habit(6), sends(6 * HOUR, 14_000_000)])
    expect(alarm).toMatchObject({
      score: 0.75,
      finding: { type: 'Data Exfiltration', attack: ['T1041', 'T1048'], level: 'medium' },
    })
    expect(alarm?.reasons[0]?.text).toMatch(
      /^14(\.\d)? MB out of 192\.168\.1\.50 in 60 s, most of it to 203\.0\.113\.9; this host stays at or below \d+ kB in 99 of 100 active minutes \(\d+ x\), never so much in 6 h; nobody else here knows that address$/,
    )
  })

  it.each([
    [
      'in portions, to a stranger, is low',
      Array.from({ length: 24 }, (_, i) => sends(6 * HOUR + 60 * i, 1_000_000)),
      'low',
      100_000,
    ],
    ['a hundred times as much is high', [sends(6 * HOUR, 150_000_000)], 'high', 300_000],
    ['to a known cloud takes twenty times as much', [sends(6 * HOUR, 20_000_000, CLOUD)], 'medium', 300_000],
  ] as const)('%s', (_name, flows, level, most) => {
    expect(watch([...habit(6, most), ...flows]).at(-1)?.finding.level).toBe(level)
  })

  it('takes a great deal while habits are not known', () => {
    const slices = (each: number) => Array.from({ length: 5 }, (_, i) => sends(MINUTE * i, each))
    expect(watch(slices(60e6))).toEqual([])
    expect(watch(slices(120e6)).at(-1)?.reasons[0]?.text).toContain('while the habits of this host are not known')
  })
})

describe('what is not', () => {
  it('stays silent about a household', () => {
    for (const seed of [1, 2]) expect(watchTraffic(create(), { seed, hours: 12, scenario: 'quiet' }).alarms).toEqual([])
  })

  it.each([
    ['a backup inside', sends(6 * HOUR, 5e9, '192.168.1.2')],
    ['a call, which goes both ways', sends(6 * HOUR, 30e6, STRANGER, 25e6)],
    ['a photograph', sends(6 * HOUR, 4e6)],
    ['a stranger who gets no more than others', sends(6 * HOUR, 300_000)],
  ])('stays silent about %s', (_name, flow) => {
    expect(watch([...habit(6), flow])).toEqual([])
  })

  it('stays silent about what the host does every day, and tells it of one that never does', () => {
    const nightly = (night: number) => sends(24 * HOUR * night, 40e6, CLOUD)
    const days = habit(72)
    const backups = Array.from({ length: 60 }, (_, i) => sends(1200 * i, 40e6, CLOUD))
    expect(watch([...days, nightly(3)])).not.toEqual([])
    expect(watch([...days, ...backups, nightly(3)]).filter(({ time }) => time > 36 * HOUR)).toEqual([])
  })

  it('stays silent about what comes from outside', () => {
    const flow = flowOf(STRANGER, HOST, { time: START + 6 * HOUR })
    flow.forward.bytes = 900e6
    expect(watch([...habit(6), flow])).toEqual([])
  })
})
