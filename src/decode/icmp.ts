import type { Frame } from './frame.ts'
import type { Layer } from './layers.ts'

const HEADER = 8

/** ICMP (RFC 792): type and code in place of ports, and the identifier of queries and replies. */
export function decodeIcmp(frame: Frame): Layer {
  if (!frame.holds(4)) return frame.reject('truncated-icmp')
  const { view, at, batch, row } = frame
  const type = view.getUint8(at)
  batch.ports[row] = (type << 16) | view.getUint8(at + 1)
  if (isQuery(type) && frame.holds(6)) batch.identifier[row] = view.getUint16(at + 4)
  frame.at = at + HEADER
  return frame.accept()
}

/** Echo, timestamp, information and address mask, and the replies to them. */
function isQuery(type: number): boolean {
  return type === 0 || type === 8 || (type >= 13 && type <= 18)
}
