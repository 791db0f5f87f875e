import { describe, expect, it } from 'vitest'
import { InputError } from '../types/errors.ts'
import { batchOf, connection, endsOf, flowsOf, type Row, tableOf } from './rows.case.ts'

const QUERY: Row = { protocol: 'udp', src: '10.0.0.9', dst: '10.0.0.2', srcPort: 5000, dstPort: 53 }
const ANSWER: Row = { protocol: 'udp', src: '10.0.0.2', dst: '10.0.0.9', srcPort: 53, dstPort: 5000 }

describe('a biflow', () => {
  it('has lengths, gaps and flags of each direction', () => {
    const lengths = [60, 100, 60, 1500]
    const forward = [0, 0.5, 1.5, 4].map((time, i) => ({ time, length: lengths[i]!, payload: i, flags: 'PA' }))
    const rows: Row[] = [
      ...forward.map((row) => ({ ...row, srcPort: 1, dstPort: 2 })),
      { time: 2, src: '10.0.0.2', dst: '10.0.0.1', srcPort: 2, dstPort: 1, length: 40, flags: 'FSRUEC' },
    ].sort((a, b) => a.time - b.time)
    const [flow, ...more] = flowsOf(rows)
    expect(more).toEqual([])
    expect(flow?.forward).toMatchObject({
      packets: 4,
      bytes: 1720,
      payload: 6,
      lengthMin: 60,
      lengthMax: 1500,
      lengthMean: 430,
      gapMin: 0.5,
      gapMax: 2.5,
      psh: 4,
      ack: 4,
      syn: 0,
    })
    expect(flow?.forward.lengthDeviation).toBeCloseTo(Math.sqrt((2 * 370 ** 2 + 330 ** 2 + 1070 ** 2) / 4), 9)
    expect(flow?.forward.gapMean).toBeCloseTo(4 / 3, 12)
    expect(flow?.forward.gapDeviation).toBeCloseTo(Math.sqrt((0.25 + 1 + 6.25) / 3 - 16 / 9), 9)
    expect(flow?.reverse).toMatchObject({
      ...{ packets: 1, bytes: 40, lengthMin: 40, lengthMax: 40, lengthMean: 40, lengthDeviation: 0 },
      ...{ gapMin: 0, gapMax: 0, gapMean: 0, gapDeviation: 0 },
      ...{ fin: 1, syn: 1, rst: 1, psh: 0, ack: 0, urg: 1, ece: 1, cwr: 1 },
    })
    expect(flow).toMatchObject({ first: 0, last: 4, opened: 0, slice: 0, frame: 1, id: 1 })
  })

  it('has a direction without packets at 0 in everything', () => {
    expect(Object.values(flowsOf([QUERY])[0]!.reverse).every((value) => value === 0)).toBe(true)
  })

  it('keeps exact microseconds', () => {
    const time = 1_700_000_000.000001
    const gaps = flowsOf([0, 1e-6, 4e-6].map((gap) => ({ ...QUERY, time: time + gap })))[0]?.forward
    expect(gaps).toMatchObject({ gapMin: 1e-6, gapMax: 3e-6, gapMean: 2e-6 })
  })

  it('joins both directions, whoever has the larger address, and keeps the first sender as originator', () => {
    expect(flowsOf([QUERY, ANSWER]).map(endsOf)).toEqual(['10.0.0.9:5000 > 10.0.0.2:53'])
    expect(flowsOf([ANSWER, QUERY]).map(endsOf)).toEqual(['10.0.0.2:53 > 10.0.0.9:5000'])
    const self = { protocol: 'udp', src: '10.0.0.1', dst: '10.0.0.1' } as const
    const [flow] = flowsOf([
      { ...self, srcPort: 9, dstPort: 4 },
      { ...self, srcPort: 4, dstPort: 9 },
    ])
    expect(flow).toMatchObject({ srcPort: 9, dstPort: 4, forward: { packets: 1 }, reverse: { packets: 1 } })
  })

  it('takes whoever sends a SYN-ACK first for the responder', () => {
    const [flow] = flowsOf(connection(['< SA', '> A', '> PA 5'], { srcMac: 1, dstMac: 2 }))
    expect(endsOf(flow!)).toBe('10.0.0.1:40000 > 10.0.0.2:80')
    expect(flow).toMatchObject({ forward: { packets: 2 }, reverse: { packets: 1, syn: 1 }, srcMac: 2, dstMac: 1 })
  })

  it('leaves the middle of a connection as it was found, but knows its service', () => {
    const [flow] = flowsOf(connection(['< A', '> A']))
    expect(endsOf(flow!)).toBe('10.0.0.2:80 > 10.0.0.1:40000')
    expect(flow?.service).toBe('http')
    expect(flowsOf(connection(['> S'], { srcPort: 80, dstPort: 9999 }))[0]?.service).toBe('')
    expect(flowsOf([QUERY])[0]?.service).toBe('dns')
  })

  it('has what its first packet says of link and hop limit, and does not care for the VLAN', () => {
    const rows = [
      { ...QUERY, vlan: 5, ttl: 63, srcMac: 0x0200_0000_0001, dstMac: 0xfeff_ffff_fffe },
      { ...ANSWER, vlan: 6, ttl: 1, srcMac: 7, dstMac: 8 },
    ]
    expect(flowsOf(rows)).toMatchObject([{ vlan: 5, ttl: 63, srcMac: 0x0200_0000_0001, dstMac: 0xfeff_ffff_fffe }])
  })

  it('tells protocols, ports and both families apart', () => {
    const rows: Row[] = [
      QUERY,
      { ...QUERY, protocol: 'tcp' },
      { ...QUERY, dstPort: 54 },
      { ...QUERY, srcPort: 5001 },
      { ...QUERY, src: '::a00:9', dst: '::a00:2' },
      { ...QUERY, src: '2001:db8::1', dst: '2001:db8::2' },
      { ...QUERY, src: '2001:db8:0:1::1', dst: '2001:db8::2' },
      { ...QUERY, protocol: 'sctp', srcPort: 0, dstPort: 0 },
    ]
    const flows = flowsOf([...rows, ...rows])
    expect(flows).toHaveLength(rows.length)
    expect(flows.every(({ forward }) => forward.packets === 2)).toBe(true)
  })

  it('joins a later fragment whose ports are known, without believing it has flags', () => {
    const rows = [...connection(['> S', '< SA', '> A']), ...connection(['> FR 100'], { laterFragment: true, time: 1 })]
    expect(flowsOf(rows)).toMatchObject([{ connState: 'S1', forward: { packets: 3 } }])
  })
})

