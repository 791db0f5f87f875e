import { etherLayer } from './ether-type.ts'
import type { Frame } from './frame.ts'
import { LAYER, type Layer } from './layers.ts'

const HEADER = 14

/** Ethernet II and IEEE 802.3: destination, source, EtherType or length. */
export function decodeEthernet(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.reject('truncated-ethernet')
  const { view, at, batch, row } = frame
  batch.dstMacAt[row] = at
  batch.srcMacAt[row] = at + 6
  frame.at = at + HEADER
  const type = view.getUint16(at + 12)
  const layer = etherLayer(frame, type)
  if (layer === LAYER.llc) frame.limit(frame.at + type)
  return layer
}
