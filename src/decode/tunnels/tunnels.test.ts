import { describe, expect, it } from 'vitest'
import {
  concat,
  erspan,
  ethernet,
  fragments,
  geneve,
  gre,
  gtpU,
  ipv4,
  ipv6,
  type Layer,
  mpls,
  packet,
  ppp,
  pppoe,
  pptp,
  sctp,
  tcp,
  u8,
  u16,
  udp,
  vlan,
  vxlan,
} from '../../../test/craft/index.ts'
import { decodeTunnelled as decodeOne, rowOf } from '../decode.case.ts'
import { createDecoder } from '../decoder.ts'

const link = ethernet()
const outer = ipv4({ src: '192.0.2.1', dst: '192.0.2.2' })
const outer6 = ipv6({ src: '2001:db8::1', dst: '2001:db8::2' })
const inner = [ipv4({ src: '10.1.0.1', dst: '10.1.0.2', ttl: 9 }), tcp({ srcPort: 4000, dstPort: 443, flags: 'S' })]
const inner6 = [ipv6({ src: 'fd00::1', dst: 'fd00::2' }), tcp({ srcPort: 4000, dstPort: 443, flags: 'S' })]
const to = (dstPort: number): Layer => udp({ srcPort: 50_000, dstPort })
const guest = ethernet({ src: '02:00:00:00:00:0a', dst: '02:00:00:00:00:0b' })

const TUNNELS: [name: string, frame: Uint8Array][] = [
  ['gre', packet(link, outer, gre(), ...inner)],
  ['gre/1', packet(link, outer, gre({ key: 1, sequence: 2 }), ...inner)],
  ['gre', packet(link, outer, gre(), guest, ...inner)],
  ['gre', packet(link, outer, gre(), mpls({ bottom: false }), mpls(), ...inner)],
  ['gre', packet(link, outer, pptp(), ppp(), ...inner)],
  ['erspan', packet(link, outer, gre({ type: 0x88be }), guest, ...inner)],
  ['erspan', packet(link, outer, gre({ type: 0x88be, sequence: 1 }), erspan({ type: 2 }), guest, ...inner)],
  ['erspan', packet(link, outer, gre({ type: 0x22eb, sequence: 1 }), erspan({ type: 3 }), guest, ...inner)],
  [
    'erspan',
    packet(link, outer, gre({ type: 0x22eb, sequence: 1 }), erspan({ type: 3, subheader: true }), guest, ...inner),
  ],
  ['ip-in-ip', packet(link, outer, ...inner)],
  ['vxlan/42', packet(link, outer, to(4789), vxlan(), guest, ...inner)],
  ['vxlan/42', packet(link, vlan({ id: 3 }), outer, to(8472), vxlan(), guest, vlan({ id: 4 }), ...inner)],
  ['geneve/42', packet(link, outer, to(6081), geneve({ words: 3 }), guest, ...inner)],
  ['geneve/42', packet(link, outer, to(6081), geneve({ type: 0x0800 }), ...inner)],
  ['gtp-u/1', packet(link, outer, to(2152), gtpU(), ...inner)],
  ['gtp-u/1', packet(link, outer, to(2152), gtpU({ extension: true }), ...inner)],
]

