import type { WordHash } from '../math/hash.ts'
import type { PackedArray, Unpacked } from '../math/packed.ts'
import { type Rows, widened } from '../math/rows.ts'
import { SlidingDistinct } from '../math/sliding-distinct.ts'
import { Table } from './table.ts'

const ADDRESSES = 0
const OFF_LINK = 1
const LOCAL_IPV4 = 2
const KINDS = 3
/** Behind one link address, so many addresses from elsewhere, or local IPv4 addresses, make it a router. */
const ROUTER_OFF_LINK = 2
const ROUTER_LOCAL = 5
const CREDIT = 2
const GROUP_BIT = 2 ** 40

/** Link addresses: since when each is known, what it claims, and whether a router stands behind it. */
export class Devices {
  private readonly table: Table
  private readonly columns = new DeviceColumns()
  private readonly claims: SlidingDistinct
  private readonly hash: WordHash
  private readonly words = new Int32Array(2)
  private readonly key = new Int32Array(2)

  constructor(cap: number, hash: WordHash) {
    this.claims = new SlidingDistinct(KINDS, 5, 1024)
    this.table = new Table(cap, [this.columns, this.claims])
    this.hash = hash
  }

  get size(): number {
    return this.table.size
  }

  get evicted(): number {
    return this.table.evicted
  }

  get bytes(): number {
    return this.table.bytes
  }

  /** Whether the last `claim` made a new device. */
  get created(): boolean {
    return this.table.created
  }

  /** The device of a unicast link address, made when it is new; -1 for none. */
  claim(mac: number, time: number): number {
    if (mac === 0 || Math.floor(mac / GROUP_BIT) % 2 === 1) return -1
    this.hashMac(mac)
    const slot = this.table.claim(this.key[0]!, this.key[1]!)
    if (this.table.created) {
      this.columns.firstSeen[slot] = time
      this.columns.macs[slot] = mac
    } else this.table.touch(slot, CREDIT)
    return slot
  }

  private hashMac(mac: number): void {
    this.words[0] = Math.floor(mac / 2 ** 32)
    this.words[1] = (mac % 2 ** 32) | 0
    this.hash(this.words, 2, this.key)
  }

  /** The device sent or got something for an address that is not ours. */
  carried(device: number, addressHash: number, bucket: number): void {
    this.stoodFor(device, OFF_LINK, addressHash, bucket, ROUTER_OFF_LINK)
  }

  /** The device sent or got something for a local IPv4 address. */
  served(device: number, addressHash: number, bucket: number): void {
    this.stoodFor(device, LOCAL_IPV4, addressHash, bucket, ROUTER_LOCAL)
  }

  /** The device said by ARP that it has an address; returns how many it has claimed within the hour. */
  claimed(device: number, addressHash: number, bucket: number): number {
    this.claims.add(device, ADDRESSES, addressHash, bucket)
    return this.claimedCount(device, bucket)
  }

  claimedCount(device: number, bucket: number): number {
    this.claims.read(device, ADDRESSES, bucket)
    return this.claims.long
  }

  private stoodFor(device: number, kind: number, addressHash: number, bucket: number, limit: number): void {
    if (this.columns.routers[device] === 1) return
    this.claims.add(device, kind, addressHash, bucket)
    this.claims.read(device, kind, bucket)
    if (this.claims.long >= limit) this.columns.routers[device] = 1
  }

  /** A well-mixed hash of the link address. */
  hashOf(device: number): number {
    return this.table.low(device)
  }

  isRouter(device: number): boolean {
    return this.columns.routers[device] === 1
  }

  /** Whether a link address is known for a router's. */
  isRouterMac(mac: number): boolean {
    this.hashMac(mac)
    const device = this.table.find(this.key[0]!, this.key[1]!)
    return device >= 0 && this.isRouter(device)
  }

  firstSeen(device: number): number {
    return this.columns.firstSeen[device]!
  }

  /** Every link address, since when it is known, and whether it is a router's. */
  save(): Record<string, PackedArray> {
    const { macs, firstSeen, routers } = this.columns
    const { size } = this.table
    return {
      deviceMacs: macs.slice(0, size),
      deviceFirstSeen: firstSeen.slice(0, size),
      deviceRouters: routers.slice(0, size),
    }
  }

  restore(saved: Unpacked): void {
    const macs = saved.take('deviceMacs', Float64Array)
    const firstSeen = saved.take('deviceFirstSeen', Float64Array, macs.length)
    const routers = saved.take('deviceRouters', Uint8Array, macs.length)
    macs.forEach((mac, at) => {
      const device = this.claim(mac, firstSeen[at]!)
      if (device >= 0) this.columns.routers[device] = routers[at]! & 1
    })
  }

  resetWindows(): void {
    this.claims.reset()
  }
}

class DeviceColumns implements Rows {
  macs = new Float64Array(0)
  firstSeen = new Float64Array(0)
  routers = new Uint8Array(0)

  get bytes(): number {
    return this.macs.byteLength + this.firstSeen.byteLength + this.routers.byteLength
  }

  resize(capacity: number): void {
    this.macs = widened(this.macs, capacity)
    this.firstSeen = widened(this.firstSeen, capacity)
    this.routers = widened(this.routers, capacity)
  }

  clear(row: number): void {
    this.macs[row] = 0
    this.firstSeen[row] = 0
    this.routers[row] = 0
  }
}