describe('ICMP', () => {
  const ping = (type: number, identifier: number, reply = false): Row => ({
    ...{ protocol: 'icmp', srcPort: type, identifier, src: '10.0.0.1', dst: '10.0.0.2' },
    ...(reply && { src: '10.0.0.2', dst: '10.0.0.1' }),
  })

  it('joins echo and reply by their identifier', () => {
    const flows = flowsOf([ping(8, 1), ping(0, 1, true), ping(8, 2), ping(8, 1), ping(0, 2, true)])
    expect(flows).toMatchObject([
      { srcPort: 8, dstPort: 0, connState: 'SF', forward: { packets: 2 }, reverse: { packets: 1 } },
      { srcPort: 8, dstPort: 0, connState: 'SF', forward: { packets: 1 }, reverse: { packets: 1 } },
    ])
  })

  it.each([
    ['icmp', 8, 0],
    ['icmp', 13, 14],
    ['icmp', 15, 16],
    ['icmp', 17, 18],
    ['icmp6', 128, 129],
  ] as const)('joins %s %i and %i, and says which came first', (protocol, query, reply) => {
    const rows = [
      { ...ping(query, 7), protocol },
      { ...ping(reply, 7, true), protocol },
    ]
    expect(flowsOf(rows).map(({ srcPort }) => srcPort)).toEqual([query])
    expect(flowsOf(rows.reverse()).map(({ srcPort }) => srcPort)).toEqual([reply])
  })

  it('leaves errors one-way', () => {
    const there: Row = { protocol: 'icmp', srcPort: 3, dstPort: 1 }
    const back: Row = { ...there, src: '10.0.0.2', dst: '10.0.0.1' }
    const flows = flowsOf([there, back, there])
    expect(flows).toMatchObject([
      { srcPort: 3, dstPort: 1, connState: 'S0', forward: { packets: 2 } },
      { srcPort: 3, dstPort: 1, connState: 'S0', forward: { packets: 1 } },
    ])
    expect(flows.map(endsOf)).toEqual(['10.0.0.1:3 > 10.0.0.2:1', '10.0.0.2:3 > 10.0.0.1:1'])
  })
})

