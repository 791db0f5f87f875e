import type { Frame } from './frame.ts'
import type { Layer } from './layers.ts'

const HEADER = 8

/** UDP (RFC 768): ports. The payload's length is taken from the IP header: fragments make the one of UDP misleading. */
export function decodeUdp(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.reject('truncated-udp')
  const { view, at, batch, row } = frame
  batch.ports[row] = view.getInt32(at)
  frame.at = at + HEADER
  return frame.accept()
}
