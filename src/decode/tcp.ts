import type { Frame } from './frame.ts'
import type { Layer } from './layers.ts'

const HEADER = 20

/** TCP (RFC 9293): ports and control bits. A data offset that cannot be is taken as "no payload". */
export function decodeTcp(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.reject('truncated-tcp')
  const { view, at, batch, row } = frame
  batch.ports[row] = view.getInt32(at)
  batch.flags[row] = view.getUint8(at + 13)
  const header = (view.getUint8(at + 12) >>> 4) << 2
  frame.at = header < HEADER ? frame.wireEnd : at + header
  return frame.accept()
}
