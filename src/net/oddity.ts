const DOT = 0x2e
const SLASH = 0x2f
const BACKSLASH = 0x5c
const QUESTION_MARK = 0x3f

/** Characters attacks on web applications need and ordinary addresses hardly have; each kind is a bit. */
const MARKS = new Uint16Array(256)
for (let byte = 0; byte < 256; byte++) if (byte < 0x20 || byte === 0x7f) MARKS[byte] = 1
for (const [bit, characters] of ["'", '"', '<>', ';', '|`', '\\', '$', '()', '%', '*', '{}', ' '].entries()) {
  for (const character of characters) MARKS[character.charCodeAt(0)] = 2 << bit
}
const UPWARD = 1 << 13
/** A path or an address as the value of a parameter. */
const PATH_IN_QUERY = 1 << 14

/** How much a decoded request target looks like an attack: the kinds of suspicious marks in it, 0 for none. */
export function oddity(bytes: Uint8Array, length: number): number {
  let found = 0
  let query = false
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!
    found |= MARKS[byte]!
    if (byte === QUESTION_MARK) query = true
    else if (byte === SLASH || byte === BACKSLASH) found |= aroundSlash(bytes, i, query)
  }
  let kinds = 0
  for (; found !== 0; found &= found - 1) kinds++
  return kinds
}

function aroundSlash(bytes: Uint8Array, i: number, query: boolean): number {
  if (i >= 2 && bytes[i - 1] === DOT && bytes[i - 2] === DOT) return UPWARD
  return query && i >= 1 && (bytes[i - 1] === 0x3d || bytes[i - 1] === 0x3a) ? PATH_IN_QUERY : 0
}
