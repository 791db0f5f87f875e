import type { Frame } from './frame.ts'
import type { Layer } from './layers.ts'

const HEADER = 12

/** SCTP (RFC 9260): ports. */
export function decodeSctp(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.reject('truncated-sctp')
  const { view, at, batch, row } = frame
  batch.ports[row] = view.getInt32(at)
  frame.at = at + HEADER
  return frame.accept()
}
