import { TUNNEL } from '../../net/tunnel.ts'
import type { Frame } from '../frame.ts'
import { LAYER, type Layer } from '../layers.ts'

const HEADER = 8
/** The identifier is valid; with a group policy; with the protocol of what follows (VXLAN-GPE). */
const FLAGS = 0x08
const FLAGS_POLICY = 0x88
const FLAGS_PROTOCOL = 0x0c

/** VXLAN (RFC 7348, draft-ietf-nvo3-vxlan-gpe) where the header is one: flags and what is reserved as they must be. */
export function decodeVxlan(frame: Frame): Layer {
  if (!frame.holds(HEADER + 1)) return frame.accept()
  const { view, at } = frame
  const layer = view.getUint8(at + 7) === 0 ? layerOf(view.getUint32(at)) : LAYER.done
  if (layer === LAYER.done) return frame.accept()
  frame.openTunnel(TUNNEL.vxlan, view.getUint32(at + 4) >>> 8)
  frame.at = at + HEADER
  return layer
}

function layerOf(word: number): Layer {
  switch (word >>> 24) {
    case FLAGS:
      return (word & 0xffffff) === 0 ? LAYER.ethernet : LAYER.done
    case FLAGS_POLICY:
      return LAYER.ethernet
    case FLAGS_PROTOCOL:
      return protocolLayer(word & 0xffffff)
    default:
      return LAYER.done
  }
}

function protocolLayer(protocol: number): Layer {
  switch (protocol) {
    case 1:
      return LAYER.ipv4
    case 2:
      return LAYER.ipv6
    case 3:
      return LAYER.ethernet
    default:
      return LAYER.done
  }
}
