/**
 * IP addresses as 32-bit words. Every address is four big-endian words; an IPv4 address a.b.c.d is the IPv4-mapped
 * ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), so that both families share one key, one table and one comparison.
 */

const MAPPED = 0xffff

/** True when the four words at `offset` hold an IPv4-mapped address. */
export function isIPv4(words: ArrayLike<number>, offset = 0): boolean {
  return words[offset] === 0 && words[offset + 1] === 0 && words[offset + 2] === MAPPED
}

/** The address as text: dotted quad, or RFC 5952 for IPv6. */
export function formatAddress(words: ArrayLike<number>, offset = 0): string {
  if (isIPv4(words, offset)) return formatIPv4(words[offset + 3]!)
  const groups: number[] = []
  for (let i = 0; i < 4; i++) {
    const word = words[offset + i]! >>> 0
    groups.push(word >>> 16, word & 0xffff)
  }
  const run = longestZeroRun(groups)
  if (run.length < 2) return groups.map(hex).join(':')
  const head = groups.slice(0, run.start).map(hex).join(':')
  const tail = groups
    .slice(run.start + run.length)
    .map(hex)
    .join(':')
  return `${head}::${tail}`
}

/** Dotted quad of one 32-bit word. */
export function formatIPv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
}

/** Writes the words of `text` at `offset`. Returns false, writing nothing, when it is not an address. */
export function parseAddress(text: string, words: Int32Array, offset = 0): boolean {
  const groups = text.includes(':') ? parseIPv6(text) : parseIPv4(text)
  if (groups === null) return false
  for (let i = 0; i < 4; i++) words[offset + i] = groups[i]! | 0
  return true
}

/** A CIDR block (or a single address) compiled to a test on words. Returns null when `text` is neither. */
export function parseBlock(text: string): ((words: ArrayLike<number>, offset: number) => boolean) | null {
  const [base, length, ...rest] = text.split('/')
  const words = new Int32Array(4)
  if (base === undefined || rest.length > 0 || !parseAddress(base, words)) return null
  const shift = isIPv4(words) ? 96 : 0
  const bits = length === undefined ? 128 : Number(length) + shift
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || bits > 128)) return null
  const masks = [0, 1, 2, 3].map((i) => mask32(bits - 32 * i))
  return (other, offset) => {
    for (let i = 0; i < 4; i++) if (((other[offset + i]! ^ words[i]!) & masks[i]!) !== 0) return false
    return true
  }
}

function mask32(bits: number): number {
  if (bits >= 32) return -1
  return bits <= 0 ? 0 : (-1 << (32 - bits)) | 0
}

/** A MAC address held as a 48-bit integer, as text. */
export function formatMac(mac: number): string {
  return (mac % 2 ** 48)
    .toString(16)
    .padStart(12, '0')
    .replace(/(..)(?=.)/g, '$1:')
}

function parseIPv4(text: string): number[] | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let word = 0
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null
    word = (word << 8) | Number(part)
  }
  return [0, 0, MAPPED, word]
}

function parseIPv6(text: string): number[] | null {
  let body = text
  const dot = text.lastIndexOf(':')
  if (text.includes('.')) {
    const v4 = parseIPv4(text.slice(dot + 1))
    if (v4 === null) return null
    body = `${text.slice(0, dot + 1)}${hex(v4[3]! >>> 16)}:${hex(v4[3]! & 0xffff)}`
  }
  const halves = body.split('::')
  if (halves.length > 2) return null
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null
  const groups = [...head, ...new Array<string>(Math.max(0, missing)).fill('0'), ...tail]
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null
  const values = groups.map((group) => Number.parseInt(group, 16))
  return [0, 2, 4, 6].map((i) => (values[i]! << 16) | values[i + 1]!)
}

function longestZeroRun(groups: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue
    if (i - start > best.length) best = { start, length: i - start }
    start = i + 1
  }
  return best
}

function hex(group: number): string {
  return group.toString(16)
}
