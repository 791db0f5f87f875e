import type { Frame } from './frame.ts'
import type { Layer } from './layers.ts'

const HEADER = 8
const ECHO_REQUEST = 128
const ECHO_REPLY = 129

/** ICMPv6 (RFC 4443): type and code in place of ports, and the identifier of echo messages. */
export function decodeIcmp6(frame: Frame): Layer {
  if (!frame.holds(4)) return frame.reject('truncated-icmp6')
  const { view, at, batch, row } = frame
  const type = view.getUint8(at)
  batch.ports[row] = (type << 16) | view.getUint8(at + 1)
  if ((type === ECHO_REQUEST || type === ECHO_REPLY) && frame.holds(6)) batch.identifier[row] = view.getUint16(at + 4)
  frame.at = at + HEADER
  return frame.accept()
}
