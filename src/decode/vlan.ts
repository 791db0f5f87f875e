import { etherLayer } from './ether-type.ts'
import type { Frame } from './frame.ts'
import type { Layer } from './layers.ts'

const HEADER = 4

/** IEEE 802.1Q tag, alone or stacked (QinQ): the outermost identifier is kept. */
export function decodeVlan(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.reject('truncated-vlan')
  const { view, at, batch, row } = frame
  if (batch.vlan[row] === 0) batch.vlan[row] = view.getUint16(at) & 0xfff
  frame.at = at + HEADER
  return etherLayer(frame, view.getUint16(at + 2))
}
