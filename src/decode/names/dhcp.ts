import { HashSet } from '../../math/hash-set.ts'
import { formatIPv4, formatMac } from '../../net/address.ts'
import { printable } from '../../net/text.ts'
import type { FlowNames } from '../../types/flow.ts'
import { type Conversation, WANTS, type Wants } from './conversation.ts'
import { type Payload, readUint16 } from './payload.ts'

/** Offsets of the address given to the client, its hardware address, and the options behind the magic cookie (RFC 2131). */
const GIVEN = 16
const CLIENT = 28
const COOKIE = 236
const OPTIONS = 240
const OPTIONS_MAX = 64
const PAD = 0
const END = 255
const HOST_NAME = 12
const REQUESTED_ADDRESS = 50
const MESSAGE_TYPE = 53
const ACK = 5
const ETHERNET = 1
const MAC_LENGTH = 6

/** True for a DHCP message on one of its ports. */
export function isDhcp(payload: Payload): boolean {
  const { bytes, at, end } = payload
  if (end - at < OPTIONS || !(payload.isOn(67) || payload.isOn(68))) return false
  return readUint16(bytes, at + COOKIE) === 0x6382 && readUint16(bytes, at + COOKIE + 2) === 0x5363
}

/** DHCP (RFC 2131): the first message in full, the address its client gets, and how many clients speak. */
export class DhcpConversation implements Conversation {
  #message = 0
  #host = ''
  #requested = ''
  #mac = 0
  #address = ''
  #type = 0
  #clients = new HashSet()

  read(payload: Payload): Wants {
    if (!isDhcp(payload)) return WANTS.more
    const { bytes, at, end } = payload
    this.#clients.add(clientHash(bytes, at + CLIENT))
    this.#type = 0
    this.#readOptions(bytes, at + OPTIONS, end)
    const mac = bytes[at + 1] === ETHERNET && bytes[at + 2] === MAC_LENGTH ? readMac(bytes, at + CLIENT) : 0
    if (this.#message === 0) {
      this.#message = this.#type
      this.#mac = mac
    }
    if (this.#type === ACK && mac === this.#mac && this.#address === '') this.#address = givenTo(bytes, at + GIVEN)
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
    if (this.#mac !== 0) names.dhcpMac = formatMac(this.#mac)
    if (this.#address !== '') names.dhcpAddress = this.#address
    this.#message = 0
    this.#host = ''
    this.#requested = ''
    this.#mac = 0
    this.#address = ''
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
    if (code === MESSAGE_TYPE && end > at) this.#type = bytes[at]!
    // The rest is of the first message.
    else if (this.#message > 0) return
    else if (code === HOST_NAME) this.#host = printable(bytes, at, end)
    else if (code === REQUESTED_ADDRESS && end - at === 4) {
      this.#requested = formatIPv4((readUint16(bytes, at) << 16) | readUint16(bytes, at + 2))
    }
  }
}

function readMac(bytes: Uint8Array, at: number): number {
  return readUint16(bytes, at) * 2 ** 32 + readUint16(bytes, at + 2) * 2 ** 16 + readUint16(bytes, at + 4)
}

/** Empty for 0.0.0.0, which is none. */
function givenTo(bytes: Uint8Array, at: number): string {
  const word = (readUint16(bytes, at) << 16) | readUint16(bytes, at + 2)
  return word === 0 ? '' : formatIPv4(word)
}

function clientHash(bytes: Uint8Array, at: number): number {
  let hash = 0
  for (let i = at; i < at + 6; i++) hash = Math.imul(hash ^ bytes[i]!, 0x9e3779b1) ^ (hash >>> 15)
  return hash || 1
}
