import type { WordHash } from '../math/hash.ts'
import { isIPv4 } from '../net/address.ts'
import { PROTOCOL } from '../net/flow-record.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { HostContext } from '../types/host.ts'
import type { Devices } from './devices.ts'
import { MACS } from './host-windows.ts'
import { LOCAL } from './identities.ts'
import { isBroadcast, isDirectedBroadcast, isGroup, isUnspecified, type Networks } from './networks.ts'
import type { Population } from './population.ts'

const NOBODY = -1
const GROUP_BIT = 2 ** 40

/** Who the two ends of a flow are: their rows, addresses' hashes and devices. */
export class Ends {
  source = NOBODY
  /** -1 when the flow went to a group. */
  destination = NOBODY
  isArp = false
  /** Two words each. */
  readonly sourceKey = new Int32Array(2)
  readonly destinationKey = new Int32Array(2)
  private readonly population: Population
  private readonly devices: Devices
  private readonly networks: Networks
  private readonly hash: WordHash
  private readonly words = new Int32Array(4)
  private readonly searchKey = new Int32Array(2)
  private deviceIsNew = false
  private macChanged = false

  constructor(population: Population, devices: Devices, networks: Networks, hash: WordHash) {
    this.population = population
    this.devices = devices
    this.networks = networks
    this.hash = hash
  }

  /** Finds or makes both ends of a flow, and tells who they are. */
  resolve(flow: FlowRecord, time: number, context: HostContext): void {
    const { address } = flow
    this.isArp = flow.protocol === PROTOCOL.arp
    this.hashAddress(address, 0, this.sourceKey)
    this.hashAddress(address, 4, this.destinationKey)
    const toGroup = !this.isArp && this.isToGroup(flow)
    this.resolveSource(flow, time, context)
    context.dstBroadcastOrMulticast = toGroup
    context.srcHopChanged = false
    if (toGroup) this.tellGroup(address, context)
    else this.resolveDestination(flow, time, context)
    this.networks.sample(address, context.srcLocal || context.dstLocal)
    this.population.followNetworks()
  }

  /** The row of a known host at four words, -1 when it is unknown. */
  find(address: Int32Array, offset: number): number {
    this.hashAddress(address, offset, this.searchKey)
    return this.population.table.find(this.searchKey[0]!, this.searchKey[1]!)
  }

  /** Makes the hosts whose four words each are in `addresses`; returns their rows. */
  restore(addresses: Int32Array): Int32Array {
    const key = this.sourceKey
    return Int32Array.from({ length: addresses.length / 4 }, (_, at) => {
      this.hashAddress(addresses, 4 * at, key)
      return this.population.claim(key[0]!, key[1]!, addresses, 4 * at, 0, NOBODY)
    })
  }

  private hashAddress(address: Int32Array, offset: number, key: Int32Array): void {
    for (let i = 0; i < 4; i++) this.words[i] = address[offset + i]!
    this.hash(this.words, 4, key)
  }

  private isToGroup({ address, dstMac, reverse }: FlowRecord): boolean {
    if (isGroup(address, 4) || Math.floor(dstMac / GROUP_BIT) % 2 === 1) return true
    return reverse.packets === 0 && isDirectedBroadcast(address, 4) && this.networks.has(address, 4)
  }

  private resolveSource(flow: FlowRecord, time: number, context: HostContext): void {
    const { population } = this
    const { identities, table } = population
    const row = population.claim(this.sourceKey[0]!, this.sourceKey[1]!, flow.address, 0, time, NOBODY)
    const addressIsNew = table.created
    this.source = row
    population.markAlive(row)
    const device = this.identify(row, flow, 0, time)
    context.srcLocal = identities.has(row, LOCAL)
    context.srcDevice = device + 1
    context.srcNew = addressIsNew && (device < 0 || this.deviceIsNew)
    context.srcAge = Math.max(0, time - (device < 0 ? identities.firstSeen(row) : this.devices.firstSeen(device)))
    context.srcMacChanged = this.macChanged
    context.srcMacAddresses = device < 0 ? 0 : this.devices.claimedCount(device, population.lastBucket(row))
  }

  private resolveDestination(flow: FlowRecord, time: number, context: HostContext): void {
    const { population } = this
    const { identities, table } = population
    const row = population.claim(this.destinationKey[0]!, this.destinationKey[1]!, flow.address, 4, time, this.source)
    const addressIsNew = table.created
    this.destination = row
    const answered = flow.reverse.packets > 0
    if (answered) population.markAlive(row)
    const device = answered || !identities.has(row, LOCAL) ? this.identify(row, flow, 4, time) : NOBODY
    context.dstLocal = identities.has(row, LOCAL)
    if (!context.dstLocal && context.srcDevice > 0) {
      context.srcHopChanged = identities.showHop(this.source, flow.dstMac, flow.opened)
    }
    context.dstDevice = device + 1
    context.dstNew = addressIsNew && (device < 0 || this.deviceIsNew)
    context.dstAge = Math.max(0, time - (device < 0 ? identities.firstSeen(row) : this.devices.firstSeen(device)))
  }

  private tellGroup(address: Int32Array, context: HostContext): void {
    this.destination = NOBODY
    context.dstLocal = true
    context.dstDevice = 0
    context.dstNew = false
    context.dstAge = 0
    context.dstRole = isGroup(address, 4) && !isBroadcast(address, 4) ? 'multicast' : 'broadcast'
  }

  /** The device behind one end, -1 when a router (or no link address) stands before it. */
  private identify(row: number, flow: FlowRecord, offset: 0 | 4, time: number): number {
    const { population, devices } = this
    const { identities } = population
    const mac = offset === 0 ? flow.srcMac : flow.dstMac
    const device = devices.claim(mac, time)
    this.deviceIsNew = devices.created
    this.macChanged = false
    if (device < 0) return NOBODY
    const bucket = population.lastBucket(row)
    const addressHash = offset === 0 ? this.sourceKey[0]! : this.destinationKey[0]!
    const unspecified = isUnspecified(flow.address, offset)
    if (this.isArp) {
      if (!unspecified) {
        population.markOnLink(row)
        devices.claimed(device, addressHash, bucket)
      }
    } else if (!identities.has(row, LOCAL)) {
      devices.carried(device, addressHash, bucket)
      return NOBODY
    } else if (identities.mac(row) !== mac && isIPv4(flow.address, offset) && !unspecified)
      devices.served(device, addressHash, bucket)
    if (!this.isArp && devices.isRouter(device)) return NOBODY
    this.macChanged = identities.showMac(row, mac, flow.opened) && !unspecified
    population.windows.distinct.add(row, MACS, devices.hashOf(device), bucket)
    return device
  }
}
