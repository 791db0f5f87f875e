import type { DeviceName, HostView, NetworkView } from '../types/host.ts'
import { macText } from './device-names.ts'
import { LOCAL } from './identities.ts'
import type { Observer } from './observer.ts'

/** What is known, for a person: hosts of ours first, then by flows, at most `limit`. */
export function describeNetwork(observer: Observer, limit: number): NetworkView {
  const { population, networks } = observer
  const { identities, table } = population
  const rank = (row: number): number => identities.flows(row) + (identities.has(row, LOCAL) ? 2 ** 32 : 0)
  const rows = Array.from({ length: table.size }, (_, row) => row)
  rows.sort((a, b) => rank(b) - rank(a))
  return {
    localNetworks: networks.describe(),
    localHosts: identities.localAlive,
    hosts: table.size,
    list: rows.slice(0, limit).map((row) => viewOf(observer, row)),
  }
}

/** What the host in a row calls itself; null for hosts elsewhere, who show the link address of a router. */
export function nameOf({ population, devices, deviceNames }: Observer, row: number): DeviceName | null {
  const { identities } = population
  const address = population.addressOf(row)
  // Everybody who has no address yet shares that one.
  if (!identities.has(row, LOCAL) || address === '0.0.0.0' || address === '::') return null
  const mac = identities.mac(row)
  return deviceNames.of(address, devices.isRouterMac(mac) ? 0 : mac)
}

function viewOf(observer: Observer, row: number): HostView {
  const { population, deviceNames } = observer
  const { identities, roles } = population
  const address = population.addressOf(row)
  const name = nameOf(observer, row)
  return {
    address,
    role: roles.of(row),
    local: identities.has(row, LOCAL),
    mac: macText(identities.mac(row) || deviceNames.macOf(address)),
    ...(name !== null && { name: name.name, namedBy: name.by }),
    firstSeen: identities.firstSeen(row),
    lastSeen: identities.lastSeen(row),
    flows: identities.flows(row),
  }
}
