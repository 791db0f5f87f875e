/**
 * The layers the decoder knows. A layer's function reads one header at `frame.at`, moves `frame.at` behind it and returns the
 * layer that follows; so a tunnel is one more case in the layer that carries it, and depth is counted in one place.
 */
export const LAYER = {
  /** The frame is dealt with: a row of the batch was filled, or a reason counted. */
  done: 0,
  ethernet: 1,
  linuxSll: 2,
  linuxSll2: 3,
  loopback: 4,
  raw: 5,
  vlan: 6,
  llc: 7,
  arp: 8,
  ipv4: 9,
  ipv6: 10,
  tcp: 11,
  udp: 12,
  icmp: 13,
  icmp6: 14,
  sctp: 15,
  mpls: 16,
  pppoe: 17,
  ppp: 18,
  gre: 19,
  erspan: 20,
  erspan3: 21,
  vxlan: 22,
  geneve: 23,
  gtp: 24,
  teredo: 25,
  ipv4InIPv4: 26,
  ipv6InIPv4: 27,
  ipv4InIPv6: 28,
  ipv6InIPv6: 29,
  mplsInUdp: 30,
  ethernetInIPv6: 31,
} as const

export type Layer = (typeof LAYER)[keyof typeof LAYER]

/** The layer a capture's frames start with, by LINKTYPE_ number (tcpdump.org/linktypes.html); `done` when not known here. */
export function linkLayer(link: number): Layer {
  switch (link) {
    case 1:
      return LAYER.ethernet
    case 113:
      return LAYER.linuxSll
    case 276:
      return LAYER.linuxSll2
    case 0:
    case 108:
      return LAYER.loopback
    case 9:
    case 50:
      return LAYER.ppp
    case 12:
    case 14:
    case 101:
      return LAYER.raw
    case 228:
      return LAYER.ipv4
    case 229:
      return LAYER.ipv6
    default:
      return LAYER.done
  }
}
