import { createRandom, type Random } from '../math/random.ts'
import { PROTOCOL } from '../net/flow-record.ts'
import { queryOf } from '../net/icmp.ts'
import type { PacketBatch } from '../types/packet.ts'
import { ARP_KIND } from './layout.ts'

/** Sums of 11-bit pieces times 32-bit factors are the same with a chance of 2^-22 at most: more bits would be for show. */
const HASH_BITS_MAX = 22
const PIECE = 0x7ff
/** Three per word of the key, one for the protocol. */
const FACTORS = 28

/**
 * Flow keys of a whole batch: the two ends in one order whoever sends, and a hash of both. The hash is a sum of 11-bit
 * pieces times secret random factors (multilinear hashing; Lemire, Kaser 2014), so that nobody can choose keys that collide.
 */
export class FlowKeys {
  readonly hashBits: number
  /** 1 when the sender is the larger end. */
  swapped = new Uint8Array(0)
  /** Ports, the smaller end's in the high half; see `unportedKey` for what has none. */
  ports = new Int32Array(0)
  hash = new Int32Array(0)
  readonly #factors: Int32Array

  /** Hashes have as many bits as it takes to number `buckets`. */
  constructor(seed: number, buckets: number) {
    this.hashBits = Math.min(HASH_BITS_MAX, Math.max(1, Math.ceil(Math.log2(buckets))))
    const random = createRandom(seed)
    this.#factors = Int32Array.from({ length: FACTORS }, () => word(random))
  }

  /** Reads the keys of all rows. */
  read(batch: PacketBatch): void {
    if (this.swapped.length < batch.count) this.#grow(batch.capacity)
    const { swapped, ports, hash } = this
    const { address, protocol, count } = batch
    for (let row = 0; row < count; row++) {
      const type = protocol[row]!
      const pair = batch.ports[row]!
      const from = row << 3
      const swap = isSwapped(address, from, pair)
      const ported = type === PROTOCOL.tcp || type === PROTOCOL.udp || type === PROTOCOL.sctp
      const key = ported ? (swap ? (pair << 16) | (pair >>> 16) : pair) : unportedKey(batch, row, type, swap)
      swapped[row] = swap ? 1 : 0
      ports[row] = key
      hash[row] = this.hashOf(address, swap ? from + 4 : from, swap ? from : from + 4, key, kindOf(type))
    }
  }

  /** Hash of a key whose smaller and larger address are at `low` and `high` of `words`. */
  hashOf(words: Int32Array, low: number, high: number, ports: number, kind: number): number {
    const factors = this.#factors
    let sum = Math.imul(factors[0]!, kind) + mix(factors, 1, ports)
    sum = (sum + mix(factors, 4, words[low + 3]!) + mix(factors, 7, words[high + 3]!)) | 0
    // IPv4 addresses differ in their last words only.
    if ((words[low]! | words[low + 1]!) !== 0) sum = (sum + mixHead(factors, 10, words, low)) | 0
    if ((words[high]! | words[high + 1]!) !== 0) sum = (sum + mixHead(factors, 19, words, high)) | 0
    return scatter(sum) >>> (32 - this.hashBits)
  }

  #grow(capacity: number): void {
    this.swapped = new Uint8Array(capacity)
    this.ports = new Int32Array(capacity)
    this.hash = new Int32Array(capacity)
  }
}

/** The protocol in nine bits. */
export function kindOf(protocol: number): number {
  return protocol === PROTOCOL.arp ? ARP_KIND : protocol
}

function isSwapped(address: Int32Array, at: number, ports: number): boolean {
  if (address[at] !== address[at + 4]) return address[at]! > address[at + 4]!
  if (address[at + 1] !== address[at + 5]) return address[at + 1]! > address[at + 5]!
  if (address[at + 2] !== address[at + 6]) return address[at + 2]! > address[at + 6]!
  if (address[at + 3] !== address[at + 7]) return address[at + 3]! > address[at + 7]!
  return ports >>> 16 > (ports & 0xffff)
}

/**
 * What stands for the ports where there are none. ICMP queries and their replies share one key by their identifier; other
 * ICMP messages are one-way, so the direction is part of the key. The two ends alone make the key of everything else.
 */
function unportedKey(batch: PacketBatch, row: number, type: number, swap: boolean): number {
  if (type !== PROTOCOL.icmp && type !== PROTOCOL.icmp6) return 0
  const message = batch.ports[row]! >>> 16
  const code = batch.ports[row]! & 0xff
  const query = queryOf(type, message)
  if (query === 0) return (swap ? 0x80000000 | 0 : 0) | (message << 8) | code
  return (batch.identifier[row]! << 16) | (query << 8) | code
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

/** Keys that follow a pattern have sums that follow one; this breaks it up (a bijection, after lowbias32). */
function scatter(sum: number): number {
  const half = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d)
  return Math.imul(half ^ (half >>> 12), 0x297a2d39)
}

function word(random: Random): number {
  return Math.floor(random() * 0x1_0000_0000) | 0
}
