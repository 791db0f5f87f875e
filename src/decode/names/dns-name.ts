import { scramble } from '../../math/scramble.ts'
import { readUint16 } from './payload.ts'

/** Bytes of the longest name and the longest label (RFC 1035, 2.3.4). */
const NAME_MAX = 255
const LABEL_MAX = 63
/** Length bytes from here on are the first half of a compression pointer. */
const POINTER = 0xc0
/** Compression pointers followed in one name. */
const POINTERS_MAX = 16
const DOT = 0x2e

/** log2 in 16 binary places, so that sums stay whole numbers. */
const UNIT = 2 ** 16
/** What the `n`th occurrence of a character adds to the sum of n log2 n over all characters. */
const STEP = Int32Array.from({ length: NAME_MAX + 1 }, (_, n) => Math.round((log(n + 1) - log(n)) * UNIT))

const counts = new Uint8Array(256)

/** A domain name read off a message, what it hashes to and how random it looks. One is reused for all. */
export class DnsName {
  /** The labels joined by dots; `length` bytes are in use. */
  readonly bytes = new Uint8Array(NAME_MAX + 1)
  length = 0
  longestLabel = 0
  /** `scrambleText` of the name by seed 0; never 0. */
  hash = 0
  #sum = 0

  /** Reads the name at `from` of the message that starts at `start`; where what follows it starts, -1 when it is broken. */
  read(message: Uint8Array, start: number, from: number, end: number): number {
    this.length = 0
    this.longestLabel = 0
    let at = from
    let after = -1
    for (let pointers = 0; pointers <= POINTERS_MAX; pointers++) {
      at = this.#readLabels(message, at, end)
      if (at < 0) return -1
      if (message[at] === 0) {
        this.#measure()
        return after < 0 ? at + 1 : after
      }
      if (at + 2 > end) return -1
      if (after < 0) after = at + 2
      const target = start + (readUint16(message, at) & 0x3fff)
      // Pointers may only lead back: no loops.
      if (target >= at) return -1
      at = target
    }
    return -1
  }

  /** Shannon entropy of its characters, ASCII letters in one case; bits a character. */
  get entropy(): number {
    const { length } = this
    return length === 0 ? 0 : Math.max(0, Math.log2(length) - this.#sum / UNIT / length)
  }

  /** Reads labels from `from` on; where the root or a pointer ends them, -1 when neither does. */
  #readLabels(message: Uint8Array, from: number, end: number): number {
    const { bytes } = this
    let { length } = this
    for (let at = from; at < end; ) {
      const label = message[at]!
      if (label === 0 || label >= POINTER) {
        this.length = length
        return at
      }
      if (label > LABEL_MAX || at + label >= end || length + 1 + label > NAME_MAX) return -1
      if (length > 0) bytes[length++] = DOT
      const next = at + 1 + label
      for (at++; at < next; at++) bytes[length++] = message[at]!
      if (label > this.longestLabel) this.longestLabel = label
    }
    return -1
  }

  #measure(): void {
    const { bytes, length } = this
    let hash = length
    let sum = 0
    for (let i = 0; i < length; i++) {
      const byte = bytes[i]!
      hash = Math.imul((hash ^ (byte | 32)) + i, 0x9e3779b1) ^ (hash >>> 13)
      const folded = byte >= 0x41 && byte <= 0x5a ? byte | 32 : byte
      sum += STEP[counts[folded]!++]!
    }
    // 0 would stand for no name.
    this.hash = scramble(hash, 0) || 1
    this.#sum = sum
    for (let i = 0; i < length; i++) {
      counts[bytes[i]!] = 0
      counts[bytes[i]! | 32] = 0
    }
  }
}

function log(n: number): number {
  return n === 0 ? 0 : n * Math.log2(n)
}
