import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, integer } from '../math/random.ts'
import { scrambleText } from '../math/scramble.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { HostContext } from '../types/host.ts'
import { createHosts } from './hosts.ts'
import { flowOf, probe, query, START } from './traffic.case.ts'

interface Seen {
  source: number
  destination: number
  port: number
  time: number
  failed: boolean
  bytes: number
  slice: number
}

const address = (host: number): string => `10.0.${host >> 8}.${host & 255}`

function record({ source, destination, port, time, failed, bytes, slice }: Seen): FlowRecord {
  const flow = failed
    ? probe(address(source), address(destination), port, time)
    : flowOf(address(source), address(destination), { time, dstPort: port })
  flow.slice = slice
  flow.forward.bytes = bytes
  return flow
}

/** The same numbers, counted from the whole history. Windows are buckets up to the newest packet of the host or pair. */
function naive(history: Seen[]): Partial<HostContext> {
  const { source, destination } = history.at(-1)!
  const among = (of: (seen: Seen) => boolean, seconds: number) => (wanted: (seen: Seen) => boolean) => {
    const mine = history.filter(of)
    const newest = Math.max(...mine.map(({ time }) => Math.floor(time / seconds)))
    return mine.filter((seen) => Math.floor(seen.time / seconds) > newest - 4 && wanted(seen))
  }
  const touches = (host: number) => (seen: Seen) => seen.source === host || seen.destination === host
  const isPair = (seen: Seen): boolean => seen.source === source && seen.destination === destination
  const opened = (seen: Seen): boolean => seen.slice === 0
  const failed = (seen: Seen): boolean => opened(seen) && seen.failed
  const from = (seen: Seen): boolean => opened(seen) && seen.source === source
  const to = (seen: Seen): boolean => opened(seen) && seen.destination === destination
  const src60 = among(touches(source), 15)
  const src1h = among(touches(source), 900)
  const dst60 = among(touches(destination), 15)
  const distinct = (seen: Seen[], key: (one: Seen) => number): number => new Set(seen.map(key)).size
  const sum = (seen: Seen[]): number => seen.reduce((total, { bytes }) => total + bytes, 0)
  const answer = (seen: Seen[]): number => 2700 * seen.filter((one) => !one.failed).length
  const by = (host: number) => (seen: Seen) => seen.source === host
  const at = (host: number) => (seen: Seen) => seen.destination === host
  return {
    srcFlows60s: src60(from).length,
    srcFlows1h: src1h(from).length,
    srcFailed60s: src60((seen) => from(seen) && seen.failed).length,
    srcFailed1h: src1h((seen) => from(seen) && seen.failed).length,
    srcHalfOpen60s: src60((seen) => from(seen) && seen.failed).length,
    srcBytesOut60s: sum(src60(by(source))) + answer(src60(at(source))),
    srcBytesOut1h: sum(src1h(by(source))) + answer(src1h(at(source))),
    srcFanout60s: distinct(src60(from), (seen) => seen.destination),
    srcFanout1h: distinct(src1h(from), (seen) => seen.destination),
    srcPorts60s: distinct(src60(from), (seen) => seen.port),
    srcFailedTargets1h: distinct(
      src1h((seen) => from(seen) && seen.failed),
      (seen) => seen.destination * 65_536 + seen.port,
    ),
    dstFlows60s: dst60(to).length,
    dstFailed60s: dst60((seen) => to(seen) && seen.failed).length,
    dstFanin60s: distinct(dst60(to), (seen) => seen.source),
    dstPorts60s: distinct(dst60(to), (seen) => seen.port),
    dstBytesIn60s: sum(dst60(at(destination))) + answer(dst60(by(destination))),
    pairFlows60s: among(isPair, 15)(opened).length,
    pairFlows10m: among(isPair, 150)(opened).length,
    pairFlows1h: among(isPair, 900)(opened).length,
    pairFailed10m: among(isPair, 150)(failed).length,
    pairBytesOut1h: sum(among(isPair, 900)(() => true)),
    newPair: history.filter(isPair).length === 1,
  }
}

