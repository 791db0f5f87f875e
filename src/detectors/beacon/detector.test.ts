import { describe, expect, it } from 'vitest'
import { flowOf, query } from '../../hosts/traffic.case.ts'
import { createRandom, type Random } from '../../math/random.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { detectorCases } from '../detector.case.ts'
import { type Alarm, watchFlows, watchTraffic } from '../watch.case.ts'
import { createBeaconDetector } from './detector.ts'
import { BEACON } from './tunables.ts'

const create = () => createBeaconDetector({ seed: 1 })
detectorCases('the beacon detector', { create, flows: 0 })

const START = 1_700_000_000
const MINUTE = 60
const HOUR = 3600
const IMPLANT = '192.168.1.50'
const MASTER = '203.0.113.9'

interface Calls {
  /** Seconds after the first flow of all. */
  from?: number
  count: number
  every: number
  /** Share of `every` by which a call may come early or late. */
  jitter?: number
  size?: (random: Random) => number
  change?: Parameters<typeof flowOf>[2]
  to?: string
}

function calls({ from = 0, count, every, jitter = 0, size, change, to = MASTER }: Calls, seed = 1): FlowRecord[] {
  const random = createRandom(seed)
  let time = START + from
  return Array.from({ length: count }, () => {
    const flow = flowOf(IMPLANT, to, { time, ...change })
    if (size !== undefined) flow.forward.bytes = size(random)
    time += every * (1 + jitter * (2 * random() - 1))
    return flow
  })
}

/** Somebody else talks for hours before: what comes later is new. */
function longBefore(): FlowRecord[] {
  return Array.from({ length: 30 }, (_, i) => query('192.168.1.3', '192.168.1.1', 53, START + i * 97))
}

const watch = (flows: FlowRecord[]): Alarm[] => watchFlows(create(), flows)

describe('what calls home', () => {
  it.each(['https', 'http'])('is found within 15 minutes, by its implant and nobody else: %s', (variant) => {
    for (const seed of [1, 2]) {
      const { alarms, truth } = watchTraffic(create(), {
        seed,
        hours: 1,
        scenario: 'campaigns',
        family: 'beacon',
        variant,
        peace: 1800,
      })
      expect(alarms[0]?.time).toBeLessThan(1800 + 15 * MINUTE)
      expect(new Set(alarms.map(({ label }) => label))).toEqual(new Set(['beacon']))
      expect(truth[0]?.flows).toBeGreaterThan(20)
    }
  })

  it.each([
    ['every 3 s', { count: 25, every: 3, jitter: 0.3 }, 64],
    ['every minute', { count: 16, every: MINUTE, jitter: 0.1 }, 15 * MINUTE],
    ['every minute, each cut short by up to half', { count: 40, every: 0.75 * MINUTE, jitter: 1 / 3 }, 20 * MINUTE],
    ['every hour', { count: 9, every: HOUR, jitter: 0.02 }, 8 * HOUR],
    ['twice a day', { count: 8, every: 12 * HOUR }, 73 * HOUR],
  ] as const)('is found soon, from a cold start: %s', (_name, options, within) => {
    const times = [1, 2, 3].map((seed) => watch(calls(options, seed))[0]?.time ?? Number.POSITIVE_INFINITY)
    expect(Math.max(...times)).toBeLessThanOrEqual(within)
  })

  it('is told with its numbers and from its first call on', () => {
    const [first] = watch(calls({ count: 12, every: MINUTE }))
    expect(first).toMatchObject({
      score: 0.75,
      finding: { type: 'Beacon', attack: ['T1071', 'T1573'], level: 'medium' },
    })
    expect(first?.finding.since?.time).toBe(START)
    expect(first?.reasons.map(({ text }) => text)).toEqual([
      '192.168.1.50 called 203.0.113.9 port 443 8 times, alike in time and size: 1.00 of 1, limit 0.88 (timing 1.00, size 1.00, steadiness 1.00, presence 1.00)',
      'one call every 60 s, half of them within 0 % of that; calls at random spread by about 70 %',
      'they may have gone on before we began to watch, and no other host here talks to that address',
    ])
  })

  it('says when the calls began and who else makes them', () => {
    const other = flowOf('192.168.1.3', MASTER, { time: START + 5000 })
    const late = calls({ from: 7000, count: 10, every: MINUTE })
    const last = watch([...longBefore(), other, ...late])[0]?.reasons.at(-1)?.text
    expect(last).toBe('they began 117 min after we began to watch, and 1 other host here talks to that address')
  })

  it('counts connections opened together as one call', () => {
    const alarms = watch([0, 0.2, 0.4].flatMap((from) => calls({ from, count: 7, every: MINUTE })))
    expect(alarms).toEqual([])
  })

  it('is one story while it goes on, and told again only after a week of silence', () => {
    const slow = calls({ count: 48, every: HOUR })
    expect(watch(slow)).toHaveLength(1)
    expect(watch([...slow, ...calls({ from: 48 * HOUR + BEACON.told.again, count: 48, every: HOUR })])).toHaveLength(2)
    expect(watch(calls({ count: 48, every: MINUTE })).length).toBeGreaterThan(35)
  })
})

