import type { Rows } from '../math/rows.ts'
import { Baselines } from './baselines.ts'
import { ALIVE, HostColumns, LOCAL, ON_LINK, SCANNER } from './host-columns.ts'
import { DESTINATIONS, HostWindows, MINUTE_BUCKET } from './host-windows.ts'
import type { Networks } from './networks.ts'
import { Roles } from './roles.ts'
import { Table } from './table.ts'

/** Rounds of the clock that hosts of ours, and others, outlive after a visit. */
const LOCAL_CREDIT = 3
const OTHER_CREDIT = 1

/** All hosts known, one row each in every column. */
export class Population {
  readonly table: Table
  readonly columns = new HostColumns()
  readonly windows: HostWindows
  readonly roles = new Roles()
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
    this.windows = new HostWindows(caps.maxBitmaps)
    this.baselines = new Baselines(caps.maxBaselines, bins)
    this.networks = networks
    this.isScanner = isScanner
    const rows: Rows[] = [this.columns, this.windows, this.roles, this.baselines]
    this.table = new Table(caps.maxHosts, rows)
  }

  /** The row of the host at four words, made when it is new; `keep` is a row that must not give way. */
  claim(low: number, high: number, address: Int32Array, offset: number, time: number, keep: number): number {
    const { table, columns } = this
    const row = table.claim(low, high, keep)
    if (table.created) this.start(row, address, offset, time)
    else {
      table.touch(row, columns.has(row, LOCAL) ? LOCAL_CREDIT : OTHER_CREDIT)
      if (time > columns.lastSeen[row]!) columns.lastSeen[row] = time
    }
    return row
  }

  /** Minute bucket of the host's newest packet. */
  lastBucket(row: number): number {
    return (this.columns.lastSeen[row]! / MINUTE_BUCKET) | 0
  }

  /** Looks afresh at who is local, when what is ours has changed. */
  followNetworks(): void {
    if (this.networks.version === this.version) return
    this.version = this.networks.version
    for (let row = 0; row < this.table.size; row++) this.place(row)
  }

  review(row: number, isGateway: boolean): void {
    const { columns, windows } = this
    if (columns.has(row, SCANNER)) return
    windows.distinct.read(row, DESTINATIONS, this.lastBucket(row))
    const age = columns.lastSeen[row]! - columns.firstSeen[row]!
    this.roles.review(row, { isGateway, local: columns.has(row, LOCAL), age, fanout: windows.distinct.long })
  }

  /** The clock was set back to `now`: windows are empty, and nobody was seen later than that. */
  resetWindows(now: number): void {
    this.windows.reset()
    const { lastSeen } = this.columns
    for (let row = 0; row < this.table.size; row++) lastSeen[row] = Math.min(lastSeen[row]!, now)
  }

  private start(row: number, address: Int32Array, offset: number, time: number): void {
    this.columns.start(row, address, offset, time)
    this.place(row)
    if (!this.isScanner(address, offset)) return
    this.columns.mark(row, SCANNER)
    this.roles.set(row, 'scanner')
  }

  private place(row: number): void {
    const { columns } = this
    if (columns.has(row, ON_LINK) || this.networks.has(columns.addresses, 4 * row)) columns.mark(row, LOCAL)
    else columns.unmark(row, LOCAL)
  }

  /** The host sent something: it is there. */
  markAlive(row: number): void {
    this.columns.mark(row, ALIVE)
  }

  /** ARP shows the host on our own link. */
  markOnLink(row: number): void {
    this.columns.mark(row, ON_LINK)
    this.columns.mark(row, LOCAL)
  }
}
