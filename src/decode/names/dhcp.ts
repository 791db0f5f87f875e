import { HashSet } from '../../math/hash-set.ts'
import { formatIPv4 } from '../../net/address.ts'
import { printable } from '../../net/text.ts'
import type { FlowNames } from '../../types/flow.ts'
import { type Conversation, WANTS, type Wants } from './conversation.ts'
import { type Payload, readUint16 } from './payload.ts'

/** Offset of the client's hardware address, and of the options behind the magic cookie (RFC 2131). */
const CLIENT = 28
const COOKIE = 236
const OPTIONS = 240
const OPTIONS_MAX = 64
const PAD = 0
const END = 255
const HOST_NAME = 12
const REQUESTED_ADDRESS = 50
const MESSAGE_TYPE = 53

/** True for a DHCP message on one of its ports. */
export function isDhcp(payload: Payload): boolean {
  const { bytes, at, end } = payload
  if (end - at < OPTIONS || !(payload.isOn(67) || payload.isOn(68))) return false
  return readUint16(bytes, at + COOKIE) === 0x6382 && readUint16(bytes, at + COOKIE + 2) === 0x5363
}

/** DHCP (RFC 2131): the first message in full, and how many clients speak. */
export class DhcpConversation implements Conversation {
  #message = 0
  #host = ''
  #requested = ''
  #clients = new HashSet()

  read(payload: Payload): Wants {
    if (!isDhcp(payload)) return WANTS.more
    const { bytes, at, end } = payload
    this.#clients.add(clientHash(bytes, at + CLIENT))
    if (this.#message === 0) this.#readOptions(bytes, at + OPTIONS, end)
    return WANTS.more
  }

  service(): string {
    return 'dhcp'
  }

  names(): FlowNames | null {
    if (this.#clients.size === 0) return null
    const names: FlowNames = { dhcpClients: this.#clients.size }
    if (this.#message > 0) names.dhcpMessage = this.#message
    if (this.#host !== '') names.dhcpHost = this.#host
    if (this.#requested !== '') names.dhcpRequested = this.#requested
    this.#message = 0
    this.#host = ''
    this.#requested = ''
    this.#clients = new HashSet()
    return names
  }

  #readOptions(bytes: Uint8Array, from: number, end: number): void {
    let at = from
    for (let count = 0; count < OPTIONS_MAX && at + 1 < end && bytes[at] !== END; count++) {
      if (bytes[at] === PAD) {
        at++
        continue
      }
      const value = at + 2
      const next = value + bytes[at + 1]!
      if (next > end) return
      this.#readOption(bytes[at]!, bytes, value, next)
      at = next
    }
  }

  #readOption(code: number, bytes: Uint8Array, at: number, end: number): void {
    if (code === MESSAGE_TYPE && end > at) this.#message = bytes[at]!
    else if (code === HOST_NAME) this.#host = printable(bytes, at, end)
    else if (code === REQUESTED_ADDRESS && end - at === 4) {
      this.#requested = formatIPv4((readUint16(bytes, at) << 16) | readUint16(bytes, at + 2))
    }
  }
}

function clientHash(bytes: Uint8Array, at: number): number {
  let hash = 0
  for (let i = at; i < at + 6; i++) hash = Math.imul(hash ^ bytes[i]!, 0x9e3779b1) ^ (hash >>> 15)
  return hash || 1
}
