import { createRandom, integer, pick } from '../../src/math/random.ts'
import { parseAddress } from '../../src/net/address.ts'
import { ETHER, ethernet, ipv4, ipv6, tcp, u16, u32, udp } from '../packets.ts'

/** Datagrams of NetFlow v5, v9, IPFIX and sFlow as exporters send them, built by hand: every field can be what it should not be. */

/** One direction of a flow as an exporter tells it. */
export interface ExportedFlow {
  src: string
  dst: string
  protocol: number
  srcPort: number
  dstPort: number
  packets: number
  bytes: number
  /** Epoch seconds, whole milliseconds. */
  first: number
  last: number
  /** TCP control bits of all packets. */
  flags: number
}

/** A field of a template: element, length (65,535 for one that tells its own), enterprise. */
export type Field = readonly [element: number, length: number, enterprise?: number]

export const VARIABLE = 65_535

/** A value in so many bytes, or bytes as they are. */
export type Value = number | bigint | readonly number[] | Uint8Array

export interface Header {
  /** Epoch seconds. */
  exported?: number
  /** Milliseconds since the exporter was started. */
  uptime?: number
  sequence?: number
  /** Source id, observation domain, engine or sub-agent. */
  domain?: number
}

const UPTIME = 3_600_000
export const NOW = 1_700_000_000

export function netflow5(flows: readonly ExportedFlow[], header: Header & { interval?: number; count?: number } = {}) {
  const { exported = NOW, uptime = UPTIME, sequence = 0, domain = 0, interval = 0, count = flows.length } = header
  const seconds = Math.floor(exported)
  const since = (time: number): number => (uptime - Math.round((exported - time) * 1000)) >>> 0
  return Uint8Array.from([
    ...[...u16(5), ...u16(count), ...u32(uptime), ...u32(seconds), ...u32(Math.round((exported - seconds) * 1e9))],
    ...[...u32(sequence), ...u16(domain), ...u16(interval)],
    ...flows.flatMap((flow) => [
      ...[...address(flow.src), ...address(flow.dst), ...u32(0), ...u16(1), ...u16(2), ...u32(flow.packets)],
      ...[...u32(flow.bytes), ...u32(since(flow.first)), ...u32(since(flow.last)), ...u16(flow.srcPort)],
      ...[...u16(flow.dstPort), 0, flow.flags, flow.protocol, 0, ...new Array<number>(8).fill(0)],
    ]),
  ])
}

/** A NetFlow v9 datagram of sets. */
export function netflow9(sets: readonly Uint8Array[], header: Header & { count?: number } = {}): Uint8Array {
  const { exported = NOW, uptime = UPTIME, sequence = 0, domain = 0, count = sets.length } = header
  const body = sets.flatMap((set) => [...set])
  return Uint8Array.from([
    ...[...u16(9), ...u16(count), ...u32(uptime), ...u32(Math.floor(exported)), ...u32(sequence), ...u32(domain)],
    ...body,
  ])
}

/** An IPFIX message of sets. */
export function ipfix(sets: readonly Uint8Array[], header: Header & { length?: number } = {}): Uint8Array {
  const body = sets.flatMap((set) => [...set])
  const { exported = NOW, sequence = 0, domain = 0, length = 16 + body.length } = header
  return Uint8Array.from([
    ...[...u16(10), ...u16(length), ...u32(Math.floor(exported)), ...u32(sequence), ...u32(domain)],
    ...body,
  ])
}

export function set(id: number, body: readonly number[] | Uint8Array, length = 4 + body.length): Uint8Array {
  return Uint8Array.from([...u16(id), ...u16(length), ...body])
}

/** A set with one template: id 0 in NetFlow v9, 2 in IPFIX. */
export function templateSet(version: 9 | 10, id: number, fields: readonly Field[]): Uint8Array {
  return set(version === 9 ? 0 : 2, templateRecord(id, fields))
}

export function templateRecord(id: number, fields: readonly Field[]): number[] {
  return [...u16(id), ...u16(fields.length), ...fields.flatMap(specifier)]
}

/** A set with one options template. */
export function optionsTemplateSet(version: 9 | 10, id: number, scopes: readonly Field[], options: readonly Field[]) {
  const fields = [...scopes, ...options].flatMap(specifier)
  const counts =
    version === 9
      ? [...u16(4 * scopes.length), ...u16(4 * options.length)]
      : [...u16(scopes.length + options.length), ...u16(scopes.length)]
  return set(version === 9 ? 1 : 3, [...u16(id), ...counts, ...fields])
}

/** A set of data records, each a value for every field. */
export function dataSet(id: number, fields: readonly Field[], records: readonly (readonly Value[])[], padding = 0) {
  const body = records.flatMap((record) => record.flatMap((value, i) => encoded(value, fields[i]![1])))
  return set(id, [...body, ...new Array<number>(padding).fill(0)])
}

function specifier([element, length, enterprise]: Field): number[] {
  if (enterprise === undefined) return [...u16(element), ...u16(length)]
  return [...u16(0x8000 | element), ...u16(length), ...u32(enterprise)]
}

function encoded(value: Value, length: number): number[] {
  if (typeof value === 'number' || typeof value === 'bigint') return unsigned(BigInt(value), length)
  if (length !== VARIABLE) return [...value]
  return value.length < 255 ? [value.length, ...value] : [255, ...u16(value.length), ...value]
}

function unsigned(value: bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 255n))
}

