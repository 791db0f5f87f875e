import { TUNNEL } from '../../net/tunnel.ts'
import type { Frame } from '../frame.ts'
import { LAYER, type Layer } from '../layers.ts'

const HEADER = 4
/** Flags (RFC 2784, RFC 2890, and for version 1 RFC 2637): each but routing stands for four more bytes. */
const CHECKSUM = 0x8000
const ROUTING = 0x4000
const KEY = 0x2000
const SEQUENCE = 0x1000
const ACKNOWLEDGEMENT = 0x0080
const VERSION = 0x0007

const IPV4 = 0x0800
const IPV6 = 0x86dd
const ETHERNET = 0x6558
const MPLS = 0x8847
const MPLS_MULTICAST = 0x8848
const PPP = 0x880b
const WCCP = 0x883e
const ERSPAN = 0x88be
const ERSPAN_3 = 0x22eb

/** GRE, version 0 and the enhanced one of PPTP. What carries nothing that is decoded stays a packet of GRE itself. */
export function decodeGre(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.accept()
  const { view, at } = frame
  const flags = view.getUint16(at)
  const type = view.getUint16(at + 2)
  const layer = (flags & ROUTING) !== 0 ? LAYER.done : layerOf(flags, type)
  if (layer === LAYER.done) {
    frame.inside.countNumber('gre', type, 16)
    return frame.accept()
  }
  if (layer === LAYER.erspan || layer === LAYER.erspan3) frame.openTunnel(TUNNEL.erspan)
  else frame.openTunnel(TUNNEL.gre, keyOf(frame, flags))
  frame.at = at + headerLength(flags)
  // The first ERSPAN has no header of its own, and no sequence numbers either.
  if (layer === LAYER.erspan && (flags & SEQUENCE) === 0) return LAYER.ethernet
  if (type === WCCP) skipRedirect(frame)
  return layer
}

/** The key of version 0 (RFC 2890), -1 for none; in version 1 it is something else. */
function keyOf({ view, at, end }: Frame, flags: number): number {
  if ((flags & KEY) === 0 || (flags & VERSION) !== 0) return -1
  const key = at + HEADER + ((flags & CHECKSUM) !== 0 ? 4 : 0)
  return key + 4 <= end ? view.getUint32(key) : -1
}

function layerOf(flags: number, type: number): Layer {
  const version = flags & VERSION
  if (version === 1) return type === PPP ? LAYER.ppp : LAYER.done
  if (version !== 0) return LAYER.done
  switch (type) {
    case IPV4:
    case WCCP:
      return LAYER.ipv4
    case IPV6:
      return LAYER.ipv6
    case ETHERNET:
      return LAYER.ethernet
    case MPLS:
    case MPLS_MULTICAST:
      return LAYER.mpls
    case PPP:
      return LAYER.ppp
    case ERSPAN:
      return LAYER.erspan
    case ERSPAN_3:
      return LAYER.erspan3
    default:
      return LAYER.done
  }
}

function headerLength(flags: number): number {
  let length = HEADER
  if ((flags & CHECKSUM) !== 0) length += 4
  if ((flags & KEY) !== 0) length += 4
  if ((flags & SEQUENCE) !== 0) length += 4
  if ((flags & VERSION) === 1 && (flags & ACKNOWLEDGEMENT) !== 0) length += 4
  return length
}

/** WCCP 2 puts four bytes before the packet, version 1 does not. */
function skipRedirect(frame: Frame): void {
  if (frame.holds(1) && frame.view.getUint8(frame.at) >>> 4 !== 4) frame.at += 4
}
