import type { Frame } from './frame.ts'
import { LAYER, type Layer } from './layers.ts'

const PPPOE_HEADER = 6
/** Version 1, type 1, code 0: session data. */
const SESSION = 0x1100
const ADDRESS_AND_CONTROL = 0xff03
const IPV4 = 0x21
const IPV6 = 0x57
const MPLS = 0x281

/** PPPoE session (RFC 2516). */
export function decodePppoe(frame: Frame): Layer {
  if (!frame.holds(PPPOE_HEADER)) return frame.reject('truncated-pppoe')
  const { view, at } = frame
  if (view.getUint16(at) !== SESSION) return frame.reject('pppoe')
  frame.at = at + PPPOE_HEADER
  frame.limit(Math.min(frame.at + view.getUint16(at + 4), frame.wireEnd))
  return LAYER.ppp
}

/** PPP (RFC 1661), with or without address and control fields, its protocol in one byte or two. */
export function decodePpp(frame: Frame): Layer {
  if (frame.holds(2) && frame.view.getUint16(frame.at) === ADDRESS_AND_CONTROL) frame.at += 2
  if (!frame.holds(2)) return frame.reject('truncated-ppp')
  const { view, at } = frame
  const first = view.getUint8(at)
  const short = (first & 1) === 1
  const protocol = short ? first : view.getUint16(at)
  frame.at = at + (short ? 1 : 2)
  switch (protocol) {
    case IPV4:
      return LAYER.ipv4
    case IPV6:
      return LAYER.ipv6
    case MPLS:
      return LAYER.mpls
    default:
      return frame.rejectNumber('ppp', protocol, 16)
  }
}