describe('what does not', () => {
  it('stays silent about a household', () => {
    expect(watchTraffic(create(), { seed: 3, hours: 24, scenario: 'quiet' }).alarms).toEqual([])
  })

  it('stays silent about people, who come at random', () => {
    const found = Array.from({ length: 100 }, (_, seed) => {
      const random = createRandom(seed)
      let time = START
      return watch(
        Array.from({ length: 48 }, () => {
          time -= Math.log(1 - random()) * 200
          const flow = flowOf(IMPLANT, MASTER, { time })
          flow.forward.bytes = Math.round(600 - 2_000 * Math.log(1 - random()))
          return flow
        }),
      ).length
    })
    expect(found.filter((alarms) => alarms > 0).length).toBeLessThanOrEqual(1)
  })

  it('stays silent about the load of a page, however often', () => {
    const pages = Array.from({ length: 6 }, (_, page) =>
      calls({ from: 300 * page + 17 * page * page, count: 14, every: 0.3, jitter: 0.9 }, page),
    )
    expect(watch(pages.flat())).toEqual([])
  })

  it.each([
    ['a time server', { dstPort: 123, protocol: 17 }],
    ['a resolver', { dstPort: 53, protocol: 17 }],
    ['mail', { dstPort: 993 }],
    ['a push channel', { dstPort: 5223 }],
    ['nobody who answers', { reverse: { packets: 0, bytes: 0, payload: 0 } }],
    ['somebody who refuses', { connState: 'REJ', forward: { payload: 0 }, reverse: { payload: 0 } }],
  ] as const)('stays silent about calls to %s', (_name, change) => {
    expect(watch(calls({ count: 48, every: MINUTE, change }))).toEqual([])
  })

  it('stays silent about calls to hosts here', () => {
    expect(watch(calls({ count: 48, every: MINUTE, to: '192.168.1.2' }))).toEqual([])
  })

  it('takes what always went on for a habit unless its sizes are the same, and what is new for none', () => {
    const varied = (random: Random): number => 900 + Math.round(120 * random())
    const slow = { count: 20, every: 300, size: varied }
    expect(watch(calls(slow))).toEqual([])
    expect(watch(calls({ ...slow, size: () => 900 }))).not.toEqual([])
    expect(watch([...longBefore(), ...calls({ ...slow, from: 3000 })])).not.toEqual([])
  })

  it('is too little evidence alone where it always went on in a network, with a server that has a name', () => {
    const others = ['51', '52', '53'].map((host) => query(`192.168.1.${host}`, '192.168.1.1', 53, START - 30))
    const agent = { count: 20, every: MINUTE, change: { names: { tlsSni: 'agent.monitor.example' } } }
    const scores = (flows: FlowRecord[]): string[] => [
      ...new Set(watch(flows).map(({ score, finding }) => `${score} ${finding.level}`)),
    ]
    expect(scores([...others, ...calls(agent)])).toEqual(['0.4 low'])
    expect(scores([...others, ...calls({ ...agent, from: 5 * MINUTE })])).toEqual(['0.75 medium'])
    expect(scores([...others, ...longBefore(), ...calls({ ...agent, from: 3000 })])).toEqual(['0.75 medium'])
    expect(scores([...others, ...calls({ ...agent, change: {} })])).toEqual(['0.75 medium'])
    expect(scores([...others, ...calls({ ...agent, every: 5 })])).toEqual(['0.75 medium'])
    expect(scores(calls(agent))).toEqual(['0.75 medium'])
  })

  it('asks more where half the network talks to the same host', () => {
    const others = ['192.168.1.51', '192.168.1.52', '192.168.1.53'].map((address, i) =>
      flowOf(address, MASTER, { time: START + 5 + i }),
    )
    const shaky = { count: 20, every: MINUTE, jitter: 0.3 }
    expect(watch(calls(shaky))).not.toEqual([])
    expect(watch([...others, ...calls(shaky)])).toEqual([])
  })
})