describe('windows', () => {
  const step = fc.record({
    source: fc.integer({ min: 1, max: 6 }),
    destination: fc.integer({ min: 4, max: 9 }),
    port: fc.integer({ min: 1, max: 5 }),
    failed: fc.boolean(),
    bytes: fc.integer({ min: 40, max: 100_000 }),
    slice: fc.integer({ min: 0, max: 1 }),
    move: fc.oneof(
      { weight: 6, arbitrary: fc.double({ min: -90, max: 100, noNaN: true }) },
      { weight: 2, arbitrary: fc.double({ min: -800, max: 900, noNaN: true }) },
      { weight: 1, arbitrary: fc.double({ min: -3500, max: 5000, noNaN: true }) },
    ),
  })

  it('say what a count of the whole history says, out of order and over gaps', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 80 }), fc.integer(), (steps, seed) => {
        const hosts = createHosts({ seed })
        const history: Seen[] = []
        let time = START
        for (const { move, ...rest } of steps) {
          time += move
          history.push({ ...rest, time })
          expect(hosts.observe(record(history.at(-1)!))).toMatchObject(naive(history))
        }
      }),
      { numRuns: 150 },
    )
  })

  it('let go of a flow exactly when its bucket leaves', () => {
    const hosts = createHosts({ seed: 1 })
    const at = (seconds: number): number[] => {
      const context = hosts.observe(flowOf('10.0.0.1', '10.0.0.2', { time: START + seconds }))
      return [context.srcFlows60s, context.pairFlows10m, context.pairFlows1h]
    }
    expect(at(14.999)).toEqual([1, 1, 1])
    expect(at(59.999)).toEqual([2, 2, 2])
    expect(at(60)).toEqual([2, 3, 3])
    expect(at(599.999)).toEqual([1, 4, 4])
    expect(at(600)).toEqual([2, 2, 5])
    expect(at(3600)).toEqual([1, 1, 1])
  })

  it('tell large numbers of destinations and ports to within a few per cent', () => {
    const hosts = createHosts({ seed: 5 })
    let context = hosts.observe(probe('10.0.0.1', '10.0.0.2', 1, START))
    for (let port = 2; port <= 1000; port++)
      context = hosts.observe(probe('10.0.0.1', '10.0.0.2', port, START + port / 100))
    expect(Math.abs(context.pairPorts60s / 1000 - 1)).toBeLessThan(0.15)
    expect(Math.abs(context.srcPorts60s / 1000 - 1)).toBeLessThan(0.15)
    expect(context).toMatchObject({ srcFanout60s: 1, srcFailed60s: 1000, pairFailed10m: 1000, dstHalfOpen60s: 1000 })
    for (let i = 0; i < 1000; i++) context = hosts.observe(probe('10.0.0.9', address(1000 + i), 445, START + i / 100))
    expect(Math.abs(context.srcFanout60s / 1000 - 1)).toBeLessThan(0.15)
    expect(context).toMatchObject({ srcPorts60s: 1, pairFlows60s: 1, newPair: true })
  })

  it('count names, missing names, echoes and questions', () => {
    const hosts = createHosts({ seed: 1 })
    let context = hosts.observe(query('10.0.0.1', '10.0.0.53', 53, START))
    for (const name of ['a.example', 'b.example', 'A.EXAMPLE', 'c.example']) {
      const flow = query('10.0.0.1', '10.0.0.53', 53, START + 1)
      flow.names = { dnsQuery: name, dnsRcode: name.startsWith('c') ? 3 : 0 }
      context = hosts.observe(flow)
    }
    expect(context).toMatchObject({ srcQueries60s: 5, srcNames60s: 3, srcNxdomain60s: 1, srcNxdomain1h: 1 })
  })

  it('count every name of a flow that holds many, in each of its slices', () => {
    const hosts = createHosts({ seed: 1 })
    const names = ['a.example', 'b.example', 'c.example']
    const flow = query('10.0.0.1', '10.0.0.53', 53, START)
    const dnsHashes = names.map((name) => scrambleText(name, 0))
    flow.names = { dnsQuery: names[0]!, dnsQueries: 7, dnsNames: 3, dnsNxdomain: 2, dnsRcode: 0, dnsHashes }
    hosts.observe(flow)
    const slice = query('10.0.0.1', '10.0.0.53', 53, START + 1)
    slice.slice = 1
    slice.names = { dnsQuery: 'B.example', dnsQueries: 1, dnsNames: 1, dnsNxdomain: 0 }
    const context = hosts.observe(slice)
    expect(context).toMatchObject({ srcQueries60s: 8, srcNames60s: 3, srcNames1h: 3 })
    expect(context).toMatchObject({ srcNxdomain60s: 2, srcNxdomain1h: 2, srcFlows60s: 1 })
  })

  it('follow a clock that is set back, and go on counting', () => {
    const hosts = createHosts({ seed: 1 })
    hosts.observe(flowOf('10.0.0.1', '10.0.0.2', { time: START + 864_000 }))
    let context = hosts.observe(flowOf('10.0.0.1', '10.0.0.2', { time: START }))
    for (let i = 0; i < 100; i++) context = hosts.observe(flowOf('10.0.0.1', '10.0.0.2', { time: START + i / 10 }))
    expect(hosts.counters().clock_set_back).toBe(1)
    expect(context.srcFlows60s).toBeGreaterThan(30)
    for (const time of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      expect(hosts.observe(flowOf('10.0.0.1', '10.0.0.2', { time })).srcFlows60s).toBeGreaterThan(30)
    }
  })
})

