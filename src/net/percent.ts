import { TEXT_MAX } from './text.ts'

const PERCENT = 0x25
const PLUS = 0x2b
const QUESTION_MARK = 0x3f
const SPACE = 0x20

/** A request target decoded once: percent-encoding (RFC 3986) and, in the query, `+` for a space. Reused. */
export class Target {
  readonly bytes = new Uint8Array(TEXT_MAX)
  length = 0

  /** Decodes `bytes[at .. end)`, as far as it fits. */
  decode(bytes: Uint8Array, at: number, end: number): void {
    let length = 0
    let query = false
    for (let i = at; i < end && length < TEXT_MAX; i++) {
      let byte = bytes[i]!
      if (byte === PERCENT && i + 2 < end) {
        const value = hexPair(bytes[i + 1]!, bytes[i + 2]!)
        if (value >= 0) {
          byte = value
          i += 2
        }
      } else if (byte === QUESTION_MARK) query = true
      else if (byte === PLUS && query) byte = SPACE
      this.bytes[length++] = byte
    }
    this.length = length
  }
}

/** The byte two hexadecimal digits stand for, -1 when they are none. */
function hexPair(high: number, low: number): number {
  const left = hexDigit(high)
  const right = hexDigit(low)
  return left < 0 || right < 0 ? -1 : (left << 4) | right
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
