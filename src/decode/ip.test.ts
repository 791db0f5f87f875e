import { describe, expect, it } from 'vitest'
import { bytes, ETHER, ethernet, ipv4, ipv6, tcp, udp } from '../../test/packets.ts'
import { decodeOne, rowOf } from './decode.case.ts'
import { createDecoder } from './decoder.ts'

const over4 = (packet: Uint8Array) => decodeOne(ethernet(packet))
const over6 = (packet: Uint8Array) => decodeOne(ethernet(packet, { type: ETHER.ipv6 }))

describe('IPv4', () => {
  it('skips options', () => {
    const packet = ipv4(tcp([9]), { options: [1, 1, 1, 1, 0, 0, 0, 0], ttl: 3 })
    expect(over4(packet).row).toMatchObject({ dstPort: 80, payload: [9], ttl: 3, length: 49 })
  })

  it('takes a length of 0 as offloaded: all that was on the wire', () => {
    expect(over4(ipv4(tcp([1, 2, 3]), { length: 0 })).row).toMatchObject({ length: 43, payload: [1, 2, 3] })
  })

  it('believes a stated length beyond the frame, but gives no bytes that are not there', () => {
    expect(over4(ipv4(tcp([1, 2]), { length: 1500 })).row).toMatchObject({
      length: 1500,
      payloadLength: 1460,
      payload: [1, 2],
    })
  })

  it('counts what cannot be', () => {
    expect(over4(ipv4(tcp(), { length: 19 })).reasons).toEqual({ 'bad-ipv4-length': 1 })
    const short = ipv4(tcp())
    short[0] = 0x44
    expect(over4(short).reasons).toEqual({ 'bad-ipv4-header-length': 1 })
    short[0] = 0x65
    expect(over4(short).reasons).toEqual({ 'bad-version': 1 })
    short[0] = 0x4f
    expect(over4(short.subarray(0, 40)).reasons).toEqual({ 'truncated-ipv4': 1 })
  })
})

describe('IPv6', () => {
  const options = (next: number, units = 0) => bytes([next, units], new Uint8Array(6 + 8 * units))
  const fragment = (next: number, offset: number, more = 0) =>
    bytes([next, 0, offset >>> 8, (offset & 0xf8) | more, 0, 0, 0, 5])

  it('finds the transport behind extension headers', () => {
    const chain = bytes(
      options(43, 2),
      options(60),
      bytes([51, 0], new Uint8Array(6)),
      bytes([17, 4], new Uint8Array(22)),
    )
    expect(over6(ipv6(bytes(chain, udp([8], { src: 1, dst: 2 })), { next: 0 })).row).toMatchObject({
      protocol: 17,
      srcPort: 1,
      dstPort: 2,
      payload: [8],
    })
  })

  it('takes a length of 0 as all that was on the wire', () => {
    expect(over6(ipv6(tcp([1]), { length: 0 })).row).toMatchObject({ length: 61, payload: [1] })
  })

  it('caps the chain, and counts one that is cut', () => {
    const chain = bytes(...Array.from({ length: 64 }, () => options(60)))
    expect(over6(ipv6(chain, { next: 60 })).reasons).toEqual({ 'too-deep': 1 })
    expect(over6(ipv6([6, 0, 0], { next: 60 })).reasons).toEqual({ 'truncated-ipv6-extension': 1 })
    expect(over6(ipv6(options(6, 200).subarray(0, 8), { next: 60 })).reasons).toEqual({ 'truncated-tcp': 1 })
    expect(over6(ipv6([]).subarray(0, 39)).reasons).toEqual({ 'truncated-ipv6': 1 })
  })

  it('marks fragments; an atomic one is whole', () => {
    const first = ipv6(bytes(fragment(17, 0, 1), udp([1], { src: 7, dst: 8 })), { next: 44 })
    expect(over6(first).row).toMatchObject({ fragment: 1, srcPort: 7, protocol: 17 })
    expect(over6(ipv6(bytes(fragment(17, 8), [1, 2]), { next: 44 })).row).toMatchObject({ fragment: 2, srcPort: 0 })
    expect(over6(ipv6(bytes(fragment(6, 0), tcp()), { next: 44 })).row).toMatchObject({ fragment: 0, dstPort: 80 })
  })

  it('knows a packet with nothing in it', () => {
    expect(over6(ipv6([], { next: 59 })).row).toMatchObject({ protocol: 59, payload: [] })
  })
})

