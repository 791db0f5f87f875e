import { PROTOCOL } from '../net/flow-record.ts'
import { FRAGMENT } from '../net/packet-batch.ts'
import type { Frame } from './frame.ts'
import { LAYER, type Layer } from './layers.ts'

const HEADER = 40
/** Extension headers followed before a packet counts as `too-deep`. */
const EXTENSIONS_MAX = 8

/** In place of a protocol number: nothing is left to decode. */
const DEALT_WITH = -1

const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT_HEADER = 44
const AUTHENTICATION = 51
const DESTINATION_OPTIONS = 60
const MOBILITY = 135
const HOST_IDENTITY = 139
const SHIM6 = 140

/** IPv6 (RFC 8200) with its extension headers; the row's protocol is the one behind them. */
export function decodeIPv6(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.reject('truncated-ipv6')
  const { view, at, batch, row } = frame
  if (view.getUint8(at) >>> 4 !== 6) return frame.reject('bad-version')
  const stated = view.getUint16(at + 4)
  // 0 stands for a jumbogram (RFC 2675) or segmentation offload: then the length is what was on the wire.
  const length = stated === 0 ? frame.wireEnd - at : HEADER + stated
  batch.length[row] = length
  batch.ttl[row] = view.getUint8(at + 7)
  const { address } = batch
  for (let i = 0; i < 8; i++) address[row * 8 + i] = view.getInt32(at + 8 + 4 * i)
  frame.limit(at + length)
  frame.at = at + HEADER
  const protocol = followExtensions(frame, view.getUint8(at + 6))
  return protocol === DEALT_WITH ? LAYER.done : transportLayer(frame, protocol)
}

function transportLayer(frame: Frame, protocol: number): Layer {
  frame.batch.protocol[frame.row] = protocol
  switch (protocol) {
    case PROTOCOL.tcp:
      return LAYER.tcp
    case PROTOCOL.udp:
      return LAYER.udp
    case PROTOCOL.icmp6:
      return LAYER.icmp6
    case PROTOCOL.sctp:
      return LAYER.sctp
    case PROTOCOL.gre:
      return LAYER.gre
    case PROTOCOL.ipv4:
      return LAYER.ipv4InIPv6
    case PROTOCOL.ethernet:
      return LAYER.ethernetInIPv6
    case PROTOCOL.ipv6:
      return LAYER.ipv6InIPv6
    default:
      return frame.accept()
  }
}

/** Moves `frame.at` behind the extension headers; the protocol that follows, or `DEALT_WITH`. */
function followExtensions(frame: Frame, first: number): number {
  let protocol = first
  for (let count = 0; isExtension(protocol); count++) {
    if (count === EXTENSIONS_MAX) return refuse(frame, 'too-deep')
    if (!frame.holds(8)) return refuse(frame, 'truncated-ipv6-extension')
    const { view, at } = frame
    const next = view.getUint8(at)
    frame.at = at + extensionLength(protocol, view.getUint8(at + 1))
    if (protocol === FRAGMENT_HEADER && decodeFragment(frame, at)) {
      frame.batch.protocol[frame.row] = next
      frame.accept()
      return DEALT_WITH
    }
    protocol = next
  }
  return protocol
}

function refuse(frame: Frame, reason: string): number {
  frame.reject(reason)
  return DEALT_WITH
}

/** Reads the fragment header at `at`; true for any fragment but the first. */
function decodeFragment(frame: Frame, at: number): boolean {
  const { view, batch, row } = frame
  const field = view.getUint16(at + 2)
  const later = field >>> 3 !== 0
  batch.fragment[row] = ((field & 1) !== 0 ? FRAGMENT.more : 0) | (later ? FRAGMENT.later : 0)
  frame.fragmentId = view.getInt32(at + 4)
  return later
}

function isExtension(protocol: number): boolean {
  switch (protocol) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT_HEADER:
    case AUTHENTICATION:
    case DESTINATION_OPTIONS:
    case MOBILITY:
    case HOST_IDENTITY:
    case SHIM6:
      return true
    default:
      return false
  }
}

function extensionLength(protocol: number, field: number): number {
  if (protocol === FRAGMENT_HEADER) return 8
  return protocol === AUTHENTICATION ? (field + 2) * 4 : (field + 1) * 8
}
