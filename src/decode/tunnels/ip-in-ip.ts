import { TUNNEL } from '../../net/tunnel.ts'
import type { Frame } from '../frame.ts'
import { LAYER, type Layer } from '../layers.ts'

/** IP in IP (RFC 2003, RFC 4213, RFC 2473), Ethernet in it (RFC 8986), MPLS in UDP (RFC 7510); any other layer is done with. */
export function decodeIPInIP(frame: Frame, layer: Layer): Layer {
  switch (layer) {
    case LAYER.ipv4InIPv4:
      frame.openTunnel(TUNNEL.ipInIp)
      return LAYER.ipv4
    case LAYER.ipv6InIPv4:
      frame.openTunnel(TUNNEL.sixInFour)
      return LAYER.ipv6
    case LAYER.ipv4InIPv6:
      frame.openTunnel(TUNNEL.fourInSix)
      return LAYER.ipv4
    case LAYER.ipv6InIPv6:
      frame.openTunnel(TUNNEL.ipInIp)
      return LAYER.ipv6
    case LAYER.mplsInUdp:
      frame.openTunnel(TUNNEL.mpls)
      return LAYER.mpls
    case LAYER.ethernetInIPv6:
      frame.openTunnel(TUNNEL.srv6)
      return LAYER.ethernet
    default:
      return LAYER.done
  }
}
