import { etherLayer } from './ether-type.ts'
import type { Frame } from './frame.ts'
import { LAYER, type Layer } from './layers.ts'

const HEADER = 16
const HEADER_2 = 20
const MAC_LENGTH = 6
/** Values of the protocol field that are no EtherType: 802.2 frames. */
const PROTOCOL_LLC = 0x0004
/** ARPHRD_ hardware types whose protocol field means something else. */
const NETLINK = 824
const RADIOTAP = 803

/** Linux cooked capture v1 (LINKTYPE_LINUX_SLL). */
export function decodeLinuxSll(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.reject('truncated-linux-sll')
  const { view, at, batch, row } = frame
  if (view.getUint16(at + 4) === MAC_LENGTH) batch.srcMacAt[row] = at + 6
  frame.at = at + HEADER
  return cookedLayer(frame, view.getUint16(at + 2), view.getUint16(at + 14))
}

/** Linux cooked capture v2 (LINKTYPE_LINUX_SLL2). */
export function decodeLinuxSll2(frame: Frame): Layer {
  if (!frame.holds(HEADER_2)) return frame.reject('truncated-linux-sll2')
  const { view, at, batch, row } = frame
  if (view.getUint8(at + 11) === MAC_LENGTH) batch.srcMacAt[row] = at + 12
  frame.at = at + HEADER_2
  return cookedLayer(frame, view.getUint16(at + 8), view.getUint16(at))
}

function cookedLayer(frame: Frame, hardware: number, protocol: number): Layer {
  if (hardware === NETLINK) return frame.reject('netlink')
  if (hardware === RADIOTAP) return frame.reject('radiotap')
  if (protocol === PROTOCOL_LLC) return LAYER.llc
  return protocol < 0x0600 ? frame.rejectNumber('linux-sll', protocol, 16) : etherLayer(frame, protocol)
}
