import { formatAddress, formatMac } from '../net/address.ts'
import type { HostView, NetworkView } from '../types/host.ts'
import { LOCAL } from './host-columns.ts'
import type { Observer } from './observer.ts'

/** What is known, for a person: hosts of ours first, then by flows, at most `limit`. */
export function describeNetwork({ population, networks }: Observer, limit: number): NetworkView {
  const { columns, table } = population
  const rank = (row: number): number => columns.flows[row]! + (columns.has(row, LOCAL) ? 2 ** 32 : 0)
  const rows = Array.from({ length: table.size }, (_, row) => row)
  rows.sort((a, b) => rank(b) - rank(a))
  return {
    localNetworks: networks.describe(),
    localHosts: columns.localAlive,
    hosts: table.size,
    list: rows.slice(0, limit).map((row) => viewOf(population, row)),
  }
}

function viewOf({ columns, roles }: Observer['population'], row: number): HostView {
  return {
    address: formatAddress(columns.addresses, 4 * row),
    role: roles.of(row),
    local: columns.has(row, LOCAL),
    mac: columns.macs[row] === 0 ? null : formatMac(columns.macs[row]!),
    firstSeen: columns.firstSeen[row]!,
    lastSeen: columns.lastSeen[row]!,
    flows: columns.flows[row]!,
  }
}
