import type { Frame } from './frame.ts'
import { LAYER, type Layer } from './layers.ts'

const LABEL = 4
/** Labels followed in one stack. */
const LABELS_MAX = 16
const BOTTOM = 0x01

/**
 * MPLS (RFC 3032): what follows the stack is told by its first four bits, IP or the control word of an Ethernet pseudowire
 * (RFC 4928, RFC 4448).
 */
export function decodeMpls(frame: Frame): Layer {
  for (let count = 0; count < LABELS_MAX; count++) {
    if (!frame.holds(LABEL + 1)) return frame.reject('truncated-mpls')
    const bottom = (frame.view.getUint8(frame.at + 2) & BOTTOM) !== 0
    frame.at += LABEL
    if (bottom) return payloadLayer(frame)
  }
  return frame.reject('too-deep')
}

function payloadLayer(frame: Frame): Layer {
  switch (frame.view.getUint8(frame.at) >>> 4) {
    case 4:
      return LAYER.ipv4
    case 6:
      return LAYER.ipv6
    case 0:
      if (!frame.holds(4)) return frame.reject('truncated-mpls')
      frame.at += 4
      return LAYER.ethernet
    default:
      return frame.reject('mpls')
  }
}
