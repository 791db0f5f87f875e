import { TUNNEL } from '../../net/tunnel.ts'
import type { Frame } from '../frame.ts'
import { LAYER, type Layer } from '../layers.ts'

const IPV6_HEADER = 40
const AUTHENTICATION = 0x0001
const ORIGIN = 0x0000
const ORIGIN_LENGTH = 8
/** Indicator, two lengths; nonce and confirmation. */
const AUTHENTICATION_FIXED = 4 + 9

/** Teredo (RFC 4380): an IPv6 packet that fits into the datagram, behind indications of authentication and origin. */
export function decodeTeredo(frame: Frame): Layer {
  const { view, end } = frame
  let inner = frame.at
  if (inner + 4 <= end && view.getUint16(inner) === AUTHENTICATION) {
    inner += AUTHENTICATION_FIXED + view.getUint8(inner + 2) + view.getUint8(inner + 3)
  }
  if (inner + 4 <= end && view.getUint16(inner) === ORIGIN) inner += ORIGIN_LENGTH
  if (inner + IPV6_HEADER > end || view.getUint8(inner) >>> 4 !== 6) return frame.accept()
  if (view.getUint16(inner + 4) + IPV6_HEADER > frame.wireEnd - inner) return frame.accept()
  frame.openTunnel(TUNNEL.teredo)
  frame.at = inner
  return LAYER.ipv6
}
