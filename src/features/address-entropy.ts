import { isIPv4 } from '../net/address.ts'

/** An IPv6 address has at most 32 hexadecimal digits. */
const MOST_DIGITS = 32
const DIGIT_LOG = Float64Array.from({ length: MOST_DIGITS + 1 }, (_, n) => (n === 0 ? 0 : n * Math.log2(n)))
const counts = new Uint8Array(16)
/** Digits of a byte as text, how often 0 to 4 and 5 to 9 are among them, five bits each, and how many there are. */
const LOW_DIGITS = Int32Array.from({ length: 256 }, (_, byte) => packDigits(byte, 0))
const HIGH_DIGITS = Int32Array.from({ length: 256 }, (_, byte) => packDigits(byte, 5))
const LENGTHS = Uint8Array.from({ length: 256 }, (_, byte) => String(byte).length)

/**
 * Shannon entropy, bits, of the digits of an address as text, the four words at `offset`: decimal for IPv4, hexadecimal as
 * RFC 5952 writes them for IPv6. 0 for `::`.
 */
export function addressEntropy(words: Int32Array, offset: number): number {
  if (isIPv4(words, offset)) return entropyOfIPv4(words[offset + 3]!)
  counts.fill(0)
  const digits = countIPv6(words, offset)
  if (digits === 0) return 0
  let sum = 0
  for (let digit = 0; digit < 16; digit++) sum += DIGIT_LOG[counts[digit]!]!
  return Math.max(0, (DIGIT_LOG[digits]! - sum) / digits)
}

/** An IPv4 address has at least four digits. */
function entropyOfIPv4(word: number): number {
  const a = word >>> 24
  const b = (word >>> 16) & 255
  const c = (word >>> 8) & 255
  const d = word & 255
  const digits = LENGTHS[a]! + LENGTHS[b]! + LENGTHS[c]! + LENGTHS[d]!
  const low = LOW_DIGITS[a]! + LOW_DIGITS[b]! + LOW_DIGITS[c]! + LOW_DIGITS[d]!
  const high = HIGH_DIGITS[a]! + HIGH_DIGITS[b]! + HIGH_DIGITS[c]! + HIGH_DIGITS[d]!
  let sum = 0
  for (let shift = 0; shift < 25; shift += 5) sum += DIGIT_LOG[(low >>> shift) & 31]!
  for (let shift = 0; shift < 25; shift += 5) sum += DIGIT_LOG[(high >>> shift) & 31]!
  return Math.max(0, (DIGIT_LOG[digits]! - sum) / digits)
}

function packDigits(byte: number, first: number): number {
  let packed = 0
  for (const digit of String(byte)) {
    const place = Number(digit) - first
    if (place >= 0 && place < 5) packed += 1 << (5 * place)
  }
  return packed
}

function countIPv6(words: Int32Array, offset: number): number {
  const skipped = longestZeroRun(words, offset)
  let digits = 0
  for (let group = 0; group < 8; group++) {
    const hidden = (skipped >>> group) & 1
    if (hidden === 0) digits += countDigits(groupOf(words, offset, group))
  }
  return digits
}

function countDigits(value: number): number {
  let digits = 0
  let rest = value
  do {
    counts[rest & 15]! += 1
    rest >>>= 4
    digits++
  } while (rest > 0)
  return digits
}

/** Bit `i` set for each group `::` stands for: the first longest run of at least two zero groups. */
function longestZeroRun(words: Int32Array, offset: number): number {
  let length = 0
  let best = 1
  let mask = 0
  for (let group = 0; group < 8; group++) {
    length = groupOf(words, offset, group) === 0 ? length + 1 : 0
    if (length > best) {
      best = length
      mask = ((1 << length) - 1) << (group - length + 1)
    }
  }
  return mask
}

function groupOf(words: Int32Array, offset: number, group: number): number {
  const word = words[offset + (group >> 1)]!
  return (group & 1) === 0 ? word >>> 16 : word & 0xffff
}
