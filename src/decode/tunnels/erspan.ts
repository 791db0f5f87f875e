import type { Frame } from '../frame.ts'
import { LAYER, type Layer } from '../layers.ts'

const HEADER_2 = 8
const HEADER_3 = 12
/** Platform-specific subheader of type III, present when the last bit of the header is set. */
const SUBHEADER = 8

/** ERSPAN type II (draft-foschiano-erspan-03): a mirrored Ethernet frame. */
export function decodeErspan(frame: Frame): Layer {
  if (!frame.holds(HEADER_2)) return frame.reject('truncated-erspan')
  if (frame.view.getUint8(frame.at) >>> 4 !== 1) return frame.reject('bad-erspan-version')
  frame.at += HEADER_2
  return LAYER.ethernet
}

/** ERSPAN type III. */
export function decodeErspan3(frame: Frame): Layer {
  if (!frame.holds(HEADER_3)) return frame.reject('truncated-erspan')
  const { view, at } = frame
  if (view.getUint8(at) >>> 4 !== 2) return frame.reject('bad-erspan-version')
  const kind = (view.getUint8(at + 10) >>> 2) & 0x1f
  frame.at = at + HEADER_3 + ((view.getUint8(at + 11) & 1) === 1 ? SUBHEADER : 0)
  if (kind === 2) return LAYER.raw
  return kind === 0 ? LAYER.ethernet : frame.reject('erspan-frame')
}
