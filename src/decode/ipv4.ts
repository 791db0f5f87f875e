import { PROTOCOL } from '../net/flow-record.ts'
import { FRAGMENT } from '../net/packet-batch.ts'
import type { Frame } from './frame.ts'
import { LAYER, type Layer } from './layers.ts'

const HEADER = 20
const MORE_FRAGMENTS = 0x2000
const FRAGMENT_OFFSET = 0x1fff

/** IPv4 (RFC 791). Length, fragment bits and addresses go into the row; the checksum is not verified: offload breaks it. */
export function decodeIPv4(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.reject('truncated-ipv4')
  const { view, at, batch, row } = frame
  const first = view.getUint8(at)
  if (first >>> 4 !== 4) return frame.reject('bad-version')
  const header = (first & 15) << 2
  if (header < HEADER) return frame.reject('bad-ipv4-header-length')
  if (!frame.holds(header)) return frame.reject('truncated-ipv4')
  const stated = view.getUint16(at + 2)
  // Segmentation offload leaves 0 where the length should be: then it is what was on the wire.
  const length = stated === 0 ? frame.wireEnd - at : stated
  if (length < header) return frame.reject('bad-ipv4-length')

  const protocol = view.getUint8(at + 9)
  batch.length[row] = length
  batch.ttl[row] = view.getUint8(at + 8)
  batch.protocol[row] = protocol
  const { address } = batch
  const word = row * 8
  address[word] = 0
  address[word + 1] = 0
  address[word + 2] = 0xffff
  address[word + 3] = view.getInt32(at + 12)
  address[word + 4] = 0
  address[word + 5] = 0
  address[word + 6] = 0xffff
  address[word + 7] = view.getInt32(at + 16)
  frame.limit(at + length)
  frame.at = at + header

  const fragment = view.getUint16(at + 6)
  if ((fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) !== 0) {
    const later = (fragment & FRAGMENT_OFFSET) !== 0
    batch.fragment[row] = ((fragment & MORE_FRAGMENTS) !== 0 ? FRAGMENT.more : 0) | (later ? FRAGMENT.later : 0)
    frame.fragmentId = view.getUint16(at + 4)
    if (later) return frame.accept()
  }
  return transportLayer(frame, protocol)
}

function transportLayer(frame: Frame, protocol: number): Layer {
  switch (protocol) {
    case PROTOCOL.tcp:
      return LAYER.tcp
    case PROTOCOL.udp:
      return LAYER.udp
    case PROTOCOL.icmp:
      return LAYER.icmp
    case PROTOCOL.sctp:
      return LAYER.sctp
    case PROTOCOL.gre:
      return LAYER.gre
    case PROTOCOL.ipv4:
      return LAYER.ipv4InIPv4
    case PROTOCOL.ipv6:
      return LAYER.ipv6InIPv4
    default:
      return frame.accept()
  }
}