describe('caps', () => {
  it('hold, and are counted, whoever comes', () => {
    const hosts = createHosts({ seed: 1, maxHosts: 2000, maxPairs: 3000, maxBeacons: 500 })
    const random = createRandom(1)
    const spoofed = (): string => Array.from({ length: 4 }, () => integer(random, 1, 223)).join('.')
    for (let i = 0; i < 20_000; i++) hosts.observe(probe(spoofed(), '10.0.0.2', 80, START + i / 1000))
    const bytes = hosts.bytes
    for (let i = 0; i < 40_000; i++) hosts.observe(probe(spoofed(), '10.0.0.2', i & 65_535, START + 20 + i / 1000))
    for (let i = 0; i < 5000; i++) hosts.observe(flowOf('10.0.0.3', spoofed(), { time: START + 120, dstPort: i }))
    expect(hosts.bytes).toBeLessThan(bytes * 1.2)
    expect(hosts.counters()).toMatchObject({ hosts: 2000, pairs: 3000, beacons: 500 })
    expect(hosts.counters().hosts_evicted).toBeGreaterThan(50_000)
    const { list } = hosts.describe(10)
    expect(list.slice(0, 2).map(({ address }) => address)).toEqual(['10.0.0.2', '10.0.0.3'])
  })

  it('leave hosts that come back, and let strangers go first', () => {
    const hosts = createHosts({ seed: 1, maxHosts: 500 })
    for (let i = 0; i < 20_000; i++) {
      hosts.observe(flowOf(address(i % 50), '10.9.9.9', { time: START + i / 10 }))
      hosts.observe(probe(`198.${i & 127}.${i >> 8}.1`, '10.9.9.9', 80, START + i / 10))
    }
    const ours = hosts.describe(100).list.filter(({ address }) => address.startsWith('10.0.0.'))
    expect(ours.map(({ flows }) => flows)).toEqual(Array<number>(50).fill(400))
  })
})

it('gives the same for the same input and seed', () => {
  const run = (seed: number): string => {
    const hosts = createHosts({ seed, maxHosts: 300 })
    const random = createRandom(9)
    const out: unknown[] = []
    for (let i = 0; i < 3000; i++) {
      const flow = record({
        source: integer(random, 0, 100),
        destination: integer(random, 50, 200),
        port: integer(random, 1, 3),
        time: START + i / 3,
        failed: random() < 0.3,
        bytes: integer(random, 40, 5000),
        slice: 0,
      })
      const { baseline, beacon, ...rest } = hosts.observe(flow)
      out.push({ ...rest, bins: [...rest.bins] })
    }
    return JSON.stringify(out)
  }
  expect(run(1)).toBe(run(1))
})
