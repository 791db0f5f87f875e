import type { KeptHost } from '../../../../src/types/history.ts'
import type { HostView } from '../../../../src/types/host.ts'

/** What a host is, for a person. */
export function roleWords({ role, local }: Pick<HostView, 'role' | 'local'>): string {
  const words = role === 'iot' ? 'IoT device' : role === 'unknown' ? 'not known yet' : role.replace('-', ' ')
  return local ? words : `${words}, outside`
}

/** Who made it, as far as its hardware address tells. */
export function vendorWords({ vendor, madeUp }: Pick<KeptHost, 'vendor' | 'madeUp'>): string {
  return vendor ?? (madeUp === true ? 'address made up' : '')
}

const WAYS: Record<NonNullable<HostView['namedBy']>, string> = {
  dhcp: 'DHCP',
  mdns: 'multicast DNS',
  llmnr: 'LLMNR',
  netbios: 'NetBIOS',
  ssdp: 'SSDP, its product',
}

/** How the device said what it is called. */
export function namedWords({ namedBy }: Pick<HostView, 'namedBy'>): string {
  return namedBy === undefined ? '' : `by itself, in ${WAYS[namedBy]}`
}
