import type { Sight } from '../types/sight.ts'

/** Names of fields and features that need more than every input shows: without it they are 0 or absent on every flow. */
const NEEDS: readonly (readonly [Sight, RegExp])[] = [
  ['dns', /^dns\.|^dst_name$|^src_(names|nxdomain)_/],
  ['tls', /^tls\./],
  ['http', /^http\./],
  ['ssh', /^ssh\./],
  ['dhcp', /^dhcp\.|^device\.name$/],
  ['modbus', /^modbus\./],
  ['tftp', /^tftp\./],
  ['service', /^service$/],
  ['packet-gaps', /^(forward|reverse)_gap_/],
  ['packet-lengths', /^(forward|reverse)_length_deviation$/],
  ['tcp-flags', /^(forward|reverse)_(fin|syn|rst|ack)$|^(fin|syn|rst|ack)_(packets|share)$/],
  ['flag-counts', /^(forward|reverse)_(psh|urg|ece|cwr)$|^psh_(packets|share)$|^odd_flags$/],
  ['slices', /^slice$/],
  ['arp', /^arp_|_arp_/],
  ['mac', /^(src|dst)_mac/],
  ['vlan', /^vlan$/],
]

/** True when an input that `lacks` that can say nothing by the field or feature `name`. */
export function isLacked(name: string, lacks: ReadonlySet<Sight>): boolean {
  const need = NEEDS.find(([, names]) => names.test(name))?.[0]
  if (need === undefined) return false
  return lacks.has(need) || (need === 'flag-counts' && lacks.has('tcp-flags'))
}
