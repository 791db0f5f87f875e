import { createRandom, type Random } from '../math/random.ts'
import { PROTOCOL } from '../net/flow-record.ts'
import type { PacketBatch } from '../types/packet.ts'
import { ARP_KIND } from './layout.ts'

/** Of a 32-bit sum of 11-bit pieces, this many top bits are strongly universal. */
const HASH_BITS_MAX = 22
const PIECE = 0x7ff
/** Three per word of the key, one for the protocol. */
const FACTORS = 28

/**
 * Flow keys of a whole batch: the two ends in one order whoever sends, and a hash of both. The hash is multilinear over
 * 11-bit pieces with secret random factors (Lemire, Kaser 2014): two different keys, however chosen, collide with a chance
 * of 2^-22.
 */
export class FlowKeys {
  readonly hashBits: number
  /** 1 when the sender is the larger end. */
  swapped = new Uint8Array(0)
  ports = new Int32Array(0)
  /** Protocol, with ARP made to fit nine bits. */
  kind = new Int32Array(0)
  hash = new Int32Array(0)
  /** Seconds on the table's clock. */
  time = new Float64Array(0)
  readonly #factors: Int32Array

  /** Hashes have as many bits as it takes to number `buckets`, a power of two. */
  constructor(seed: number, buckets: number) {
    this.hashBits = Math.min(HASH_BITS_MAX, Math.ceil(Math.log2(buckets)))
    const random = createRandom(seed)
    this.#factors = Int32Array.from({ length: FACTORS }, () => word(random))
  }

  /** Reads the keys of all rows; `offset` leads from captured time to the table's. */
  read(batch: PacketBatch, offset: number): void {
    if (this.swapped.length < batch.count) this.#grow(batch.capacity)
    const { swapped, ports, kind, hash, time } = this
    const { address, srcPort, dstPort, protocol } = batch
    const count = batch.count
    for (let row = 0; row < count; row++) {
      time[row] = batch.time[row]! + offset
      const source = srcPort[row]!
      const destination = dstPort[row]!
      const swap = isSwapped(address, row << 3, source, destination)
      const type = protocol[row]!
      let pair = swap ? (destination << 16) | source : (source << 16) | destination
      if (type !== PROTOCOL.tcp && type !== PROTOCOL.udp) pair = unportedKey(batch, row, type, swap)
      swapped[row] = swap ? 1 : 0
      ports[row] = pair
      kind[row] = type === PROTOCOL.arp ? ARP_KIND : type
      const from = row << 3
      hash[row] = this.hashOf(address, swap ? from + 4 : from, swap ? from : from + 4, pair, kind[row]!)
    }
  }

  /** Takes the times of the rows from `first` on anew, the clock's offset having changed. */
  retime(batch: PacketBatch, first: number, offset: number): void {
    for (let row = first; row < batch.count; row++) this.time[row] = batch.time[row]! + offset
  }

  /** Hash of a key whose smaller and larger address are at `low` and `high` of `words`. */
  hashOf(words: Int32Array, low: number, high: number, ports: number, kind: number): number {
    const factors = this.#factors
    let sum = Math.imul(factors[0]!, kind) + mix(factors, 1, ports)
    sum = (sum + mix(factors, 4, words[low + 3]!) + mix(factors, 7, words[high + 3]!)) | 0
    // IPv4 addresses differ in their last words only.
    if ((words[low]! | words[low + 1]!) !== 0) sum = (sum + mixHead(factors, 10, words, low)) | 0
    if ((words[high]! | words[high + 1]!) !== 0) sum = (sum + mixHead(factors, 19, words, high)) | 0
    return sum >>> (32 - this.hashBits)
  }

  #grow(capacity: number): void {
    this.swapped = new Uint8Array(capacity)
    this.ports = new Int32Array(capacity)
    this.kind = new Int32Array(capacity)
    this.hash = new Int32Array(capacity)
    this.time = new Float64Array(capacity)
  }
}

function isSwapped(address: Int32Array, at: number, srcPort: number, dstPort: number): boolean {
  for (let i = at; i < at + 4; i++) {
    const source = address[i]!
    const destination = address[i + 4]!
    if (source !== destination) return source > destination
  }
  return srcPort > dstPort
}

/**
 * What stands for the ports where there are none. ICMP queries and their replies share one key by their identifier; other
 * ICMP messages are one-way, so the direction is part of the key. The two ends alone make the key of everything else.
 */
function unportedKey(batch: PacketBatch, row: number, type: number, swap: boolean): number {
  if (type !== PROTOCOL.icmp && type !== PROTOCOL.icmp6) return 0
  const message = batch.srcPort[row]!
  const code = batch.dstPort[row]!
  const query = queryOf(type, message)
  if (query === 0) return (swap ? 0x80000000 | 0 : 0) | (message << 8) | code
  return (batch.identifier[row]! << 16) | (query << 8) | code
}

/** The query an ICMP message is, or answers; 0 for all others. */
export function queryOf(protocol: number, message: number): number {
  if (protocol === PROTOCOL.icmp6) return message === 128 || message === 129 ? 128 : 0
  switch (message) {
    case 0:
    case 8:
      return 8
    case 13:
    case 14:
      return 13
    case 15:
    case 16:
      return 15
    case 17:
    case 18:
      return 17
    default:
      return 0
  }
}

function mix(factors: Int32Array, from: number, word: number): number {
  return (
    (Math.imul(factors[from]!, word & PIECE) +
      Math.imul(factors[from + 1]!, (word >>> 11) & PIECE) +
      Math.imul(factors[from + 2]!, word >>> 22)) |
    0
  )
}

function mixHead(factors: Int32Array, from: number, words: Int32Array, at: number): number {
  return (
    (mix(factors, from, words[at]!) + mix(factors, from + 3, words[at + 1]!) + mix(factors, from + 6, words[at + 2]!)) |
    0
  )
}

function word(random: Random): number {
  return Math.floor(random() * 0x1_0000_0000) | 0
}
