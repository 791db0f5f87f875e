import { formatMac } from '../net/address.ts'
import type { HostView, NetworkView } from '../types/host.ts'
import { LOCAL } from './identities.ts'
import type { Observer } from './observer.ts'

/** What is known, for a person: hosts of ours first, then by flows, at most `limit`. */
export function describeNetwork({ population, networks, deviceNames }: Observer, limit: number): NetworkView {
  const { identities, table } = population
  const rank = (row: number): number => identities.flows(row) + (identities.has(row, LOCAL) ? 2 ** 32 : 0)
  const rows = Array.from({ length: table.size }, (_, row) => row)
  rows.sort((a, b) => rank(b) - rank(a))
  return {
    localNetworks: networks.describe(),
    localHosts: identities.localAlive,
    hosts: table.size,
    list: rows.slice(0, limit).map((row) => viewOf(population, deviceNames, row)),
  }
}

function viewOf(population: Observer['population'], names: Observer['deviceNames'], row: number): HostView {
  const { identities, roles } = population
  const mac = identities.mac(row)
  // Hosts elsewhere show the link address of a router.
  const name = identities.has(row, LOCAL) ? names.of(mac) : null
  return {
    address: population.addressOf(row),
    role: roles.of(row),
    local: identities.has(row, LOCAL),
    mac: mac === 0 ? null : formatMac(mac),
    ...(name !== null && { name }),
    firstSeen: identities.firstSeen(row),
    lastSeen: identities.lastSeen(row),
    flows: identities.flows(row),
  }
}
