import { isIPv4 } from '../net/address.ts'

/** An IPv6 address has at most 32 hexadecimal digits. */
const MOST_DIGITS = 32
const DIGIT_LOG = Float64Array.from({ length: MOST_DIGITS + 1 }, (_, n) => (n === 0 ? 0 : n * Math.log2(n)))
const counts = new Uint8Array(16)

/**
 * Shannon entropy, bits, of the digits of an address as text, the four words at `offset`: decimal for IPv4, hexadecimal as
 * RFC 5952 writes them for IPv6. 0 for `::`.
 */
export function addressEntropy(words: Int32Array, offset: number): number {
  counts.fill(0)
  const digits = isIPv4(words, offset) ? countIPv4(words[offset + 3]!) : countIPv6(words, offset)
  if (digits === 0) return 0
  let sum = 0
  for (let digit = 0; digit < 16; digit++) sum += DIGIT_LOG[counts[digit]!]!
  return Math.max(0, (DIGIT_LOG[digits]! - sum) / digits)
}

function countIPv4(word: number): number {
  let digits = 0
  for (let shift = 24; shift >= 0; shift -= 8) digits += countDigits((word >>> shift) & 255, 10)
  return digits
}

function countIPv6(words: Int32Array, offset: number): number {
  const skipped = longestZeroRun(words, offset)
  let digits = 0
  for (let group = 0; group < 8; group++) {
    const hidden = (skipped >>> group) & 1
    if (hidden === 0) digits += countDigits(groupOf(words, offset, group), 16)
  }
  return digits
}

function countDigits(value: number, base: number): number {
  let digits = 0
  let rest = value
  do {
    counts[rest % base]! += 1
    rest = Math.floor(rest / base)
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