/** Four bytes, or sixteen. */
export function address(text: string): number[] {
  const words = new Int32Array(4)
  if (!parseAddress(text, words)) throw new Error(`not an address: ${text}`)
  return text.includes(':') ? [...words].flatMap(u32) : u32(words[3]!)
}

/** The fields most exporters send, and the values of a flow. NetFlow v9 has times as uptimes, IPFIX as milliseconds. */
export function commonFields(version: 9 | 10, family: 4 | 6 = 4): Field[] {
  const [source, destination, size] = family === 4 ? ([8, 12, 4] as const) : ([27, 28, 16] as const)
  const times: Field[] =
    version === 9
      ? [
          [22, 4],
          [21, 4],
        ]
      : [
          [152, 8],
          [153, 8],
        ]
  return [[source, size], [destination, size], [7, 2], [11, 2], [4, 1], [6, 1], [2, 4], [1, 4], ...times]
}

export function commonValues(
  version: 9 | 10,
  flow: ExportedFlow,
  { exported = NOW, uptime = UPTIME }: Header = {},
): Value[] {
  const time = (at: number): number =>
    version === 9 ? (uptime - Math.round((Math.floor(exported) - at) * 1000)) >>> 0 : Math.round(at * 1000)
  const { src, dst, srcPort, dstPort, protocol, flags, packets, bytes, first, last } = flow
  return [address(src), address(dst), srcPort, dstPort, protocol, flags, packets, bytes, time(first), time(last)]
}

export interface SampledPacket {
  /** A frame, or what is sampled of it. */
  frame: Uint8Array
  /** Length on the wire. */
  length?: number
  /** sFlow's header protocol: 1 Ethernet, 11 IPv4, 12 IPv6. */
  protocol?: number
}

/** An sFlow v5 datagram with a sample for every packet, and as many counter samples. */
export function sflow(
  packets: readonly SampledPacket[],
  header: Header & { rate?: number; counters?: number; expanded?: boolean } = {},
) {
  const { uptime = UPTIME, sequence = 1, domain = 0, rate = 1, counters = 0, expanded = false } = header
  const samples = packets.map((packet, i) => {
    const source = expanded ? [...u32(0), ...u32(7)] : u32(7)
    const ports = expanded ? [...u32(0), ...u32(1), ...u32(0), ...u32(2)] : [...u32(1), ...u32(2)]
    const body = [
      ...u32(i),
      ...source,
      ...u32(rate),
      ...u32(rate * i),
      ...u32(0),
      ...ports,
      ...u32(1),
      ...headerRecord(packet),
    ]
    return [...u32(expanded ? 3 : 1), ...u32(body.length), ...body]
  })
  const counted = Array.from({ length: counters }, () => [...u32(2), ...u32(12), ...u32(1), ...u32(7), ...u32(0)])
  return Uint8Array.from([
    ...[...u32(5), ...u32(1), ...address('192.0.2.7'), ...u32(domain), ...u32(sequence), ...u32(uptime)],
    ...[...u32(samples.length + counters), ...samples.flat(), ...counted.flat()],
  ])
}

function headerRecord({ frame, length = frame.length + 4, protocol = 1 }: SampledPacket): number[] {
  const padding = new Array<number>((4 - (frame.length % 4)) % 4).fill(0)
  const body = [...u32(protocol), ...u32(length), ...u32(4), ...u32(frame.length), ...frame, ...padding]
  return [...u32(1), ...u32(body.length), ...body]
}

const SERVICES = [80, 443, 53, 22, 8080] as const

/** Conversations between two ends, both directions of each: made by a seed. */
export function conversations(seed: number, count: number, start = NOW - 60): [ExportedFlow, ExportedFlow][] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const isTcp = random() < 0.7
    const ends = { src: `10.0.${(i >>> 8) & 255}.${i & 255}`, dst: `198.51.100.${integer(random, 1, 250)}` }
    const ports = { srcPort: integer(random, 20_000, 60_000), dstPort: pick(random, SERVICES) }
    const first = start + integer(random, 0, 40_000) / 1000
    const delay = integer(random, 1, 80) / 1000
    const last = first + delay + integer(random, 0, 9_000) / 1000
    const sides = [integer(random, 1, 40), integer(random, 1, 60)] as const
    const of = (packets: number): { packets: number; bytes: number } => ({
      packets,
      bytes: packets * integer(random, 60, 1400),
    })
    const shared = { protocol: isTcp ? 6 : 17, flags: isTcp ? 0x1b : 0 }
    return [
      { ...ends, ...ports, ...shared, ...of(sides[0]), first, last },
      {
        ...{ src: ends.dst, dst: ends.src, srcPort: ports.dstPort, dstPort: ports.srcPort },
        ...{ ...shared, ...of(sides[1]), first: first + delay, last },
      },
    ]
  })
}

/** A frame of one packet of a flow, its content left out but for `captured` bytes. */
export function frameOf(flow: ExportedFlow, length: number): SampledPacket {
  const ports = { src: flow.srcPort, dst: flow.dstPort }
  const isV6 = flow.src.includes(':')
  const transport = flow.protocol === 6 ? tcp([], { ...ports, flags: 'PA' }) : udp([], ports)
  const network = isV6
    ? ipv6(transport, { src: flow.src, dst: flow.dst, next: flow.protocol, length: length - 40 })
    : ipv4(transport, { src: flow.src, dst: flow.dst, protocol: flow.protocol, length })
  return { frame: ethernet(network, { type: isV6 ? ETHER.ipv6 : ETHER.ipv4 }), length: 18 + length }
}
