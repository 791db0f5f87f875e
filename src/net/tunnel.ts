import type { Tunnel, TunnelKind } from '../types/flow.ts'
import { formatAddress, parseAddress } from './address.ts'

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

/** `vxlan/42 192.0.2.1 192.0.2.2`: what it is, its identifier where it has one, and its ends. */
export function tunnelLabel({ kind, id, address }: Tunnel): string {
  return `${kind}${id < 0 ? '' : `/${id}`} ${formatAddress(address, 0)} ${formatAddress(address, 4)}`
}

/** What `tunnelLabel` wrote; null for what is none. */
export function parseTunnel(label: string): Tunnel | null {
  const [what = '', source = '', destination = ''] = label.split(' ')
  const [name, id] = what.split('/')
  const kind = NAMES.find((one) => one === name)
  const address = new Int32Array(8)
  if (kind === undefined || !parseAddress(source, address, 0) || !parseAddress(destination, address, 4)) return null
  return { kind, id: id === undefined ? -1 : Number(id), address }
}
