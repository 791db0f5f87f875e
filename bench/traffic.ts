import { closeSync, openSync, writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { createRandom, integer, pick, type Random } from '../src/math/random.ts'
import { contentOf } from './content.ts'

/**
 * Seeded traffic to measure with: TCP connections with handshake and close, DNS, other UDP, pings, IPv6, VLAN, IMIX sizes.
 * Nothing in it is meant to look like an attack.
 */
export interface TrafficOptions {
  packets: number
  /** Conversations open at a time. */
  concurrent?: number
  /** Mean packets of a TCP connection. */
  connectionLength?: number
  seed?: number
  /** The first packets with payload say what their port is for; otherwise all payload is zero. */
  content?: boolean
}

const FILE_HEADER = 24
const RECORD_HEADER = 16
const ETHERNET = 14
const FRAME_MAX = 1518 + 4
/** Simple IMIX: frame sizes and how many of twelve have each. */
const IMIX = [64, 64, 64, 64, 64, 64, 64, 594, 594, 594, 594, 1518] as const
/** Of a connection's payload, more is in full segments. */
const SEGMENTS = [...IMIX, 1518, 1518] as const
const START = 1_700_000_000

const SYN = 0x02
const ACK = 0x10
const PSH_ACK = 0x18
const FIN_ACK = 0x11
const NOTHING = new Uint8Array(0)

interface Conversation {
  kind: 'tcp' | 'dns' | 'udp' | 'icmp'
  ipv6: boolean
  vlan: number
  client: number
  server: number
  srcPort: number
  dstPort: number
  sent: number
  length: number
  asked: boolean
  answered: boolean
}

/** Writes one record after another, each some microseconds later than the last. */
export class Traffic {
  readonly #random: Random
  readonly #conversations: Conversation[]
  readonly #gap: number
  readonly #connectionLength: number
  readonly #content: boolean
  #micros = 0
  #fresh = 0

  constructor(options: Omit<TrafficOptions, 'packets'> = {}) {
    const { concurrent = 2_000, connectionLength = 64, seed = 1, content = false } = options
    this.#content = content
    this.#random = createRandom(seed)
    this.#connectionLength = connectionLength
    // Every conversation speaks about twice a second, so that none falls silent too long.
    this.#gap = Math.max(0.05, 500_000 / concurrent)
    this.#conversations = Array.from({ length: concurrent }, () => this.#begin())
  }

  header(bytes: Buffer, at: number): number {
    bytes.writeUInt32LE(0xa1b2c3d4, at)
    bytes.writeUInt16LE(2, at + 4)
    bytes.writeUInt16LE(4, at + 6)
    bytes.fill(0, at + 8, at + 16)
    bytes.writeUInt32LE(262_144, at + 16)
    bytes.writeUInt32LE(1, at + 20)
    return at + FILE_HEADER
  }

  /** Writes the next record at `at`, where at least `RECORD_MAX` bytes are free; returns where it ends. */
  record(bytes: Buffer, at: number): number {
    const index = integer(this.#random, 0, this.#conversations.length - 1)
    const conversation = this.#conversations[index]!
    const end = this.#frame(bytes, at + RECORD_HEADER, conversation)
    this.#micros += this.#gap
    const micros = Math.floor(this.#micros)
    bytes.writeUInt32LE(START + Math.floor(micros / 1e6), at)
    bytes.writeUInt32LE(micros % 1e6, at + 4)
    bytes.writeUInt32LE(end - at - RECORD_HEADER, at + 8)
    bytes.writeUInt32LE(end - at - RECORD_HEADER, at + 12)
    if (conversation.sent >= conversation.length) this.#conversations[index] = this.#begin()
    return end
  }

  #begin(): Conversation {
    const random = this.#random
    const share = random()
    const kind = share < 0.6 ? 'tcp' : share < 0.88 ? 'dns' : share < 0.95 ? 'udp' : 'icmp'
    this.#fresh++
    return {
      kind,
      ipv6: random() < 0.15,
      vlan: random() < 0.2 ? integer(random, 1, 4) : 0,
      client: 1 + skewed(random, 20_000),
      server: kind === 'dns' ? 1 + (this.#fresh & 1) : 3 + skewed(random, 4_000),
      srcPort: 1024 + (this.#fresh % 64_000),
      dstPort: kind === 'dns' ? 53 : pick(random, [443, 443, 443, 80, 22, 25, 445, 8883]),
      sent: 0,
      length: this.#lengthOf(kind),
      asked: false,
      answered: false,
    }
  }

  #lengthOf(kind: Conversation['kind']): number {
    const random = this.#random
    if (kind === 'dns') return 2
    if (kind === 'tcp') return 8 + Math.floor(-Math.log(1 - random()) * this.#connectionLength)
    return 2 * integer(random, 1, 10)
  }

  #frame(bytes: Buffer, at: number, conversation: Conversation): number {
    const step = conversation.sent++
    const { kind, vlan } = conversation
    const flags = kind === 'tcp' ? segmentFlags(conversation, step) : 0
    const reply = kind === 'tcp' ? isReply(conversation, step, this.#random) : step % 2 === 1
    let ip = at + ETHERNET
    writeMac(bytes, at, reply ? conversation.client : conversation.server)
    writeMac(bytes, at + 6, reply ? conversation.server : conversation.client)
    if (vlan > 0) {
      bytes.writeUInt32BE((0x81000000 | vlan) >>> 0, ip - 2)
      ip += 4
    }
    bytes.writeUInt16BE(conversation.ipv6 ? 0x86dd : 0x0800, ip - 2)
    const transport = ip + (conversation.ipv6 ? 40 : 20)
    const header = kind === 'tcp' ? 20 : 8
    const sizes = kind === 'tcp' ? SEGMENTS : IMIX
    const wanted = flags === PSH_ACK || kind === 'udp' ? at + pick(this.#random, sizes) : at + 64
    const speaks = flags === PSH_ACK || kind !== 'tcp'
    const content = speaks ? this.#firstWords(conversation, reply) : NOTHING
    const end = speaks ? Math.max(wanted, transport + header + Math.max(12, content.length)) : transport + header
    bytes.fill(0, transport, end)
    writeIp(bytes, ip, end, conversation, reply)
    writeTransport(bytes, transport, end, conversation, reply, flags)
    bytes.set(content, transport + header)
    return end
  }

  /** What is said in this packet if nothing was before. */
  #firstWords(conversation: Conversation, reply: boolean): Uint8Array {
    const hasSpoken = reply ? conversation.answered : conversation.asked
    if (!this.#content || hasSpoken || conversation.kind === 'icmp') return NOTHING
    if (reply) conversation.answered = true
    else conversation.asked = true
    return contentOf(conversation.dstPort, conversation.srcPort, reply)
  }
}

export const RECORD_MAX = RECORD_HEADER + FRAME_MAX + 64

/** A whole capture in memory. */
export function trafficBuffer({ packets, ...options }: TrafficOptions): Buffer {
  const traffic = new Traffic(options)
  let bytes = Buffer.allocUnsafe(1 << 20)
  let at = traffic.header(bytes, 0)
  for (let i = 0; i < packets; i++) {
    if (bytes.length - at < RECORD_MAX) bytes = Buffer.concat([bytes], bytes.length * 2)
    at = traffic.record(bytes, at)
  }
  return bytes.subarray(0, at)
}

/** A whole capture on disk. */
export function writeTraffic(path: string, { packets, ...options }: TrafficOptions): void {
  const traffic = new Traffic(options)
  const bytes = Buffer.allocUnsafe(1 << 20)
  const file = openSync(path, 'w')
  let at = traffic.header(bytes, 0)
  for (let i = 0; i < packets; i++) {
    if (bytes.length - at < RECORD_MAX) {
      writeSync(file, bytes, 0, at)
      at = 0
    }
    at = traffic.record(bytes, at)
  }
  writeSync(file, bytes, 0, at)
  closeSync(file)
}

/** 0 to `count` - 1, the low ones far more often: as few hosts have most of the conversations. */
function skewed(random: Random, count: number): number {
  return Math.floor(random() ** 3 * count)
}

function segmentFlags({ length }: Conversation, step: number): number {
  if (step === 0) return SYN
  if (step === 1) return SYN | ACK
  if (step === 2) return ACK
  if (step >= length - 3) return step === length - 1 ? ACK : FIN_ACK
  return step % 4 === 0 ? ACK : PSH_ACK
}

function isReply({ length }: Conversation, step: number, random: Random): boolean {
  if (step < 3) return step === 1
  return step >= length - 3 ? step === length - 2 : random() < 0.6
}

function writeMac(bytes: Buffer, at: number, host: number): void {
  bytes.writeUInt16BE(0x0200, at)
  bytes.writeUInt32BE(host, at + 2)
}

function writeIp(bytes: Buffer, at: number, end: number, conversation: Conversation, reply: boolean): void {
  const protocol = { tcp: 6, dns: 17, udp: 17, icmp: conversation.ipv6 ? 58 : 1 }[conversation.kind]
  const client = 0x0a000000 | conversation.client
  const server = 0x5db80000 | conversation.server
  const [source, destination] = reply ? [server, client] : [client, server]
  if (conversation.ipv6) {
    bytes.writeUInt32BE(0x60000000, at)
    bytes.writeUInt16BE(end - at - 40, at + 4)
    bytes[at + 6] = protocol
    bytes[at + 7] = 64
    writeIPv6(bytes, at + 8, source)
    writeIPv6(bytes, at + 24, destination)
    return
  }
  bytes.writeUInt16BE(0x4500, at)
  bytes.writeUInt16BE(end - at, at + 2)
  bytes.writeUInt32BE(0x00004000, at + 4)
  bytes[at + 8] = 64
  bytes[at + 9] = protocol
  bytes.writeUInt16BE(0, at + 10)
  bytes.writeUInt32BE(source, at + 12)
  bytes.writeUInt32BE(destination, at + 16)
  let sum = 0
  for (let i = 0; i < 20; i += 2) sum += bytes.readUInt16BE(at + i)
  sum = (sum & 0xffff) + (sum >>> 16)
  bytes.writeUInt16BE(~(sum + (sum >>> 16)) & 0xffff, at + 10)
}

function writeIPv6(bytes: Buffer, at: number, host: number): void {
  bytes.writeUInt32BE(0x20010db8, at)
  bytes.writeUInt32BE(0x00000001, at + 4)
  bytes.writeUInt32BE(0, at + 8)
  bytes.writeUInt32BE(host, at + 12)
}

function writeTransport(
  bytes: Buffer,
  at: number,
  end: number,
  conversation: Conversation,
  reply: boolean,
  flags: number,
): void {
  const { kind, srcPort, dstPort, ipv6, sent } = conversation
  if (kind === 'icmp') {
    bytes[at] = ipv6 ? (reply ? 129 : 128) : reply ? 0 : 8
    bytes.writeUInt16BE(srcPort, at + 4)
    bytes.writeUInt16BE(sent, at + 6)
    return
  }
  bytes.writeUInt16BE(reply ? dstPort : srcPort, at)
  bytes.writeUInt16BE(reply ? srcPort : dstPort, at + 2)
  if (kind === 'tcp') {
    bytes.writeUInt32BE(sent, at + 4)
    bytes.writeUInt16BE(0x5000 | flags, at + 12)
    bytes.writeUInt16BE(0xffff, at + 14)
  } else bytes.writeUInt16BE(end - at, at + 4)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [path, packets = '3000000', concurrent = '2000'] = process.argv.slice(2)
  if (path === undefined) console.error('usage: npx tsx bench/traffic.ts FILE [packets] [concurrent]')
  else writeTraffic(path, { packets: Number(packets), concurrent: Number(concurrent) })
}
