import { Records } from '../math/records.ts'
import { formatAddress } from '../net/address.ts'
import { Baselines } from './baselines.ts'
import { DESTINATIONS, HostWindows, MINUTE_BUCKET } from './host-windows.ts'
import { ALIVE, Identities, LOCAL, ON_LINK, SCANNER } from './identities.ts'
import type { Networks } from './networks.ts'
import { Roles } from './roles.ts'
import { Table } from './table.ts'

/** Rounds of the clock that hosts of ours, and others, outlive after a visit. */
const LOCAL_CREDIT = 3
const OTHER_CREDIT = 1

/** All hosts known, one record each. */
export class Population {
  private readonly records = new Records()
  readonly identities = new Identities(this.records)
  readonly roles = new Roles(this.records)
  readonly table: Table
  readonly windows: HostWindows
  readonly baselines: Baselines
  private readonly networks: Networks
  private readonly isScanner: (words: Int32Array, offset: number) => boolean
  private version = 0

  constructor(
    caps: { maxHosts: number; maxBaselines: number; maxBitmaps: number },
    networks: Networks,
    isScanner: (words: Int32Array, offset: number) => boolean,
    bins: Uint8Array,
  ) {
    this.windows = new HostWindows(this.records, caps.maxBitmaps)
    this.baselines = new Baselines(this.records, caps.maxBaselines, bins)
    this.networks = networks
    this.isScanner = isScanner
    this.table = new Table(caps.maxHosts, this.records, [this.identities, this.windows.distinct, this.baselines])
  }

  get bytes(): number {
    return this.table.bytes + this.windows.distinct.bytes + this.baselines.bytes
  }

  /** The row of the host at four words, made when it is new; `keep` is a row that must not give way. */
  claim(low: number, high: number, address: Int32Array, offset: number, time: number, keep: number): number {
    const { table, identities } = this
    const row = table.claim(low, high, keep)
    if (table.created) this.start(row, address, offset, time)
    else {
      table.touch(row, identities.has(row, LOCAL) ? LOCAL_CREDIT : OTHER_CREDIT)
      const before = identities.lastSeen(row)
      if (time > before) {
        this.windows.advance(row, before, time)
        identities.setLastSeen(row, time)
      }
    }
    return row
  }

  /** Minute bucket of the host's newest packet. */
  lastBucket(row: number): number {
    return (this.identities.lastSeen(row) / MINUTE_BUCKET) | 0
  }

  /** Looks afresh at who is local, when what is ours has changed. */
  followNetworks(): void {
    if (this.networks.version === this.version) return
    this.version = this.networks.version
    for (let row = 0; row < this.table.size; row++) this.place(row)
  }

  review(row: number, isGateway: boolean): void {
    const { identities, windows } = this
    if (identities.has(row, SCANNER)) return
    windows.distinct.read(row, DESTINATIONS, this.lastBucket(row))
    const age = identities.lastSeen(row) - identities.firstSeen(row)
    this.roles.review(row, { isGateway, local: identities.has(row, LOCAL), age, fanout: windows.distinct.long })
  }

  /** The clock was set back to `now`: windows are empty, and nobody was seen later than that. */
  resetWindows(now: number): void {
    for (let row = 0; row < this.table.size; row++) {
      this.windows.reset(row)
      this.identities.setLastSeen(row, Math.min(this.identities.lastSeen(row), now))
    }
  }

  /** The address of a host as text. */
  addressOf(row: number): string {
    return formatAddress(this.records.words, this.identities.addressAt(row))
  }

  private start(row: number, address: Int32Array, offset: number, time: number): void {
    this.identities.start(row, address, offset, time)
    this.place(row)
    if (!this.isScanner(address, offset)) return
    this.identities.mark(row, SCANNER)
    this.roles.set(row, 'scanner')
  }

  private place(row: number): void {
    const { identities } = this
    if (identities.has(row, ON_LINK) || this.networks.has(this.records.words, identities.addressAt(row)))
      identities.mark(row, LOCAL)
    else identities.unmark(row, LOCAL)
  }

  /** The host sent something: it is there. */
  markAlive(row: number): void {
    this.identities.mark(row, ALIVE)
  }

  /** ARP shows the host on our own link. */
  markOnLink(row: number): void {
    this.identities.mark(row, ON_LINK | LOCAL)
  }
}
