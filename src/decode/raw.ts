import type { Frame } from './frame.ts'
import { LAYER, type Layer } from './layers.ts'

/** No link layer at all (LINKTYPE_RAW): the version in the first nibble tells IPv4 from IPv6. */
export function decodeRaw(frame: Frame): Layer {
  if (!frame.holds(1)) return frame.reject('truncated-ip')
  switch (frame.view.getUint8(frame.at) >>> 4) {
    case 4:
      return LAYER.ipv4
    case 6:
      return LAYER.ipv6
    default:
      return frame.reject('bad-version')
  }
}
