import { describe, expect, it } from 'vitest'
import { collect, ends } from '../../../test/exports/collected.ts'
import { conversations, frameOf, NOW, sflow } from '../../../test/exports/datagrams.ts'
import { ipv4, tcp, u32 } from '../../../test/packets.ts'

const [request, reply] = conversations(5, 1)[0]!

describe.each([false, true])('sFlow, expanded samples %s', (expanded) => {
  it('makes one flow of the sampled packets of a connection, each standing for as many as were passed over', () => {
    const packets = [frameOf(request, 100), frameOf(reply, 1500), frameOf(request, 60)]
    const collected = collect()
      .give([sflow(packets, { rate: 512, expanded, counters: 2 })])
      .end()
    expect(collected.flows).toHaveLength(1)
    expect(collected.flows[0]).toMatchObject({
      forward: { packets: 1024, bytes: 160 * 512, lengthMin: 60, lengthMax: 100 },
      reverse: { packets: 512, bytes: 1500 * 512 },
    })
    expect(ends(collected.flows[0]!)).toBe(
      `${request.src}:${request.srcPort} > ${request.dst}:${request.dstPort} ${request.protocol}`,
    )
    expect([collected.count('samples'), collected.count('counter-samples')]).toEqual([3, 2])
  })

  it('is cut anywhere without a throw', () => {
    const datagram = sflow([frameOf(request, 100), frameOf(reply, 1500)], { expanded, counters: 1 })
    for (let length = 0; length < datagram.length; length++) {
      const cut = collect()
        .give([datagram.subarray(0, length)])
        .end()
      expect(cut.count('truncated-datagram') + cut.count('unknown-protocol')).toBe(1)
    }
  })
})

describe('sFlow', () => {
  it('gathers packets for ten seconds, and counts datagrams that never came', () => {
    const collected = collect()
    for (const [second, sequence] of [
      [0, 1],
      [4, 2],
      [9, 5],
      [11, 6],
    ] as const) {
      collected.give([sflow([frameOf(request, 100)], { sequence })], '192.0.2.1', NOW + second)
    }
    expect(collected.flows.map(({ forward }) => forward.packets)).toEqual([3])
    expect(collected.count('lost-datagrams')).toBe(2)
    expect(collected.end().flows.map(({ forward, slice }) => [forward.packets, slice])).toEqual([
      [3, 0],
      [1, 1],
    ])
  })

  it('reads packets without a link layer, and packets told by their addresses', () => {
    const raw = { frame: ipv4(tcp([1, 2]), { src: '10.0.0.1', dst: '10.0.0.2' }), protocol: 11 }
    expect(
      ends(
        collect()
          .give([sflow([raw])])
          .end().flows[0]!,
      ),
    ).toBe('10.0.0.1:40000 > 10.0.0.2:80 6')
    const body = [...u32(64), ...u32(17), 10, 0, 0, 1, 10, 0, 0, 2, ...u32(5353), ...u32(53), ...u32(0), ...u32(0)]
    const sample = [
      ...u32(1),
      ...u32(7),
      ...u32(9),
      ...u32(0),
      ...u32(0),
      ...u32(1),
      ...u32(2),
      ...u32(1),
      ...u32(3),
      ...u32(body.length),
      ...body,
    ]
    const header = [
      ...u32(5),
      ...u32(1),
      192,
      0,
      2,
      7,
      ...u32(0),
      ...u32(1),
      ...u32(1),
      ...u32(1),
      ...u32(1),
      ...u32(sample.length),
    ]
    const [flow] = collect()
      .give([Uint8Array.from([...header, ...sample])])
      .end().flows
    expect(ends(flow!)).toBe('10.0.0.1:5353 > 10.0.0.2:53 17')
    expect(flow!.forward).toMatchObject({ packets: 9, bytes: 576 })
  })

  it('counts what it cannot use', () => {
    const [odd, none] = [
      sflow([{ frame: Uint8Array.from([1, 2, 3]) }]),
      sflow([{ ...frameOf(request, 100), protocol: 7 }]),
    ]
    const collected = collect().give([odd, none])
    expect([collected.count('sample-not-decoded'), collected.count('sample-without-packet')]).toEqual([1, 1])
  })
})
