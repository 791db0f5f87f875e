import { describe, expect, it } from 'vitest'
import { arp, ETHER, ethernet, hex, icmp, ipv4, ipv6, tcp, tcpFlags, udp } from '../../test/packets.ts'
import { decodeOne, rowOf } from './decode.case.ts'
import { createDecoder } from './decoder.ts'

/** A SYN as a Linux host sends it, Ethernet II to TCP options. */
const SYN = hex(`
  00 1b 21 3c 9d f8 00 0c 29 4f 8e 35 08 00
  45 00 00 3c 1c 46 40 00 40 06 b1 e6 c0 a8 00 68 c0 a8 00 01
  d4 31 00 50 2d 3f 3a 0e 00 00 00 00 a0 02 fa f0 5c 1b 00 00
  02 04 05 b4 04 02 08 0a 9a 3b 1c 2d 00 00 00 00 01 03 03 07`)

describe('createDecoder', () => {
  it('reads a SYN from the link to the options', () => {
    expect(decodeOne(SYN).row).toEqual({
      time: 1.5,
      frame: 1,
      src: '192.168.0.104',
      dst: '192.168.0.1',
      protocol: 6,
      srcPort: 54321,
      dstPort: 80,
      identifier: 0,
      flags: tcpFlags('S'),
      fragment: 0,
      length: 60,
      payload: [],
      payloadLength: 0,
      ttl: 64,
      vlan: 0,
      tunnel: null,
      srcMac: '00:0c:29:4f:8e:35',
      dstMac: '00:1b:21:3c:9d:f8',
    })
  })

  it('finds the payload, and leaves the padding of a short frame out of it', () => {
    const padded = new Uint8Array([...ethernet(ipv4(tcp([7, 8], { flags: 'PA' }))), 0, 0, 0, 0])
    expect(decodeOne(padded).row).toMatchObject({ payload: [7, 8], payloadLength: 2, length: 42 })
  })

  it('takes lengths from the headers when the capture is cut short, and counts what is cut inside a header', () => {
    const frame = ethernet(ipv4(udp(new Uint8Array(100), { src: 1, dst: 2 }), { protocol: 17 }))
    const snapped = decodeOne(frame.subarray(0, 60), { length: frame.length })
    expect(snapped.row).toMatchObject({ length: 128, payloadLength: 100, srcPort: 1, dstPort: 2 })
    expect(snapped.row?.payload).toHaveLength(18)
    expect(decodeOne(frame.subarray(0, 41))).toEqual({ row: null, reasons: { 'truncated-udp': 1 } })
    expect(decodeOne(frame.subarray(0, 33))).toEqual({ row: null, reasons: { 'truncated-ipv4': 1 } })
    expect(decodeOne(frame.subarray(0, 13))).toEqual({ row: null, reasons: { 'truncated-ethernet': 1 } })
  })

  it('keeps nothing of a frame it gives up for the next one', () => {
    const decoder = createDecoder()
    const bad = ethernet(ipv4(tcp()).subarray(0, 30), { vlans: [7] })
    const good = ipv4(udp(), { protocol: 17 })
    decoder.decode(bad, 0, bad.length, bad.length, 1, 1)
    decoder.decode(good, 0, good.length, good.length, 2, 101)
    expect(decoder.batch.count).toBe(1)
    expect(rowOf(decoder)).toMatchObject({ frame: 2, vlan: 0, srcMac: null, dstMac: null, flags: 0 })
  })

  it('says when the batch is full, and starts over after clear', () => {
    const decoder = createDecoder()
    const { capacity } = decoder.batch
    const decode = () => decoder.decode(SYN, 0, SYN.length, SYN.length, 1, 1)
    for (let i = 1; i < capacity; i++) expect(decode()).toBe(false)
    expect(decode()).toBe(true)
    decoder.clear()
    expect(decode()).toBe(false)
    expect(decoder.batch.count).toBe(1)
    expect(rowOf(decoder).frame).toBe(capacity + 1)
  })

  it('counts headers nested too deep', () => {
    const tagged = (depth: number) => ethernet(ipv4(tcp()), { vlans: Array.from({ length: depth }, () => 5) })
    expect(decodeOne(tagged(12)).row).toMatchObject({ vlan: 5, dstPort: 80 })
    expect(decodeOne(tagged(32))).toEqual({ row: null, reasons: { 'too-deep': 1 } })
  })

  it('names no more numbered reasons than it can hold', () => {
    const decoder = createDecoder()
    for (let link = 1000; link < 1100; link++) decoder.decode(SYN, 0, SYN.length, SYN.length, 1, link)
    const reasons = decoder.counters()
    expect(Object.keys(reasons)).toHaveLength(65)
    expect(reasons).toMatchObject({ 'unknown-link-type-1000': 1, 'unknown-link-type-other': 36 })
  })
})