describe('fragments', () => {
  const first = ipv4(udp(new Uint8Array(16), { src: 1000, dst: 2000 }), { protocol: 17, id: 9, moreFragments: true })
  const later = (fields = {}) => ipv4([1, 2, 3], { protocol: 17, id: 9, offset: 24, ...fields })

  function decode(...packets: [Uint8Array, time?: number][]) {
    const decoder = createDecoder()
    for (const [packet, time = 1] of packets) {
      // The batch's buffer differs from frame to frame here, so only headers are looked at afterwards.
      decoder.decode(ethernet(packet), 0, packet.length + 14, packet.length + 14, time, 1)
    }
    return packets.map((_, row) => rowOf(decoder, row))
  }

  it('give later fragments the ports of the first', () => {
    const [, second, third] = decode([first], [later({ moreFragments: true })], [later({ offset: 48 })])
    expect(second).toMatchObject({ fragment: 3, srcPort: 1000, dstPort: 2000, payloadLength: 3 })
    expect(third).toMatchObject({ fragment: 2, srcPort: 1000, dstPort: 2000 })
  })

  it.each([
    ['comes alone', [[later()]]],
    ['is of another datagram', [[first], [later({ id: 10 })]]],
    ['is of another protocol', [[first], [later({ protocol: 6 })]]],
    ['is of another pair', [[first], [later({ src: '10.0.0.3' })]]],
    ['comes much later', [[first], [later(), 32]]],
  ] as [string, [Uint8Array, number?][]][])('but not when the later one %s', (_, packets) => {
    expect(decode(...packets).find(({ fragment }) => fragment === 2)).toMatchObject({ srcPort: 0, dstPort: 0 })
  })

  it('give theirs to those of the same batch that came before them, but not to those of another', () => {
    expect(decode([later()], [first])[0]).toMatchObject({ fragment: 2, srcPort: 1000, dstPort: 2000 })
    expect(decode([later({ id: 10 })], [first])[0]).toMatchObject({ srcPort: 0, dstPort: 0 })
    const decoder = createDecoder()
    const add = (packet: Uint8Array) => decoder.decode(packet, 0, packet.length, packet.length, 1, 101)
    add(later())
    decoder.clear()
    add(ipv4(tcp()))
    add(first)
    expect(rowOf(decoder, 0)).toMatchObject({ protocol: 6, dstPort: 80 })
  })

  it('that overlap: the newest first fragment tells the ports', () => {
    const other = ipv4(udp(new Uint8Array(16), { src: 3000, dst: 4000 }), { protocol: 17, id: 9, moreFragments: true })
    const [, before, , after] = decode([first], [later()], [other], [later({ offset: 8 })])
    expect([before, after]).toMatchObject([{ dstPort: 2000 }, { dstPort: 4000 }])
  })

  it('in disorder are remembered up to a cap a batch', () => {
    const early = Array.from({ length: 40 }, (_, i): [Uint8Array] => [later({ offset: 24 + 8 * i })])
    expect(decode(...early, [first]).filter(({ dstPort }) => dstPort === 2000)).toHaveLength(33)
  })

  it('keeps the identifier of a fragmented ping', () => {
    const ping = ipv4(bytes([8, 0, 0, 0, 0, 77, 0, 1], new Uint8Array(16)), { protocol: 1, id: 3, moreFragments: true })
    const rest = ipv4([0, 0], { protocol: 1, id: 3, offset: 24 })
    expect(decode([ping], [rest])[1]).toMatchObject({ srcPort: 8, identifier: 77, fragment: 2 })
  })
})