describe('tunnels', () => {
  it.each(TUNNELS)('%s: what is inside is the packet, its outer ends are kept', (kind, frame) => {
    const { row, reasons, tunnels } = decodeOne(frame)
    const inside = {
      src: '10.1.0.1',
      dst: '10.1.0.2',
      protocol: 6,
      srcPort: 4000,
      dstPort: 443,
      flags: 2,
      ttl: 9,
      length: 40,
    }
    expect(row).toMatchObject({ ...inside, tunnel: `${kind} 192.0.2.1 192.0.2.2` })
    expect([reasons, tunnels]).toEqual([{}, { [kind.split('/')[0]!]: 1 }])
  })

  it('carry IPv6 too', () => {
    const inside = { src: 'fd00::1', dst: 'fd00::2', dstPort: 443 }
    const six = [ipv6({ src: 'fd00::1', dst: 'fd00::2' }), inner6[1]!] as const
    const teredo = packet(link, outer, to(3544), concat(u8(0, 0), u16(0), new Uint8Array(4)), packet(...six))
    expect(decodeOne(packet(link, outer, ...six)).row).toMatchObject({ ...inside, tunnel: '6in4 192.0.2.1 192.0.2.2' })
    expect(decodeOne(packet(link, outer6, ...six)).row).toMatchObject({
      ...inside,
      tunnel: 'ip-in-ip 2001:db8::1 2001:db8::2',
    })
    expect(decodeOne(packet(link, outer6, ...inner)).row?.tunnel).toBe('4in6 2001:db8::1 2001:db8::2')
    expect(decodeOne(teredo).row).toMatchObject({ ...inside, tunnel: 'teredo 192.0.2.1 192.0.2.2' })
  })

  it('show no link address but those inside', () => {
    expect(decodeOne(TUNNELS[0]![1]).row).toMatchObject({ srcMac: null, dstMac: null })
    expect(decodeOne(TUNNELS[10]![1]).row).toMatchObject({ srcMac: '02:00:00:00:00:0a', dstMac: '02:00:00:00:00:0b' })
  })

  it('below IP are no tunnels: MPLS, a pseudowire, PPPoE, PPP', () => {
    const control = new Uint8Array(4)
    for (const frame of [
      packet(link, mpls({ bottom: false }), mpls(), ...inner),
      packet(link, mpls(), control, packet(guest, ...inner)),
      packet(link, pppoe(), ...inner),
      packet(link, vlan({ id: 3 }), pppoe({ length: 60_000 }), ...inner),
    ]) {
      expect(decodeOne(frame).row).toMatchObject({ src: '10.1.0.1', dstPort: 443, length: 40, tunnel: null })
    }
    expect(decodeOne(packet(ppp({ compressed: true }), ...inner), { link: 9 }).row?.src).toBe('10.1.0.1')
    expect(decodeOne(packet(link, pppoe({ protocol: 0xc021 }), new Uint8Array(8))).reasons).toEqual({ 'ppp-0xc021': 1 })
    expect(decodeOne(packet(link, mpls(), u8(0xf0))).reasons).toEqual({ mpls: 1 })
  })

  it('that do not look like one are what they are on', () => {
    const content = packet(guest, ...inner)
    for (const frame of [
      packet(link, outer, to(4789), vxlan({ flags: 0 }), content),
      packet(link, outer, to(4789), vxlan({ flags: 0x0c }), content),
      packet(link, outer, to(4789), vxlan()),
      packet(link, outer, to(6081), geneve({ type: 0x1234 }), content),
      packet(link, outer, to(2152), u8(0x30, 255), u16(60_000), content),
      packet(link, outer, to(2152), gtpU(), u8(0x11), content),
      packet(link, outer, to(3544), new Uint8Array(60)),
    ]) {
      expect(decodeOne(frame)).toMatchObject({ row: { src: '192.0.2.1', srcPort: 50_000, tunnel: null }, tunnels: {} })
    }
  })

  it('whose content cannot be decoded are packets of their carrier, and counted', () => {
    const lldp = ethernet({ type: 0x88cc })
    const found = decodeOne(packet(link, outer, to(4789), vxlan(), lldp, 'neighbour'))
    expect(found.row).toMatchObject({ src: '192.0.2.1', dstPort: 4789, payloadLength: 8 + 14 + 9, tunnel: null })
    expect(found.row?.srcMac).toBe('02:00:00:00:00:01')
    expect([found.reasons, found.tunnels]).toEqual([{}, { vxlan: 1, 'inside-lldp': 1 }])
    const cut = decodeOne(TUNNELS[0]![1].subarray(0, 50))
    expect(cut).toMatchObject({
      row: { protocol: 47, src: '192.0.2.1', length: 64 },
      tunnels: { 'inside-truncated-ipv4': 1 },
    })
    expect(decodeOne(packet(link, outer, gre({ type: 0x2001 }), 'x')).tunnels).toEqual({ 'inside-gre-0x2001': 1 })
  })

  it('in tunnels keep the outermost ends, as deep as is followed', () => {
    const nest = (depth: number) =>
      packet(link, outer, ...Array.from({ length: depth }, () => gre()).flatMap((layer) => [layer, outer6]), ...inner6)
    expect(decodeOne(nest(2)).row).toMatchObject({ src: 'fd00::1', tunnel: 'gre 192.0.2.1 192.0.2.2' })
    const deep = decodeOne(nest(16))
    expect(deep.row).toMatchObject({ src: '2001:db8::1', tunnel: 'gre 192.0.2.1 192.0.2.2' })
    expect(deep.tunnels).toEqual({ gre: 1, 'inside-too-deep': 1 })
  })

  it('in fragments: the first one shows what is inside, the others are of the carrier', () => {
    const whole = packet(link, outer, to(4789), vxlan(), guest, ...inner, 'x'.repeat(200))
    const decoder = createDecoder()
    for (const piece of fragments(whole, 128)) decoder.decode(piece, 0, piece.length, piece.length, 1, 1)
    expect(rowOf(decoder, 0)).toMatchObject({ src: '10.1.0.1', fragment: 0, tunnel: 'vxlan/42 192.0.2.1 192.0.2.2' })
    expect(rowOf(decoder, 1)).toMatchObject({ src: '192.0.2.1', fragment: 3, dstPort: 4789, tunnel: null })
  })

  it('SCTP has ports', () => {
    expect(decodeOne(packet(link, outer, sctp({ srcPort: 7, dstPort: 36_412 }))).row).toMatchObject({ dstPort: 36_412 })
  })
})