describe('ARP', () => {
  const request: Row = { protocol: 'arp', srcPort: 1, src: '10.0.0.1', dst: '10.0.0.2', srcMac: 0xaa, length: 28 }
  const reply: Row = { protocol: 'arp', srcPort: 2, src: '10.0.0.2', dst: '10.0.0.1', srcMac: 0xbb, dstMac: 0xaa }

  it('joins request and reply, and learns the address of the target', () => {
    expect(flowsOf([request, { ...reply, time: 0.1 }])).toMatchObject([
      { protocol: 0x0806, srcPort: 1, dstPort: 0, ttl: 0, srcMac: 0xaa, dstMac: 0xbb, connState: 'SF' },
    ])
  })

  it('reports another claim to an address as a flow of its own', () => {
    const forged = { ...reply, srcMac: 0x0200_0000_00cc, time: 0.2 }
    const flows = flowsOf([request, reply, forged, { ...forged, time: 0.3 }])
    expect(flows).toMatchObject([
      { srcPort: 1, srcMac: 0xaa, dstMac: 0xbb, reverse: { packets: 1 } },
      { srcPort: 2, srcMac: 0x0200_0000_00cc, forward: { packets: 2 } },
    ])
    expect(flowsOf([forged, { ...forged, srcMac: 0xbb }])).toHaveLength(2)
  })
})

describe('the end of a flow', () => {
  const at = (row: Row, ...times: number[]): Row[] => times.map((time) => ({ ...row, time }))

  it.each([
    ['UDP', QUERY, 15, {}],
    ['ICMP', { protocol: 'icmp', srcPort: 8 }, 15, {}],
    ['ARP', { protocol: 'arp', srcPort: 1 }, 15, {}],
    ['another protocol', { protocol: 'gre' }, 15, {}],
    ['TCP nobody answers', { flags: 'S', srcPort: 1, dstPort: 2 }, 10, {}],
    ['UDP, configured', QUERY, 4, { idleOther: 4 }],
    ['TCP nobody answers, configured', { flags: 'S' }, 3, { halfOpen: 3 }],
  ] as [string, Row, number, object][])('%s: silence of %s', (_, row, seconds, options) => {
    const limits = { firstSlice: 60, ...options }
    expect(flowsOf(at(row, 100, 100 + seconds), limits)).toHaveLength(1)
    expect(flowsOf(at(row, 100, 100 + seconds + 0.001), limits)).toMatchObject([
      { endReason: 'idle' },
      { endReason: 'forced' },
    ])
  })

  it('TCP that was answered: silence of 60 seconds', () => {
    const open = connection(['> S', '< SA'])
    const rest = (time: number) => connection(['> A'], { time })
    expect(flowsOf([...open, ...rest(60.1)], { active: 1000, firstSlice: 1000 })).toHaveLength(1)
    expect(flowsOf([...open, ...rest(60.2)], { active: 1000, firstSlice: 1000 })).toMatchObject([
      { endReason: 'idle', last: 0.1 },
      { endReason: 'forced', first: 60.2, connState: 'OTH' },
    ])
  })

  it('is noticed within a second of other packets, or of being told the time', () => {
    const { table, flows } = tableOf()
    table.add(batchOf([QUERY]))
    table.add(batchOf([{ src: '10.9.9.9', time: 14.9 }]))
    expect(flows).toHaveLength(0)
    table.add(batchOf([{ src: '10.9.9.9', time: 16 }]))
    expect(flows).toMatchObject([{ endReason: 'idle', srcPort: 5000 }])
    table.advance(27)
    expect(flows).toHaveLength(2)
    expect(table.size).toBe(0)
  })

  it('comes two seconds after the close; what trails behind still joins', () => {
    const closed = connection(['> S', '< SA', '> FA', '< FA', '> A'])
    const late = (time: number) => connection(['< A'], { time })
    expect(flowsOf([...closed, ...late(2.3)])).toMatchObject([
      { endReason: 'end', connState: 'SF', reverse: { packets: 3 } },
    ])
    expect(flowsOf([...closed, ...late(2.5)])).toMatchObject([{ endReason: 'end' }, { connState: 'OTH' }])
    const { table, flows } = tableOf()
    table.add(batchOf(closed))
    table.advance(3)
    expect(flows).toMatchObject([{ endReason: 'end', last: 0.4 }])
  })

  it('comes at once when a closed connection is opened anew', () => {
    const rows = connection(['> S', '< RA', '> S', '< RA', '> S', '< RA'])
    expect(flowsOf(rows).map(({ connState, endReason, first }) => [connState, endReason, first])).toEqual([
      ['REJ', 'end', 0],
      ['REJ', 'end', 0.2],
      ['REJ', 'end', 0.4],
    ])
  })

  it('cuts what lasts into slices that keep direction and opening', () => {
    const forth = connection(['> S', '< SA', '> A'], { time: 50 })
    const replies = Array.from({ length: 14 }, (_, i) => connection(['< PA 9'], { time: 60 + 10 * i })).flat()
    const flows = flowsOf([...forth, ...replies], { active: 60, firstSlice: 60 })
    expect(flows.map(({ slice, first, opened, endReason }) => [slice, first, opened, endReason])).toEqual([
      [0, 50, 50, 'active'],
      [1, 110, 50, 'active'],
      [2, 170, 50, 'forced'],
    ])
    expect(flows.every((flow) => endsOf(flow) === '10.0.0.1:40000 > 10.0.0.2:80')).toBe(true)
    expect(flows.map(({ reverse }) => reverse.packets)).toEqual([6, 6, 3])
    expect(flows.map(({ frame }) => frame)).toEqual([1, 9, 15])
  })

  it('cuts the first slice short, so that what lasts is told of early', () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ ...QUERY, time: i * 3 }))
    expect(flowsOf(rows).map(({ first }) => first)).toEqual([0, 12, 72])
  })
})

