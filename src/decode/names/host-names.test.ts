import { describe, expect, it } from 'vitest'
import { address, concat, domainName, u8, u16, u32 } from '../../../test/craft/index.ts'
import { parseAddress } from '../../net/address.ts'
import type { FlowNames } from '../../types/flow.ts'
import { createNames } from './names.ts'
import { rowOf } from './payload.case.ts'

/** What is read of datagrams from `source`, one after the other. */
function namesOf(port: number, source: string, ...datagrams: (Uint8Array | string)[]): FlowNames | null {
  const names = createNames()
  datagrams.forEach((bytes, i) => {
    const batch = rowOf({ bytes, tcp: false, port })
    parseAddress(source, batch.address, 0)
    names.read(1, batch, 0, true, i + 1)
  })
  return names.names(1)
}

const record = (name: Uint8Array, type: number, content: Uint8Array): Uint8Array =>
  concat(name, u16(type, 1), u32(120), u16(content.length), content)
/** An mDNS response with these records as answers and as additional ones. */
const mdns = (answers: Uint8Array[], additional: Uint8Array[] = []): Uint8Array =>
  concat(u16(0, 0x8400, 0, answers.length, 0, additional.length), ...answers, ...additional)
const host = (name: string, value: string): Uint8Array =>
  record(domainName(name), value.includes(':') ? 28 : 1, address(value))
const service = record(domainName('_http._tcp.local'), 12, domainName('x._http._tcp.local'))

describe('multicast DNS', () => {
  it('names the sender by the record of its own address, wherever in the message', () => {
    const announced = mdns([service], [host('other.local', '10.0.0.8'), host('Annas-Mac.local', '10.0.0.9')])
    expect(namesOf(5353, '10.0.0.9', announced)).toMatchObject({ srcHostName: 'Annas-Mac', hostNameBy: 'mdns' })
    const six = mdns([host('tv.local', 'fe80::9')])
    expect(namesOf(5353, 'fe80::9', mdns([service]), six)).toMatchObject({ srcHostName: 'tv' })
    expect(namesOf(5355, 'fe80::9', mdns([host('DESK', 'fe80::9')]))).toMatchObject({ hostNameBy: 'llmnr' })
  })

  it('lets nobody name another, and takes no name from records that are cut', () => {
    const announced = mdns([host('other.local', '10.0.0.8')])
    expect(namesOf(5353, '10.0.0.9', announced)?.srcHostName).toBeUndefined()
    expect(namesOf(5353, '10.0.0.8', announced.subarray(0, -1))?.srcHostName).toBeUndefined()
  })

  it('makes what is hostile harmless: short and printable', () => {
    const name = `${'<'.repeat(60)}.${'\n'.repeat(60)}.${'\u001b'.repeat(60)}.local`
    const told = namesOf(5353, '10.0.0.9', mdns([host(name, '10.0.0.9')]))?.srcHostName
    expect(told).toMatch(/^<{60}\.(\\x0A){60}\.(\\x1B){60}$/)
  })
})

/** First-level encoding (RFC 1001, 14.1). */
const netbiosName = (name: string, kind: number): Uint8Array => {
  const bytes = concat(name.padEnd(15, ' '), u8(kind))
  return concat(u8(32), ...[...bytes].map((byte) => u8(0x41 + (byte >>> 4), 0x41 + (byte & 15))))
}
const registration = (name: string, kind: number, own: string, flags = 0): Uint8Array =>
  concat(
    u16(1, 0x2910, 1, 0, 0, 1),
    netbiosName(name, kind),
    u8(0),
    u16(32, 1),
    u16(0xc00c, 32, 1),
    u32(300_000),
    u16(6, flags),
    address(own),
  )

describe('NetBIOS', () => {
  it('tells the name a machine registers for itself, not that of its group', () => {
    const told = { srcHostName: 'DESKTOP-7', hostNameBy: 'netbios' }
    const group = registration('WORKGROUP', 0, '10.0.0.9', 0x8000)
    const master = registration('WORKGROUP', 0x1d, '10.0.0.9')
    expect(namesOf(137, '10.0.0.9', group, master, registration('DESKTOP-7', 0x20, '10.0.0.9'))).toEqual(told)
    expect(namesOf(137, '10.0.0.9', group, master)).toBeNull()
    expect(namesOf(137, '10.0.0.8', registration('DESKTOP-7', 0x20, '10.0.0.9'))).toBeNull()
  })

  it('tells the first own name of a list, and the sender of a datagram', () => {
    const list = concat(u8(2), 'GROUP'.padEnd(15), u8(0), u16(0x8400), 'SERVER'.padEnd(15), u8(0), u16(0x0400))
    const status = concat(u16(1, 0x8400, 0, 1, 0, 0), record(concat(netbiosName('*', 0), u8(0)), 33, list))
    expect(namesOf(137, '10.0.0.9', status)).toMatchObject({ srcHostName: 'SERVER' })
    const datagram = concat(
      u8(0x11, 2),
      u16(7),
      address('10.0.0.9'),
      u16(138, 68, 0),
      netbiosName('PC', 0x20),
      u8(0, 0),
    )
    expect(namesOf(138, '10.0.0.9', datagram)).toEqual({ srcHostName: 'PC', hostNameBy: 'netbios' })
    expect(namesOf(138, '10.0.0.9', datagram.subarray(0, 40))).toBeNull()
  })
})

describe('SSDP', () => {
  const announce = (server: string): string =>
    `NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nSERVER: ${server}\r\nNTS: ssdp:alive\r\n\r\n`

  it.each([
    ['Linux/3.14.0 UPnP/1.0 IpBridge/1.9.0', 'IpBridge/1.9.0'],
    ['LPUX/1.3 UPnP/1.0 Aficio SP 6330N/1.0', 'Aficio SP 6330N/1.0'],
    ['TP-LINK Wireless N Nano Router WR702N, UPnP/1.0', 'TP-LINK Wireless N Nano Router WR702N'],
    ['Unspecified, UPnP/1.0, Unspecified', undefined],
    ['Microsoft-Windows/10.0 UPnP/1.0 UPnP-Device-Host/1.0', undefined],
  ])('tells the product of %j', (server, name) => {
    expect(namesOf(1900, '10.0.0.9', announce(server))?.srcHostName).toBe(name)
  })

  it('tells nothing of who only searches, and cuts what is long', () => {
    const search = 'M-SEARCH * HTTP/1.1\r\nServer: x UPnP/1.0 y/1\r\n\r\n'
    expect(namesOf(1900, '10.0.0.9', search)).toBeNull()
    const long = namesOf(1900, '10.0.0.9', announce(`x UPnP/1.0 ${'y'.repeat(5000)}`))
    expect(long?.srcHostName?.length).toBeLessThan(1024)
  })
})
