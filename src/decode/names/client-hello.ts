import { readUint16 } from './payload.ts'

const RECORD_HEADER = 5
const HANDSHAKE = 22
const CLIENT_HELLO = 1
/** Handshake header, version and random. */
const FIXED = 4 + 2 + 32
const SERVER_NAME = 0
const ALPN = 16
/** Extensions looked at. */
const EXTENSIONS_MAX = 64

/** True when a TLS record with the start of a ClientHello (RFC 8446, 4.1.2) stands at `at`. */
export function isClientHello(bytes: Uint8Array, at: number, end: number): boolean {
  return end - at > RECORD_HEADER && bytes[at] === HANDSHAKE && bytes[at + RECORD_HEADER] === CLIENT_HELLO
}

/** Server name (RFC 6066) and first application protocol (RFC 7301) of a ClientHello, as offsets; -1 where absent. */
export class ClientHello {
  nameAt = -1
  nameEnd = -1
  protocolAt = -1
  protocolEnd = -1
  #bytes = new Uint8Array(0) as Uint8Array

  /** Reads the one at `at`; false when it goes on behind `end`, and was read as far as it got. */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    this.nameAt = -1
    this.protocolAt = -1
    this.#bytes = bytes
    const whole = at + RECORD_HEADER + readUint16(bytes, at + 3)
    const stop = Math.min(end, whole)
    let next = at + RECORD_HEADER + FIXED
    if (next < stop) next += 1 + bytes[next]!
    if (next + 2 <= stop) next += 2 + readUint16(bytes, next)
    if (next < stop) next += 1 + bytes[next]!
    this.#readExtensions(next + 2, stop)
    return whole <= end
  }

  #readExtensions(from: number, end: number): void {
    let at = from
    for (let count = 0; count < EXTENSIONS_MAX && at + 4 <= end; count++) {
      const type = readUint16(this.#bytes, at)
      const length = readUint16(this.#bytes, at + 2)
      at += 4
      if (at + length > end) return
      if (type === SERVER_NAME) this.#readServerName(at, at + length)
      else if (type === ALPN) this.#readProtocol(at, at + length)
      at += length
    }
  }

  /** A list whose only kind of entry is a host name, so there is one. */
  #readServerName(at: number, end: number): void {
    if (at + 5 > end || this.#bytes[at + 2] !== 0) return
    const length = readUint16(this.#bytes, at + 3)
    if (at + 5 + length > end) return
    this.nameAt = at + 5
    this.nameEnd = this.nameAt + length
  }

  #readProtocol(at: number, end: number): void {
    if (at + 3 > end || at + 3 + this.#bytes[at + 2]! > end) return
    this.protocolAt = at + 3
    this.protocolEnd = this.protocolAt + this.#bytes[at + 2]!
  }
}
