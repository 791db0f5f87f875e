const encoder = new TextEncoder()

/** Text as UTF-8, bytes as they are. */
export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? encoder.encode(content) : content
}

/** One array after the other. */
export function concat(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const arrays = parts.map(bytesOf)
  const result = new Uint8Array(arrays.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of arrays) {
    result.set(part, offset)
    offset += part.length
  }
  return result
}

/** Single bytes. */
export function u8(...values: number[]): Uint8Array {
  return Uint8Array.from(values)
}

/** 16-bit big-endian words. */
export function u16(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >>> 8, value]))
}

/** 32-bit big-endian words. */
export function u32(...values: number[]): Uint8Array {
  return u16(...values.flatMap((value) => [value >>> 16, value & 0xffff]))
}

/** `length` zero bytes. */
export function zeros(length: number): Uint8Array {
  return new Uint8Array(length)
}

/** `aa:bb:cc:dd:ee:ff` as six bytes. */
export function mac(text: string): Uint8Array {
  return Uint8Array.from(text.split(':').map((part) => Number.parseInt(part, 16)))
}

/** An address as the 4 or 16 bytes that go on the wire; throws when `text` is none. */
export function address(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.').map(Number))
  const [head = '', tail] = text.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...new Array<string>(missing).fill('0'), ...right]
  if (groups.length !== 8) throw new Error(`${text} is not an address`)
  return u16(...groups.map((group) => Number.parseInt(group, 16)))
}

/** Internet checksum (RFC 1071) over all parts; an odd part is padded with a zero byte. */
export function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += (part[i]! << 8) | (part[i + 1] ?? 0)
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
