import { formatAddress, formatMac } from '../net/address.ts'
import { InputError } from '../types/errors.ts'
import type { FlowNames, FlowRecord } from '../types/flow.ts'
import type { DeviceName } from '../types/host.ts'

/** Names, and addresses given, that are remembered of each kind; what was told longest ago gives way. */
const CAP = 4096
/** Characters of the longest name shown. */
const LENGTH_MAX = 63
/** Ways to be named, the one believed most first: a name somebody chose, then the name of a product. */
const WAYS = ['dhcp', 'mdns', 'llmnr', 'netbios', 'ssdp'] as const

/** What is saved, for `restore`. */
export interface SavedNames {
  macs: [key: number, value: DeviceName][]
  addresses: [key: string, value: DeviceName][]
  leases: [key: string, value: number][]
}

/** A map that forgets what was set longest ago. */
class Recent<Key, Value> {
  readonly map = new Map<Key, Value>()
  evicted = 0

  set(key: Key, value: Value): void {
    this.map.delete(key)
    this.map.set(key, value)
    if (this.map.size <= CAP) return
    this.map.delete(this.map.keys().next().value!)
    this.evicted++
  }
}

/**
 * What devices call themselves: to who gives addresses (DHCP), and to all (multicast DNS, LLMNR, NetBIOS, SSDP). Nobody can name
 * another: a name counts for the address and the link address it was sent from.
 */
export class DeviceNames {
  readonly #macs = new Recent<number, DeviceName>()
  readonly #addresses = new Recent<string, DeviceName>()
  /** Link address of who was given an address by DHCP. */
  readonly #leases = new Recent<string, number>()

  get size(): number {
    return this.#macs.map.size + this.#addresses.map.size
  }

  get evicted(): number {
    return this.#macs.evicted + this.#addresses.evicted + this.#leases.evicted
  }

  /** Takes what a flow tells of its ends. `isRouter` tells whether others stand behind a link address. */
  observe({ names, address, srcMac, dstMac }: FlowRecord, isRouter: (mac: number) => boolean): void {
    if (names === null) return
    if (names.dhcpMessage !== undefined) this.#takeDhcp(names, srcMac)
    if (names.hostNameBy === undefined) return
    const { srcHostName, dstHostName, hostNameBy } = names
    if (srcHostName !== undefined)
      this.#name(formatAddress(address, 0), isRouter(srcMac) ? 0 : srcMac, srcHostName, hostNameBy)
    if (dstHostName !== undefined)
      this.#name(formatAddress(address, 4), isRouter(dstMac) ? 0 : dstMac, dstHostName, hostNameBy)
  }

  /** The name of the device with an address and a link address (0: not known, or a router's); null when it gave none. */
  of(address: string, mac: number): DeviceName | null {
    const byAddress = this.#addresses.map.get(address)
    const byMac = this.#macs.map.get(mac === 0 ? this.macOf(address) : mac)
    if (byAddress === undefined || byMac === undefined) return byAddress ?? byMac ?? null
    return rank(byMac.by) <= rank(byAddress.by) ? byMac : byAddress
  }

  /** Link address of the device that was given an address by DHCP, 0 when that was not seen. */
  macOf(address: string): number {
    return this.#leases.map.get(address) ?? 0
  }

  save(): SavedNames {
    return { macs: [...this.#macs.map], addresses: [...this.#addresses.map], leases: [...this.#leases.map] }
  }

  /** Throws an `InputError` when `saved` is not what `save` gave. */
  restore(saved: unknown): void {
    if (!isSaved(saved)) throw new InputError('saved hosts: their names are damaged')
    for (const [mac, name] of saved.macs) this.#macs.set(mac, name)
    for (const [address, name] of saved.addresses) this.#addresses.set(address, name)
    for (const [address, mac] of saved.leases) this.#leases.set(address, mac)
  }

  /** Only a client's own message names it: it comes from its link address, or the source shows none. */
  #takeDhcp({ dhcpHost, dhcpMac, dhcpAddress }: FlowNames, srcMac: number): void {
    const client = dhcpMac === undefined ? srcMac : Number.parseInt(dhcpMac.replaceAll(':', ''), 16)
    if (!(client > 0)) return
    if (dhcpHost && (srcMac === 0 || srcMac === client)) put(this.#macs, client, dhcpHost, 'dhcp')
    if (dhcpAddress) this.#leases.set(dhcpAddress, client)
  }

  #name(address: string, mac: number, name: string, by: DeviceName['by']): void {
    put(this.#addresses, address, name, by)
    if (mac !== 0) put(this.#macs, mac, name, by)
  }
}

function isSaved(saved: unknown): saved is SavedNames {
  const { macs, addresses, leases } = (saved ?? {}) as Record<keyof SavedNames, unknown>
  const isName = (value: unknown): boolean => {
    const { name, by } = (value ?? {}) as Partial<DeviceName>
    return typeof name === 'string' && name.length <= LENGTH_MAX && by !== undefined && WAYS.includes(by)
  }
  const isList = (list: unknown, key: 'number' | 'string', isValue: (value: unknown) => boolean): boolean =>
    Array.isArray(list) && list.every((pair) => Array.isArray(pair) && typeof pair[0] === key && isValue(pair[1]))
  return (
    isList(macs, 'number', isName) &&
    isList(addresses, 'string', isName) &&
    isList(leases, 'string', (value) => typeof value === 'number')
  )
}

/** A name believed more stays. */
function put<Key>(names: Recent<Key, DeviceName>, key: Key, name: string, by: DeviceName['by']): void {
  if (name === '') return
  const known = names.map.get(key)
  names.set(key, known === undefined || rank(by) <= rank(known.by) ? { name: name.slice(0, LENGTH_MAX), by } : known)
}

function rank(by: DeviceName['by']): number {
  return WAYS.indexOf(by)
}

/** A link address as text; null for none. */
export function macText(mac: number): string | null {
  return mac === 0 ? null : formatMac(mac)
}
