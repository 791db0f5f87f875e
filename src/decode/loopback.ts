import type { Frame } from './frame.ts'
import { LAYER, type Layer } from './layers.ts'

const HEADER = 4

/** BSD loopback (LINKTYPE_NULL, LINKTYPE_LOOP): an address family in the byte order of the machine that captured it. */
export function decodeLoopback(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.reject('truncated-loopback')
  const { view, at } = frame
  const big = view.getUint32(at)
  const family = big > 0xffff ? view.getUint32(at, true) : big
  frame.at = at + HEADER
  switch (family) {
    case 2:
      return LAYER.ipv4
    case 10: // Linux
    case 24: // NetBSD, OpenBSD
    case 28: // FreeBSD
    case 30: // Darwin
      return LAYER.ipv6
    default:
      return frame.rejectNumber('loopback-family', family, 10)
  }
}
