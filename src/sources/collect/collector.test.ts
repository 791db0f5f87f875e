import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Collected, collect, ends } from '../../../test/exports/collected.ts'
import { conversations, type ExportedFlow, NOW, netflow5 } from '../../../test/exports/datagrams.ts'
import { isSane } from '../flow-log/collect.case.ts'

const CLIENT = '10.0.0.9'
const SERVER = '10.0.0.5'
const there: ExportedFlow = {
  ...{ src: CLIENT, dst: SERVER, srcPort: 50_000, dstPort: 443, protocol: 6 },
  ...{ packets: 5, bytes: 500, first: NOW - 10, last: NOW - 5, flags: 0x1b },
}
const back: ExportedFlow = {
  ...{ src: SERVER, dst: CLIENT, srcPort: 443, dstPort: 50_000, protocol: 6 },
  ...{ packets: 4, bytes: 4000, first: NOW - 9.9, last: NOW - 5, flags: 0x1b },
}

/** Gives each flow in a datagram of its own at its time. */
function give(collected: Collected, flows: readonly ExportedFlow[], time = NOW, exporter?: string): Collected {
  return collected.give(
    flows.map((flow) => netflow5([flow], { exported: time })),
    exporter,
    time,
  )
}

describe('who began', () => {
  it('is the side that was first, whichever is told first', () => {
    for (const flows of [
      [there, back],
      [back, there],
    ]) {
      const { flows: found } = give(collect(), flows)
      expect(found).toHaveLength(1)
      expect(ends(found[0]!)).toBe(`${CLIENT}:50000 > ${SERVER}:443 6`)
      expect(found[0]).toMatchObject({ connState: 'SF', service: 'https', slice: 0, first: NOW - 10, last: NOW - 5 })
    }
  })

  it('is told by the ports when both were first, and by the message of ICMP', () => {
    const even = { ...back, first: there.first }
    expect(ends(give(collect(), [even, there]).flows[0]!)).toBe(`${CLIENT}:50000 > ${SERVER}:443 6`)
    const ping = { ...even, protocol: 1, srcPort: 0, dstPort: 0x0800 }
    const pong = { ...there, protocol: 1, srcPort: 0, dstPort: 0x0000 }
    const [flow] = give(collect(), [pong, ping]).flows
    expect(ends(flow!)).toBe(`${SERVER}:8 > ${CLIENT}:0 1`)
    expect(flow).toMatchObject({ connState: 'SF' })
  })

  it('is the lone side, unless its beginning was missed and it comes from a service', () => {
    expect(ends(give(collect(), [there]).end().flows[0]!)).toBe(`${CLIENT}:50000 > ${SERVER}:443 6`)
    expect(ends(give(collect(), [{ ...back, flags: 0x10 }]).end().flows[0]!)).toBe(`${CLIENT}:50000 > ${SERVER}:443 6`)
    expect(ends(give(collect(), [{ ...back, flags: 0x12 }]).end().flows[0]!)).toBe(`${SERVER}:443 > ${CLIENT}:50000 6`)
    const dns = { ...back, protocol: 17, srcPort: 53, flags: 0 }
    expect(ends(give(collect(), [dns]).end().flows[0]!)).toBe(`${SERVER}:53 > ${CLIENT}:50000 17`)
    const sampled = collect()
      .give([netflow5([dns], { interval: 100 })])
      .end()
    expect(ends(sampled.flows[0]!)).toBe(`${CLIENT}:50000 > ${SERVER}:53 17`)
  })

  it('is remembered for what is told of the connection later', () => {
    const collected = give(collect(), [there, back])
    give(
      collected,
      [
        { ...back, first: NOW, last: NOW + 30 },
        { ...there, first: NOW + 0.1, last: NOW + 30 },
      ],
      NOW + 35,
    )
    expect(collected.flows.map((flow) => [ends(flow), flow.slice, flow.opened - NOW])).toEqual([
      [`${CLIENT}:50000 > ${SERVER}:443 6`, 0, -10],
      [`${SERVER}:443 > ${CLIENT}:50000 6`, 0, 0],
    ])
  })
})