describe('link layers', () => {
  const inner = ipv4(udp([1], { src: 5, dst: 6 }), { protocol: 17 })
  const six = ipv6(udp([1], { src: 5, dst: 6 }), { next: 17 })
  const sll = (protocol: string) => hex(`0000 0001 0006 0011 2233 4455 0000 ${protocol}`)
  const sll2 = (protocol: string) => hex(`${protocol} 0000 00000002 0001 04 06 001122334455 0000`)
  const frame = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]))

  it.each([
    ['raw IPv4', 101, inner, '10.0.0.1'],
    ['raw IPv6', 12, six, '2001:db8::1'],
    ['IPv4 by link type', 228, inner, '10.0.0.1'],
    ['IPv6 by link type', 229, six, '2001:db8::1'],
    ['loopback, little-endian', 0, frame(hex('02000000'), inner), '10.0.0.1'],
    ['loopback, big-endian', 108, frame(hex('00000002'), inner), '10.0.0.1'],
    ['loopback of Darwin, IPv6', 0, frame(hex('1e000000'), six), '2001:db8::1'],
    ['Linux cooked', 113, frame(sll('0800'), inner), '10.0.0.1'],
    ['Linux cooked, IPv6', 113, frame(sll('86dd'), six), '2001:db8::1'],
    ['Linux cooked v2', 276, frame(sll2('0800'), inner), '10.0.0.1'],
    ['VLAN in Linux cooked', 113, frame(sll('8100'), hex('0007 0800'), inner), '10.0.0.1'],
    ['QinQ', 1, ethernet(frame(hex('0003 8100 0004 0800'), inner), { type: ETHER.qinq }), '10.0.0.1'],
    ['802.3 with LLC', 1, ethernet(frame(hex('0606 03'), inner), { type: 3 + inner.length }), '10.0.0.1'],
    ['802.3 with SNAP', 1, ethernet(frame(hex('aaaa 03 000000 0800'), inner), { type: 8 + inner.length }), '10.0.0.1'],
  ])('%s', (_, link, bytes, src) => {
    expect(decodeOne(bytes, { link }).row).toMatchObject({ src, srcPort: 5, dstPort: 6, protocol: 17, payload: [1] })
  })

  it('keeps the outer VLAN and the hardware addresses the link has', () => {
    expect(decodeOne(ethernet(inner, { vlans: [100, 200] })).row).toMatchObject({ vlan: 100 })
    expect(decodeOne(frame(sll('0800'), inner), { link: 113 }).row).toMatchObject({
      srcMac: '00:11:22:33:44:55',
      dstMac: null,
    })
  })

  it.each([
    ['LLDP', 1, ethernet([0], { type: ETHER.lldp }), 'lldp'],
    ['spanning tree', 1, ethernet(hex('4242 03 0000'), { type: 5 }), 'stp'],
    ['another SNAP organisation', 1, ethernet(hex('aaaa 03 00000c 2000'), { type: 8 }), 'snap'],
    ['an EtherType without a name here', 1, ethernet([0], { type: 0x1234 }), 'ethertype-0x1234'],
    ['an LLC of something else', 1, ethernet(hex('8282 03'), { type: 3 }), 'llc-0x82'],
    ['LLC cut', 1, ethernet([6], { type: 3 }), 'truncated-llc'],
    ['SNAP cut', 1, ethernet(hex('aaaa 03 0000'), { type: 8 }), 'truncated-snap'],
    ['a VLAN tag cut', 1, ethernet([0, 1], { type: ETHER.vlan }), 'truncated-vlan'],
    ['a link nobody knows', 147, inner, 'unknown-link-type-147'],
    ['loopback of AppleTalk', 0, hex('10000000 00'), 'loopback-family-16'],
    ['loopback cut', 0, hex('0200'), 'truncated-loopback'],
    ['netlink', 113, hex('0004 0338 0000 0000 0000 0000 0000 0000'), 'netlink'],
    ['Linux cooked CAN', 113, sll('000c'), 'linux-sll-0xc'],
    ['Linux cooked cut', 113, sll('0800').subarray(0, 15), 'truncated-linux-sll'],
    ['Linux cooked v2 cut', 276, sll2('0800').subarray(0, 19), 'truncated-linux-sll2'],
    ['nothing at all', 101, new Uint8Array(0), 'truncated-ip'],
    ['neither version', 101, hex('50'), 'bad-version'],
  ])('%s is counted', (_, link, bytes, reason) => {
    expect(decodeOne(bytes, { link })).toEqual({ row: null, reasons: { [reason]: 1 } })
  })
})

