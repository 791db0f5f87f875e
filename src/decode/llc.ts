import { etherLayer } from './ether-type.ts'
import type { Frame } from './frame.ts'
import { LAYER, type Layer } from './layers.ts'

const HEADER = 3
const SNAP_HEADER = 8
const SAP_IP = 0x06
const SAP_SNAP = 0xaa
/** Organisations whose SNAP protocol identifier is an EtherType: RFC 1042, and IEEE 802.1H bridge tunnels. */
const ENCAPSULATED_ETHERNET = 0x000000
const BRIDGE_TUNNEL = 0x0000f8

const NAMES = new Map([
  [0x42, 'stp'],
  [0xe0, 'ipx'],
  [0xf0, 'netbeui'],
  [0xfe, 'osi'],
  [0xff, 'ipx'],
])

/** IEEE 802.2 LLC, with SNAP where it carries an EtherType. */
export function decodeLlc(frame: Frame): Layer {
  if (!frame.holds(HEADER)) return frame.reject('truncated-llc')
  const { view, at } = frame
  const sap = view.getUint8(at)
  if (sap === SAP_SNAP) return decodeSnap(frame)
  frame.at = at + HEADER
  if (sap === SAP_IP) return LAYER.ipv4
  const name = NAMES.get(sap)
  return name === undefined ? frame.rejectNumber('llc', sap, 16) : frame.reject(name)
}

function decodeSnap(frame: Frame): Layer {
  if (!frame.holds(SNAP_HEADER)) return frame.reject('truncated-snap')
  const { view, at } = frame
  const organisation = view.getUint32(at + 2) & 0xffffff
  if (organisation !== ENCAPSULATED_ETHERNET && organisation !== BRIDGE_TUNNEL) return frame.reject('snap')
  const type = view.getUint16(at + 6)
  frame.at = at + SNAP_HEADER
  const layer = etherLayer(frame, type)
  return layer === LAYER.llc ? frame.reject('snap') : layer
}
