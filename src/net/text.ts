/** Characters of the longest string kept of anything on the wire. */
export const TEXT_MAX = 1024

/** Node's own conversion, without the checks around it. */
interface Latin1 {
  latin1Slice(start: number, end: number): string
}

const scratch = Buffer.alloc(TEXT_MAX) as Buffer & Latin1
const HEX = '0123456789ABCDEF'

/** `bytes[at .. end)` as printable ASCII, every other byte as `\xNN`, cut at `TEXT_MAX` characters. */
export function printable(bytes: Uint8Array, at: number, end: number): string {
  let length = 0
  for (let i = at; i < end && length < TEXT_MAX; i++) {
    const byte = bytes[i]!
    if (byte >= 0x20 && byte < 0x7f) scratch[length++] = byte
    else if (length <= TEXT_MAX - 4) length = escapeByte(byte, length)
    else break
  }
  return scratch.latin1Slice(0, length)
}

function escapeByte(byte: number, length: number): number {
  scratch[length] = 0x5c
  scratch[length + 1] = 0x78
  scratch[length + 2] = HEX.charCodeAt(byte >>> 4)
  scratch[length + 3] = HEX.charCodeAt(byte & 15)
  return length + 4
}