describe('transport', () => {
  it('reads the control bits', () => {
    for (const flags of ['', 'F', 'S', 'R', 'P', 'A', 'U', 'E', 'C', 'FSRPAUEC']) {
      expect(decodeOne(ethernet(ipv4(tcp([], { flags })))).row?.flags).toBe(tcpFlags(flags))
    }
  })

  it('takes a data offset that cannot be as no payload', () => {
    expect(decodeOne(ethernet(ipv4(tcp([1, 2, 3], { dataOffset: 4 })))).row).toMatchObject({ payload: [], dstPort: 80 })
    expect(decodeOne(ethernet(ipv4(tcp([1, 2, 3], { dataOffset: 15 })))).row).toMatchObject({
      payload: [],
      payloadLength: 0,
    })
  })

  it('gives ICMP type and code in place of ports, and the identifier of queries', () => {
    const row = (message: Uint8Array) => decodeOne(ethernet(ipv4(message, { protocol: 1 }))).row
    expect(row(icmp(8, 0, 77, [1, 2]))).toMatchObject({ srcPort: 8, dstPort: 0, identifier: 77, payload: [1, 2] })
    expect(row(icmp(0, 0, 77))).toMatchObject({ srcPort: 0, identifier: 77 })
    expect(row(icmp(3, 1, 77))).toMatchObject({ srcPort: 3, dstPort: 1, identifier: 0 })
    const six = (message: Uint8Array) => decodeOne(ethernet(ipv6(message, { next: 58 }), { type: ETHER.ipv6 })).row
    expect(six(icmp(128, 0, 9))).toMatchObject({ srcPort: 128, identifier: 9, protocol: 58 })
    expect(six(icmp(1, 4, 9))).toMatchObject({ srcPort: 1, dstPort: 4, identifier: 0 })
  })

  it('counts headers that end too early', () => {
    const reasons = (protocol: number, length: number) =>
      decodeOne(ethernet(ipv4(new Uint8Array(length), { protocol }))).reasons
    expect(reasons(6, 19)).toEqual({ 'truncated-tcp': 1 })
    expect(reasons(17, 7)).toEqual({ 'truncated-udp': 1 })
    expect(reasons(1, 3)).toEqual({ 'truncated-icmp': 1 })
    const six = ethernet(ipv6([1, 2, 3], { next: 58 }), { type: ETHER.ipv6 })
    expect(decodeOne(six).reasons).toEqual({ 'truncated-icmp6': 1 })
  })

  it('gives other protocols no ports', () => {
    expect(decodeOne(ethernet(ipv4([1, 2, 3, 4], { protocol: 50 }))).row).toMatchObject({
      protocol: 50,
      srcPort: 0,
      dstPort: 0,
      payload: [1, 2, 3, 4],
    })
  })

  it('gives ARP its opcode, and the addresses it speaks of', () => {
    const fields = { opcode: 2, senderMac: 'aa:00:00:00:00:01', sender: '10.0.0.7', targetMac: 'bb:00:00:00:00:02' }
    expect(decodeOne(ethernet(arp(fields), { type: ETHER.arp })).row).toMatchObject({
      protocol: 0x0806,
      src: '10.0.0.7',
      dst: '10.0.0.2',
      srcPort: 2,
      dstPort: 0,
      length: 28,
      payload: [],
      srcMac: 'aa:00:00:00:00:01',
      dstMac: 'bb:00:00:00:00:02',
    })
    const reasons = (bytes: Uint8Array) => decodeOne(ethernet(bytes, { type: ETHER.arp })).reasons
    expect(reasons(arp().subarray(0, 27))).toEqual({ 'truncated-arp': 1 })
    expect(reasons(arp().subarray(0, 7))).toEqual({ 'truncated-arp': 1 })
    expect(reasons(hex('0006 0800 08 04 0001 00000000'))).toEqual({ 'arp-not-ipv4-over-ethernet': 1 })
  })
})