describe('a connection', () => {
  const open = (flow: ExportedFlow, first: number, last: number): ExportedFlow => ({
    ...flow,
    flags: 0x18,
    first,
    last,
  })

  it('that goes on is told in slices', () => {
    const collected = collect()
    for (const minute of [0, 1, 2]) {
      const [from, to] = [NOW + 60 * minute, NOW + 60 * minute + 59]
      give(collected, [open(back, from, to), open(there, from + 0.001, to)], to)
    }
    expect(collected.flows.map(({ slice, opened }) => [slice, opened - NOW])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ])
    expect(new Set(collected.flows.map(ends)).size).toBe(1)
  })

  it('waits five seconds for its other direction, as long as nothing else comes', () => {
    const collected = give(collect(), [there])
    collected.collector.advance(NOW + 4)
    expect(collected.flows).toEqual([])
    collected.collector.advance(NOW + 5)
    expect(collected.flows).toMatchObject([{ reverse: { packets: 0 }, connState: 'SH' }])
    give(collected, [back], NOW + 6)
    collected.collector.advance(NOW + 20)
    expect(collected.flows[1]).toMatchObject({
      slice: 1,
      forward: { packets: 0 },
      reverse: { packets: 4 },
      connState: 'SF',
    })
  })

  it('is another after a close and a SYN, or after silence', () => {
    const collected = give(collect(), [there, back])
    give(
      collected,
      [
        { ...there, first: NOW, last: NOW + 1 },
        { ...back, first: NOW + 0.1, last: NOW + 1 },
      ],
      NOW + 2,
    )
    expect(collected.flows.map(({ slice }) => slice)).toEqual([0, 0])
    const udp = { ...there, protocol: 17, flags: 0 }
    const silent = give(collect(), [udp, { ...udp, first: NOW + 30, last: NOW + 31 }]).end()
    expect(silent.flows.map(({ slice, forward }) => [slice, forward.packets])).toEqual([
      [0, 5],
      [0, 5],
    ])
  })

  it('told twice in the same words counts once', () => {
    const collected = give(collect(), [there, there, back, back, there])
    expect(collected.end().flows).toHaveLength(1)
    expect(collected.flows[0]).toMatchObject({ forward: { packets: 5 }, reverse: { packets: 4 } })
    expect(collected.count('duplicates-dropped')).toBe(3)
  })

  it('is of one exporter', () => {
    const collected = give(collect(), [there])
    give(collected, [back], NOW, '192.0.2.2')
    expect(collected.end().flows).toHaveLength(2)
  })
})

describe('the state of a TCP connection', () => {
  const S = 0x02
  const SA = 0x12
  const RA = 0x14
  it.each([
    ['S0', S, null],
    ['REJ', S, RA],
    ['S1', 0x1a, 0x1a],
    ['SF', 0x1b, 0x1b],
    ['RSTO', 0x1e, 0x1a],
    ['RSTR', 0x1a, 0x1e],
    ['S2', 0x1b, SA],
    ['OTH', 0x18, 0x18],
    ['S0', 0, null],
    ['SF', 0, 0],
  ] as const)('is %s', (state, forward, reverse) => {
    const flows = [{ ...there, flags: forward }, ...(reverse === null ? [] : [{ ...back, flags: reverse }])]
    const [flow] = give(collect(), flows).end().flows
    expect(flow!.connState).toBe(state)
    expect(flow!.forward.syn).toBe((forward & S) === 0 ? 0 : forward === S ? 5 : 1)
  })
})

describe('bounds', () => {
  it('end the longest silent connection early at the cap, and say so', () => {
    const collected = collect({ cap: 4 })
    for (let port = 1; port <= 8; port++) give(collected, [{ ...there, srcPort: port }])
    expect(collected.flows.map(({ srcPort }) => srcPort)).toEqual([1, 2, 3, 4])
    expect(collected.count('waiting-evicted')).toBe(4)
    expect(collected.end().flows).toHaveLength(8)
  })

  it('let no exporter in beyond the cap, until one has been silent for a quarter of an hour', () => {
    const collected = collect()
    for (let i = 0; i < 300; i++) give(collected, [there], NOW + i / 1000, `192.0.${i >>> 8}.${i & 255}`)
    expect([collected.count('exporters'), collected.count('too-many-exporters')]).toEqual([256, 44])
    give(collected, [there], NOW + 1000, '192.0.9.9')
    expect([collected.count('exporters'), collected.count('exporters-forgotten')]).toEqual([256, 1])
  })

  it('listen only to those allowed', () => {
    const collected = collect({ allows: (address) => address === '192.0.2.1' })
    give(give(collected, [there]), [there], NOW, '192.0.2.2')
    expect([collected.count('records'), collected.count('exporter-not-allowed')]).toEqual([1, 1])
  })
})

describe('whatever is told, in whatever order', () => {
  it('every packet and byte is in one flow, and every flow is sane', () => {
    const order = fc
      .integer({ min: 0, max: 1e6 })
      .chain((seed) =>
        fc.tuple(
          fc.constant(seed),
          fc.shuffledSubarray([...Array(40).keys()], { minLength: 40 }),
          fc.constantFrom(4, 16, 1024),
        ),
      )
    fc.assert(
      fc.property(order, ([seed, places, cap]) => {
        const flows = conversations(seed, 20).flat()
        const collected = collect({ cap })
        for (const [i, place] of places.entries()) give(collected, [flows[place]!], NOW + i)
        collected.end()
        const sum = (of: (flow: ExportedFlow) => number): number => flows.reduce((total, flow) => total + of(flow), 0)
        expect(collected.collector.packets).toBe(sum(({ packets }) => packets))
        expect(collected.collector.bytes).toBe(sum(({ bytes }) => bytes))
        expect(collected.flows.every(isSane)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})
