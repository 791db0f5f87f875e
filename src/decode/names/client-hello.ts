import { readUint16 } from './payload.ts'

const RECORD_HEADER = 5
const HANDSHAKE = 22
const CLIENT_HELLO = 1
const HANDSHAKE_HEADER = 4
const SERVER_NAME = 0
const GROUPS = 10
const POINT_FORMATS = 11
const SIGNATURES = 13
const ALPN = 16
const VERSIONS = 43
/** Extensions looked at. */
const EXTENSIONS_MAX = 64
/** Numbers kept of each list; a hello that has more is no program's, and has no fingerprint. */
const LIST_MAX = 256

/** True when a TLS record with the start of a ClientHello (RFC 8446, 4.1.2) stands at `at`. */
export function isClientHello(bytes: Uint8Array, at: number, end: number): boolean {
  return end - at > RECORD_HEADER && bytes[at] === HANDSHAKE && bytes[at + RECORD_HEADER] === CLIENT_HELLO
}

/**
 * A ClientHello: server name (RFC 6066) and first application protocol (RFC 7301) as offsets, -1 where absent, and the numbers
 * in it. One is reused for all.
 */
export class ClientHello {
  nameAt = -1
  nameEnd = -1
  protocolAt = -1
  protocolEnd = -1
  /** All of it was there, and its lengths agree: it can be fingerprinted. */
  whole = false
  version = 0
  readonly ciphers: number[] = []
  /** In the order they were sent, as the other lists. */
  readonly extensions: number[] = []
  readonly groups: number[] = []
  readonly pointFormats: number[] = []
  readonly signatures: number[] = []
  readonly versions: number[] = []
  #bytes = new Uint8Array(0) as Uint8Array

  /** Reads the one in the record at `at`; false when it goes on behind `end`, and was read as far as it got. */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    const record = at + RECORD_HEADER + readUint16(bytes, at + 3)
    return this.readMessage(bytes, at + RECORD_HEADER, Math.min(end, record)) || record <= end
  }

  /** The same for the handshake message at `at` that no record is around. */
  readMessage(bytes: Uint8Array, at: number, end: number): boolean {
    this.#forget()
    this.#bytes = bytes
    const length = end - at < HANDSHAKE_HEADER ? 0 : (bytes[at + 1]! << 16) | readUint16(bytes, at + 2)
    const message = at + HANDSHAKE_HEADER + length
    const stop = Math.min(end, message)
    let next = at + HANDSHAKE_HEADER
    if (next + 2 <= stop) this.version = readUint16(bytes, next)
    next += 2 + 32
    if (next < stop) next += 1 + bytes[next]!
    if (next + 2 <= stop) {
      const size = readUint16(bytes, next)
      this.#readWords(this.ciphers, next + 2, Math.min(stop, next + 2 + size))
      next += 2 + size
    }
    if (next < stop) next += 1 + bytes[next]!
    const read =
      next + 2 <= stop ? this.#readExtensions(next + 2, Math.min(stop, next + 2 + readUint16(bytes, next))) : next
    this.whole = message <= end && read === message && this.extensions.length < EXTENSIONS_MAX
    return message <= end
  }

  #forget(): void {
    this.nameAt = -1
    this.nameEnd = -1
    this.protocolAt = -1
    this.protocolEnd = -1
    this.version = 0
    for (const list of [
      this.ciphers,
      this.extensions,
      this.groups,
      this.pointFormats,
      this.signatures,
      this.versions,
    ]) {
      list.length = 0
    }
  }

  /** Returns where the last whole extension ends. */
  #readExtensions(from: number, end: number): number {
    let at = from
    while (this.extensions.length < EXTENSIONS_MAX && at + 4 <= end) {
      const type = readUint16(this.#bytes, at)
      const length = readUint16(this.#bytes, at + 2)
      if (at + 4 + length > end) return at
      this.extensions.push(type)
      this.#readExtension(type, at + 4, at + 4 + length)
      at += 4 + length
    }
    return at
  }

  #readExtension(type: number, at: number, end: number): void {
    switch (type) {
      case SERVER_NAME:
        this.#readServerName(at, end)
        break
      case ALPN:
        this.#readProtocol(at, end)
        break
      case GROUPS:
        this.#readWords(this.groups, at + 2, end)
        break
      case SIGNATURES:
        this.#readWords(this.signatures, at + 2, end)
        break
      case VERSIONS:
        this.#readWords(this.versions, at + 1, end)
        break
      case POINT_FORMATS:
        for (let i = at + 1; i < end && this.pointFormats.length < LIST_MAX; i++)
          this.pointFormats.push(this.#bytes[i]!)
    }
  }

  #readWords(list: number[], from: number, end: number): void {
    for (let at = from; at + 2 <= end && list.length < LIST_MAX; at += 2) list.push(readUint16(this.#bytes, at))
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
