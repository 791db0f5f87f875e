import type { Frame } from './frame.ts'
import { LAYER, type Layer } from './layers.ts'

const HEADER = 8

/** UDP (RFC 768): ports. The payload's length is taken from the IP header: fragments make the one of UDP misleading. */
export function decodeUdp(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.reject('truncated-udp')
  const { view, at, batch, row } = frame
  const ports = view.getInt32(at)
  batch.ports[row] = ports
  frame.at = at + HEADER
  const inner = tunnelOn(ports & 0xffff)
  if (inner !== LAYER.done) return inner
  const answered = tunnelOn(ports >>> 16)
  return answered === LAYER.done ? frame.accept() : answered
}

/** The tunnel whose port this is; whether it is one, its header tells. */
function tunnelOn(port: number): Layer {
  switch (port) {
    case 2152:
      return LAYER.gtp
    case 3544:
      return LAYER.teredo
    case 4789:
    case 4790:
    case 8472:
      return LAYER.vxlan
    case 4754:
      return LAYER.gre
    case 6081:
      return LAYER.geneve
    case 6635:
      return LAYER.mplsInUdp
    default:
      return LAYER.done
  }
}
