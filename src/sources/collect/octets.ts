/** Unsigned big-endian numbers, as all export protocols write them. The caller has checked the bounds. */

export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

export function u32(bytes: Uint8Array, at: number): number {
  return word(bytes, at) >>> 0
}

/** The same 32 bits as a signed word, as addresses are held. */
export function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

/** A number of any `length`; beyond 2^53 only its magnitude is right. */
export function unsigned(bytes: Uint8Array, at: number, length: number): number {
  if (length === 4) return u32(bytes, at)
  if (length === 2) return u16(bytes, at)
  let value = 0
  for (let i = at; i < at + length; i++) value = value * 256 + bytes[i]!
  return value
}
