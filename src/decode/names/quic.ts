import type { FlowNames } from '../../types/flow.ts'
import { ClientHello } from './client-hello.ts'
import { type Conversation, WANTS, type Wants } from './conversation.ts'
import type { Payload } from './payload.ts'
import { afterVarint, InitialHeader, InitialKeys, readVarint } from './quic-initial.ts'
import type { QuicLimits } from './quic-limits.ts'
import { describeHello, type HelloNames } from './tls.ts'

/** Datagrams of the client looked into, packets in each, and frames in each packet. */
const DATAGRAMS_MAX = 6
const PACKETS_MAX = 3
const FRAMES_MAX = 128
/** Bytes of the handshake put together, and pieces it may come in. */
const HELLO_MAX = 8192
const PIECES_MAX = 64
const CLIENT_HELLO = 1
const HANDSHAKE_HEADER = 4

const PADDING = 0
const PING = 1
const ACK = 2
const ACK_ECN = 3
const CRYPTO = 6

const header = new InitialHeader()
const hello = new ClientHello()

/** True for a datagram that begins with an Initial packet of QUIC version 1 or 2. */
export function isQuic(payload: Payload): boolean {
  return header.read(payload.bytes, payload.at, payload.end)
}

interface Piece {
  readonly offset: number
  readonly bytes: Uint8Array
}

/** QUIC (RFC 9000, RFC 9369): the ClientHello in the Initial packets, which anyone on the path can open. */
export class QuicConversation implements Conversation {
  #names: HelloNames = {}
  #keys: InitialKeys | null = null
  #pieces: Piece[] = []
  #datagrams = 0
  #limits: QuicLimits | null = null
  #place = -1

  read(payload: Payload): Wants {
    if (!payload.forward) return WANTS.more
    if (this.#datagrams++ >= DATAGRAMS_MAX || !payload.quic.spend(payload.time)) return this.#done()
    let { at } = payload
    for (let count = 0; count < PACKETS_MAX && header.read(payload.bytes, at, payload.end); count++) {
      const frames = this.#open(payload.bytes, at)
      if (frames !== null) this.#readFrames(frames)
      at = header.end
    }
    if (this.#readHello()) return this.#done()
    if (this.#place < 0) this.#place = payload.quic.wait(this)
    this.#limits = payload.quic
    return WANTS.more
  }

  service(byPort: string): string {
    return byPort === '' ? 'quic' : byPort
  }

  names(): FlowNames | null {
    return Object.keys(this.#names).length === 0 ? null : { ...this.#names }
  }

  /** Waits no longer: what has come is forgotten, and no more is looked into. */
  giveUp(): void {
    this.#pieces = []
    this.#keys = null
    this.#place = -1
    this.#datagrams = DATAGRAMS_MAX
  }

  /** By the keys of the first packet, or of this one where the server has asked for a new start (Retry). */
  #open(bytes: Uint8Array, at: number): Uint8Array | null {
    const frames = this.#keys?.open(bytes, at, header) ?? null
    if (frames !== null) return frames
    const keys = new InitialKeys(header.version, bytes.subarray(header.idAt, header.idEnd))
    const opened = keys.open(bytes, at, header)
    if (opened !== null) this.#keys = keys
    return opened
  }

  #readFrames(bytes: Uint8Array): void {
    let at = 0
    for (let count = 0; count < FRAMES_MAX && at < bytes.length; count++) {
      while (at < bytes.length && bytes[at] === PADDING) at++
      const type = bytes[at]
      if (type === CRYPTO) at = this.#readCrypto(bytes, at + 1)
      else if (type === ACK || type === ACK_ECN) at = skipAck(bytes, at + 1, type === ACK_ECN)
      else if (type === PING) at++
      else return
      if (at < 0) return
    }
  }

  #readCrypto(bytes: Uint8Array, from: number): number {
    const offset = readVarint(bytes, from, bytes.length)
    const length = offset < 0 ? -1 : readVarint(bytes, afterVarint(), bytes.length)
    const at = afterVarint()
    if (length < 0 || at + length > bytes.length) return -1
    if (offset + length <= HELLO_MAX && this.#pieces.length < PIECES_MAX) {
      this.#pieces.push({ offset, bytes: bytes.subarray(at, at + length) })
    }
    return at + length
  }

  /** True when there is nothing to wait for: the hello was read, or is none. */
  #readHello(): boolean {
    const bytes = this.#joined()
    if (bytes.length < HANDSHAKE_HEADER) return false
    const length = HANDSHAKE_HEADER + ((bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!)
    if (bytes[0] !== CLIENT_HELLO || length > HELLO_MAX) return true
    if (length > bytes.length) return false
    hello.readMessage(bytes, 0, length)
    this.#names = describeHello(hello, bytes, true)
    return true
  }

  /** What has come of the handshake, up to the first gap. */
  #joined(): Uint8Array {
    this.#pieces.sort((a, b) => a.offset - b.offset)
    const joined = new Uint8Array(HELLO_MAX)
    let end = 0
    for (const { offset, bytes } of this.#pieces) {
      if (offset > end) break
      joined.set(bytes, offset)
      end = Math.max(end, offset + bytes.length)
    }
    return joined.subarray(0, end)
  }

  #done(): Wants {
    if (this.#place >= 0) this.#limits?.leave(this.#place)
    this.giveUp()
    return WANTS.nothing
  }
}

/** Where the frame ends whose fields start at `from`, -1 when it is broken. */
function skipAck(bytes: Uint8Array, from: number, ecn: boolean): number {
  let at = from
  let fields = 4
  for (let i = 0; i < fields; i++) {
    const value = readVarint(bytes, at, bytes.length)
    if (value < 0) return -1
    at = afterVarint()
    // Largest, delay, count of further ranges, first range; two numbers for each of those.
    if (i === 2) fields += 2 * Math.min(value, FRAMES_MAX) + (ecn ? 3 : 0)
  }
  return at
}
