import type { Tunnel, TunnelKind } from '../types/flow.ts'
import { formatAddress } from './address.ts'

/** Values of `PacketBatch.tunnel`; 0 is none. */
export const TUNNEL = {
  gre: 1,
  erspan: 2,
  ipInIp: 3,
  sixInFour: 4,
  fourInSix: 5,
  vxlan: 6,
  geneve: 7,
  gtpU: 8,
  teredo: 9,
  mpls: 10,
  srv6: 11,
} as const

const NAMES: readonly TunnelKind[] = [
  'gre',
  'erspan',
  'ip-in-ip',
  '6in4',
  '4in6',
  'vxlan',
  'geneve',
  'gtp-u',
  'teredo',
  'mpls',
  'srv6',
]

/** How a tunnel is called. */
export function tunnelName(tunnel: number): TunnelKind {
  return NAMES[tunnel - 1]!
}

/** `gre 192.0.2.1 192.0.2.2`: what it is, and its ends. */
export function tunnelLabel({ kind, address }: Tunnel): string {
  return `${kind} ${formatAddress(address, 0)} ${formatAddress(address, 4)}`
}
