import type { WordHash } from '../math/hash.ts'
import type { PackedArray, Unpacked } from '../math/packed.ts'
import { Records } from '../math/records.ts'
import { SlidingDistinct } from '../math/sliding-distinct.ts'
import { Table } from './table.ts'

const ADDRESSES = 0
const OFF_LINK = 1
const LOCAL_IPV4 = 2
const KINDS = 3
const EXACT = 5
const MAX_BITMAPS = 1024
/** Behind one link address, so many addresses from elsewhere, or local IPv4 addresses, make it a router. */
const ROUTER_OFF_LINK = 2
const ROUTER_LOCAL = 5
const CREDIT = 2
const GROUP_BIT = 2 ** 40

/** Link addresses: since when each is known, what it claims, and whether a router stands behind it. */
export class Devices {
  private readonly records = new Records()
  /** The link address, and when it was first seen. */
  private readonly doublesAt = this.records.reserveDoubles(2)
  private readonly routerAt = this.records.reserveOctets(1)
  private readonly claims = new SlidingDistinct(this.records, KINDS, EXACT, MAX_BITMAPS)
  private readonly table: Table
  private readonly hash: WordHash
  private readonly words = new Int32Array(2)
  private readonly key = new Int32Array(2)

  constructor(cap: number, hash: WordHash) {
    this.table = new Table(cap, this.records, [this.claims])
    this.hash = hash
  }

  get size(): number {
    return this.table.size
  }

  get evicted(): number {
    return this.table.evicted
  }

  get bytes(): number {
    return this.table.bytes + this.claims.bytes
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
      this.records.doubles[this.double(slot)] = mac
      this.records.doubles[this.double(slot) + 1] = time
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
    if (this.isRouter(device)) return
    this.claims.add(device, kind, addressHash, bucket)
    this.claims.read(device, kind, bucket)
    if (this.claims.long >= limit) this.setRouter(device, 1)
  }

  /** A well-mixed hash of the link address. */
  hashOf(device: number): number {
    return this.table.low(device)
  }

  isRouter(device: number): boolean {
    return this.records.octets[device * this.records.octetStride + this.routerAt] === 1
  }

  /** Whether a link address is known for a router's. */
  isRouterMac(mac: number): boolean {
    this.hashMac(mac)
    const device = this.table.find(this.key[0]!, this.key[1]!)
    return device >= 0 && this.isRouter(device)
  }

  firstSeen(device: number): number {
    return this.records.doubles[this.double(device) + 1]!
  }

  /** Every link address, since when it is known, and whether it is a router's. */
  save(): Record<string, PackedArray> {
    const { size } = this.table
    const devices = new Float64Array(2 * size)
    const routers = new Uint8Array(size)
    for (let device = 0; device < size; device++) {
      const at = this.double(device)
      devices.set(this.records.doubles.subarray(at, at + 2), 2 * device)
      routers[device] = Number(this.isRouter(device))
    }
    return { devices, routers }
  }

  restore(saved: Unpacked): void {
    const routers = saved.take('routers', Uint8Array)
    const devices = saved.take('devices', Float64Array, 2 * routers.length)
    routers.forEach((router, at) => {
      const device = this.claim(devices[2 * at]!, devices[2 * at + 1]!)
      if (device >= 0) this.setRouter(device, router & 1)
    })
  }

  resetWindows(): void {
    for (let device = 0; device < this.table.size; device++) this.claims.reset(device)
  }

  private double(device: number): number {
    return device * this.records.doubleStride + this.doublesAt
  }

  private setRouter(device: number, router: number): void {
    this.records.octets[device * this.records.octetStride + this.routerAt] = router
  }
}
