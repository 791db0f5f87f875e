import { describe, expect, it } from 'vitest'
import { collect, ends } from '../../../test/exports/collected.ts'
import { address, type Field, NOW, VARIABLE, type Value } from '../../../test/exports/datagrams.ts'
import { ENDS, endsOf, message, reply, request } from './messages.case.ts'

describe('information elements', () => {
  it('of either direction make a biflow (RFC 5103), the source being who began', () => {
    const fields: Field[] = [...ENDS, [2, 4], [1, 4], [6, 1], [2, 4, 29305], [1, 4, 29305], [6, 1, 29305], [136, 1]]
    const turned: Field[] = [...fields, [239, 1]]
    const values = [...endsOf(reply), 6, 600, 0x12, 4, 400, 0x02, 3]
    const collected = collect()
      .give([message(fields, [values])])
      .end()
    expect(ends(collected.flows[0]!)).toBe(
      `${reply.src}:${reply.srcPort} > ${reply.dst}:${reply.dstPort} ${reply.protocol}`,
    )
    expect(collected.flows[0]).toMatchObject({ endReason: 'end', forward: { packets: 6 }, reverse: { packets: 4 } })
    const other = collect()
      .give([message(turned, [[...values, 2]])])
      .end()
    expect(ends(other.flows[0]!)).toBe(
      `${request.src}:${request.srcPort} > ${request.dst}:${request.dstPort} ${request.protocol}`,
    )
    expect(other.flows[0]).toMatchObject({ forward: { packets: 4, bytes: 400 }, reverse: { packets: 6, bytes: 600 } })
  })

  it.each([
    [
      'seconds',
      [
        [150, 4],
        [151, 4],
      ],
      [NOW - 9, NOW - 2],
      -9,
      -2,
    ],
    [
      'milliseconds',
      [
        [152, 8],
        [153, 8],
      ],
      [(NOW - 9) * 1000 + 250, (NOW - 2) * 1000],
      -8.75,
      -2,
    ],
    [
      'microseconds as NTP',
      [
        [154, 8],
        [155, 8],
      ],
      [ntp(NOW - 9.5), ntp(NOW - 2)],
      -9.5,
      -2,
    ],
    [
      'nanoseconds as NTP',
      [
        [156, 8],
        [157, 8],
      ],
      [ntp(NOW - 9.5), ntp(NOW - 2)],
      -9.5,
      -2,
    ],
    [
      'microseconds before the export',
      [
        [158, 4],
        [159, 4],
      ],
      [9_500_000, 2_000_000],
      -9.5,
      -2,
    ],
    [
      'a start and a duration',
      [
        [152, 8],
        [161, 4],
      ],
      [(NOW - 9) * 1000, 7000],
      -9,
      -2,
    ],
    [
      'uptimes and the start of the exporter',
      [
        [22, 4],
        [21, 4],
        [160, 8],
      ],
      [1000, 8000, (NOW - 10) * 1000],
      -9,
      -2,
    ],
    ['a moment', [[323, 8]], [(NOW - 2) * 1000], -2, -2],
    ['nothing', [], [], 0, 0],
    [
      'an end before the start',
      [
        [152, 8],
        [153, 8],
      ],
      [(NOW + 5) * 1000, (NOW - 2) * 1000],
      -2,
      -2,
    ],
    [
      'another century',
      [
        [152, 8],
        [153, 8],
      ],
      [1, 2],
      0,
      0,
    ],
  ] as [string, Field[], Value[], number, number][])('tell times in %s', (_, times, values, first, last) => {
    const collected = collect().give([
      message([...ENDS, [2, 4], [1, 4], ...times], [[...endsOf(request), 1, 60, ...values]]),
    ])
    const [flow] = collected.end().flows
    expect(flow!.first - NOW).toBeCloseTo(first, 3)
    expect(flow!.last - NOW).toBeCloseTo(last, 3)
  })

  it('tell ICMP as type and code, in three ways', () => {
    const icmp = (fields: Field[], values: Value[]) => {
      const ports: Value[] = [address('10.0.0.1'), address('10.0.0.2'), 0, values.length === 0 ? 0x0301 : 0, 1, 1, 60]
      return collect()
        .give([message([...ENDS, [2, 4], [1, 4], ...fields], [[...ports, ...values]])])
        .end().flows[0]!
    }
    expect(icmp([], [])).toMatchObject({ srcPort: 3, dstPort: 1 })
    expect(icmp([[32, 2]], [0x0b00])).toMatchObject({ srcPort: 11, dstPort: 0 })
    expect(
      icmp(
        [
          [176, 1],
          [177, 1],
        ],
        [8, 0],
      ),
    ).toMatchObject({ srcPort: 8, dstPort: 0 })
  })

  it('of any length and enterprise are passed over', () => {
    const odd: Field[] = [
      [82, VARIABLE],
      [999, 3, 4711],
      [1, 0],
      [96, VARIABLE],
      [315, 0, 9],
    ]
    const fields = [...odd, ...ENDS, [2, 8], [1, 3]] as Field[]
    const before: Value[] = [new Uint8Array(300), [1, 2, 3], 0, [65, 66], []]
    const records = [request, reply].map((flow) => [...before, ...endsOf(flow), 3, 900])
    const collected = collect()
      .give([message(fields, records)])
      .end()
    expect(collected.flows[0]).toMatchObject({ forward: { packets: 3, bytes: 900 }, reverse: { packets: 3 } })
  })

  it('tell MAC, VLAN, TTL and lengths', () => {
    const fields: Field[] = [...ENDS, [2, 4], [1, 4], [56, 6], [80, 6], [58, 2], [192, 1], [25, 2], [26, 2]]
    const values = [...endsOf(request), 4, 400, 0x0200_0000_0001, 0x0200_0000_0002, 42, 63, 40, 250]
    expect(
      collect()
        .give([message(fields, [values])])
        .end().flows[0],
    ).toMatchObject({
      ...{ srcMac: 0x0200_0000_0001, dstMac: 0x0200_0000_0002, vlan: 42, ttl: 63 },
      forward: { lengthMin: 40, lengthMax: 250, lengthMean: 100 },
    })
  })

  it('of a flow that has neither packets nor addresses make none', () => {
    const none = collect().give([
      message([...ENDS, [2, 4]], [[...endsOf(request), 0]]),
      message(
        [
          [8, 4],
          [2, 4],
        ],
        [[1, 1]],
      ),
    ])
    expect([none.end().flows.length, none.count('no-packets'), none.count('no-addresses')]).toEqual([0, 1, 1])
  })
})

/** A time as NTP has it. */
function ntp(time: number): bigint {
  return (BigInt(Math.floor(time) + 2_208_988_800) << 32n) | BigInt(Math.round((time % 1) * 2 ** 32))
}
