import { TUNNEL } from '../../net/tunnel.ts'
import type { Frame } from '../frame.ts'
import { LAYER, type Layer } from '../layers.ts'

const HEADER = 8
const VERSION_AND_LENGTH = 0xff
const CONTROL = 0x80
/** Bits of the second byte, and the last byte, that must be 0. */
const RESERVED = 0x3f

/** Geneve (RFC 8926) where the header is one; control packets stay what they are. */
export function decodeGeneve(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.accept()
  const { view, at } = frame
  const first = view.getUint8(at) & VERSION_AND_LENGTH
  const second = view.getUint8(at + 1)
  const layer = layerOf(view.getUint16(at + 2))
  const sane = first >>> 6 === 0 && (second & (CONTROL | RESERVED)) === 0 && view.getUint8(at + 7) === 0
  if (!sane || layer === LAYER.done) return frame.accept()
  frame.openTunnel(TUNNEL.geneve, view.getUint32(at + 4) >>> 8)
  frame.at = at + HEADER + (first & 0x3f) * 4
  return layer
}

function layerOf(type: number): Layer {
  switch (type) {
    case 0x6558:
      return LAYER.ethernet
    case 0x0800:
      return LAYER.ipv4
    case 0x86dd:
      return LAYER.ipv6
    case 0x0806:
      return LAYER.arp
    default:
      return LAYER.done
  }
}
