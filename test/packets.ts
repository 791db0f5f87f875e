import { parseAddress } from '../src/net/address.ts'

/** Frames and captures built by hand, for tests: every field can be what it should not be. */

export type Bytes = readonly number[] | Uint8Array

export const bytes = (...parts: (Bytes | number)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])))

/** Bytes from hexadecimal text; blanks are free. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.replace(/\s/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

export const u16 = (value: number): number[] => [(value >>> 8) & 255, value & 255]
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value)]

export const ETHER = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, qinq: 0x88a8, ipv6: 0x86dd, lldp: 0x88cc } as const

export function mac(text: string): number[] {
  return text.split(':').map((part) => Number.parseInt(part, 16))
}

export interface EthernetFields {
  type?: number
  src?: string
  dst?: string
  /** Outermost first. */
  vlans?: readonly number[]
}

export function ethernet(payload: Bytes, fields: EthernetFields = {}): Uint8Array {
  const { type = ETHER.ipv4, src = '02:00:00:00:00:01', dst = '02:00:00:00:00:02', vlans = [] } = fields
  return bytes(mac(dst), mac(src), ...vlans.flatMap((id) => [u16(ETHER.vlan), u16(id)]), u16(type), payload)
}

export interface IPv4Fields {
  src?: string
  dst?: string
  protocol?: number
  ttl?: number
  id?: number
  moreFragments?: boolean
  /** In bytes, a multiple of 8. */
  offset?: number
  /** What the header says, where that is not the truth. */
  length?: number
  options?: Bytes
}

export function ipv4(payload: Bytes, fields: IPv4Fields = {}): Uint8Array {
  const { src = '10.0.0.1', dst = '10.0.0.2', protocol = 6, ttl = 64, id = 1, offset = 0, options = [] } = fields
  const header = 20 + options.length
  const { length = header + payload.length, moreFragments = false } = fields
  return bytes(
    [0x40 | (header / 4), 0, ...u16(length), ...u16(id), ...u16((moreFragments ? 0x2000 : 0) | (offset / 8))],
    [ttl, protocol, 0, 0],
    address(src).slice(12),
    address(dst).slice(12),
    options,
    payload,
  )
}

export interface IPv6Fields {
  src?: string
  dst?: string
  next?: number
  hops?: number
  length?: number
}

export function ipv6(payload: Bytes, fields: IPv6Fields = {}): Uint8Array {
  const { src = '2001:db8::1', dst = '2001:db8::2', next = 6, hops = 64, length = payload.length } = fields
  return bytes([0x60, 0, 0, 0, ...u16(length), next, hops], address(src), address(dst), payload)
}

export interface TcpFields {
  src?: number
  dst?: number
  /** Letters of FSRPAUEC. */
  flags?: string
  /** In 32-bit words. */
  dataOffset?: number
}

export function tcp(payload: Bytes = [], { src = 40000, dst = 80, flags = 'A', dataOffset = 5 }: TcpFields = {}) {
  return bytes(u16(src), u16(dst), u32(1), u32(1), [dataOffset << 4, tcpFlags(flags)], u16(1024), [0, 0, 0, 0], payload)
}

export function tcpFlags(letters: string): number {
  return [...letters].reduce((flags, letter) => flags | (1 << 'FSRPAUEC'.indexOf(letter)), 0)
}

export function udp(payload: Bytes = [], { src = 40000, dst = 53 }: { src?: number; dst?: number } = {}): Uint8Array {
  return bytes(u16(src), u16(dst), u16(8 + payload.length), [0, 0], payload)
}

export function icmp(type: number, code = 0, id = 0, payload: Bytes = []): Uint8Array {
  return bytes([type, code, 0, 0], u16(id), u16(1), payload)
}

export interface ArpFields {
  opcode?: number
  senderMac?: string
  sender?: string
  targetMac?: string
  target?: string
}

export function arp(fields: ArpFields = {}): Uint8Array {
  const { opcode = 1, senderMac = '02:00:00:00:00:01', sender = '10.0.0.1' } = fields
  const { targetMac = '00:00:00:00:00:00', target = '10.0.0.2' } = fields
  const ends = [mac(senderMac), address(sender).slice(12), mac(targetMac), address(target).slice(12)]
  return bytes([0, 1, 8, 0, 6, 4], u16(opcode), ...ends)
}

/** Sixteen bytes, whatever the family. */
function address(text: string): number[] {
  const words = new Int32Array(4)
  if (!parseAddress(text, words)) throw new Error(`not an address: ${text}`)
  return [...words].flatMap((word) => u32(word))
}