describe('at the cap', () => {
  const half = (host: number, time: number): Row => ({ src: `10.1.0.${host}`, dst: '10.0.0.2', flags: 'S', time })
  const open = (host: number, time: number): Row[] =>
    connection(['> S', '< SA'], { src: `10.2.0.${host}`, dst: '10.0.0.2', time })
  const source = (flow: { address: Int32Array }) => flow.address[3]! & 0xffffff

  it('the longest silent flow nobody answered goes first, answered ones last', () => {
    const { table, flows } = tableOf({ cap: 4 })
    table.add(batchOf([...open(1, 0), half(1, 1), half(2, 2), ...open(2, 2.5)]))
    table.add(batchOf([half(1, 3), half(3, 4)]))
    expect(flows.map(source)).toEqual([0x010002])
    table.add(batchOf([half(4, 5), half(5, 6), ...open(3, 7), ...open(4, 8)]))
    expect(flows.map(source)).toEqual([0x010002, 0x010001, 0x010003, 0x010004, 0x010005])
    table.add(batchOf([half(6, 9)]))
    expect(flows.at(-1)).toMatchObject({ endReason: 'evicted', connState: 'S1' })
    expect(source(flows.at(-1)!)).toBe(0x020001)
    expect(table.counters()).toMatchObject({ evicted: 6, 'evicted-answered': 1, open: 4 })
  })

  it('what is closed goes before what is open, and was not evicted', () => {
    const { table, flows } = tableOf({ cap: 2 })
    table.add(batchOf([...open(1, 0), ...connection(['> S', '< RA'], { time: 1 }), ...open(2, 1.5)]))
    expect(flows).toMatchObject([{ connState: 'REJ', endReason: 'end' }])
    expect(table.counters()).toMatchObject({ evicted: 0 })
  })

  it.each([1, 2, 3, 16])('of %i it holds no more, and loses no packet', (cap) => {
    const { table, flows } = tableOf({ cap })
    for (let i = 0; i < 50; i++) {
      table.add(
        batchOf(Array.from({ length: 20 }, (_, j) => ({ ...QUERY, srcPort: (i * 7 + j * 3) % 40, time: i / 10 }))),
      )
      expect(table.size).toBeLessThanOrEqual(cap)
    }
    table.flush()
    expect(flows.reduce((sum, { forward, reverse }) => sum + forward.packets + reverse.packets, 0)).toBe(1000)
  })
})

describe('options', () => {
  it.each([
    [{ cap: 0 }, /flows\.cap: 0/],
    [{ cap: 1.5 }, /flows\.cap/],
    [{ idleTcp: 0 }, /flows\.idleTcp: 0/],
    [{ active: Number.NaN }, /flows\.active/],
    [{ halfOpen: 100_000 }, /flows\.halfOpen/],
  ])('%o is refused', (options, message) => {
    expect(() => tableOf(options)).toThrow(InputError)
    expect(() => tableOf(options)).toThrow(message)
  })
})
