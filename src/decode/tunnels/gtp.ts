import { TUNNEL } from '../../net/tunnel.ts'
import type { Frame } from '../frame.ts'
import { LAYER, type Layer } from '../layers.ts'

const HEADER = 8
/** Version 1, and GTP rather than GTP'. */
const VERSION = 0x30
const USER_DATA = 255
/** Any of sequence number, N-PDU number and extension header: then four more bytes follow. */
const OPTIONAL = 0x07
const EXTENSION = 0x04
/** Extension headers followed. */
const EXTENSIONS_MAX = 8

/** GTP-U (3GPP TS 29.281): user data whose stated length fits and that holds an IP packet. */
export function decodeGtp(frame: Frame): Layer {
  if (!frame.holds(HEADER + 1)) return frame.accept()
  const { view, at } = frame
  const flags = view.getUint8(at)
  const isData = (flags & 0xf0) === VERSION && view.getUint8(at + 1) === USER_DATA
  if (!isData || (view.getUint16(at + 2) + HEADER > frame.wireEnd - at && !frame.isFragment)) return frame.accept()
  const inner = (flags & OPTIONAL) === 0 ? at + HEADER : behindOptions(frame, flags)
  if (inner < 0 || inner >= frame.end) return frame.accept()
  const version = view.getUint8(inner) >>> 4
  if (version !== 4 && version !== 6) return frame.accept()
  frame.openTunnel(TUNNEL.gtpU, view.getUint32(at + 4))
  frame.at = inner
  return version === 4 ? LAYER.ipv4 : LAYER.ipv6
}

/** Where the user data starts, -1 when the extension headers do not say. */
function behindOptions(frame: Frame, flags: number): number {
  const { view, end } = frame
  let at = frame.at + HEADER + 4
  if (at > end) return -1
  if ((flags & EXTENSION) === 0) return at
  for (let count = 0; count < EXTENSIONS_MAX; count++) {
    if (view.getUint8(at - 1) === 0) return at
    const length = at < end ? view.getUint8(at) * 4 : 0
    if (length === 0 || at + length > end) return -1
    at += length
  }
  return -1
}
