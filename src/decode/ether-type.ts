import type { Frame } from './frame.ts'
import { LAYER, type Layer } from './layers.ts'

/** Below this the field is not an EtherType but the length of an IEEE 802.3 frame. */
const SMALLEST = 0x0600

const NAMES = new Map([
  [0x22f0, 'avtp'],
  [0x22f3, 'trill'],
  [0x6003, 'decnet'],
  [0x8035, 'rarp'],
  [0x809b, 'appletalk'],
  [0x80f3, 'aarp'],
  [0x8137, 'ipx'],
  [0x8809, 'slow-protocols'],
  [0x8863, 'pppoe-discovery'],
  [0x888e, 'eapol'],
  [0x8892, 'profinet'],
  [0x88a2, 'aoe'],
  [0x88a4, 'ethercat'],
  [0x88b8, 'goose'],
  [0x88ba, 'sampled-values'],
  [0x88cc, 'lldp'],
  [0x88e5, 'macsec'],
  [0x88f7, 'ptp'],
  [0x8902, 'cfm'],
  [0x8906, 'fcoe'],
  [0x9000, 'ethernet-loopback'],
])

/** The layer an EtherType (IEEE 802 Numbers, IANA) or 802.3 length stands for; counts those not decoded. */
export function etherLayer(frame: Frame, type: number): Layer {
  switch (type) {
    case 0x0800:
      return LAYER.ipv4
    case 0x86dd:
      return LAYER.ipv6
    case 0x0806:
      return LAYER.arp
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
      return LAYER.vlan
    case 0x8847:
    case 0x8848:
      return LAYER.mpls
    case 0x8864:
      return LAYER.pppoe
    case 0x6558:
      return LAYER.ethernet
  }
  if (type < SMALLEST) return LAYER.llc
  const name = NAMES.get(type)
  return name === undefined ? frame.rejectNumber('ethertype', type, 16) : frame.reject(name)
}
