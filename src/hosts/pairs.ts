import type { PackedArray, Unpacked } from '../math/packed.ts'
import { type Rows, widened } from '../math/rows.ts'
import { SlidingDistinct } from '../math/sliding-distinct.ts'
import type { HostContext } from '../types/host.ts'
import { HOUR_BUCKET, MINUTE_BUCKET } from './host-windows.ts'
import { Rings } from './rings.ts'
import { Table } from './table.ts'

/** Seconds of a bucket in the windows of a minute, ten and an hour. */
const BUCKETS = [MINUTE_BUCKET, 150, HOUR_BUCKET] as const
const FLOWS = 0
const FAILED = 1
const COUNTERS = 2
const EXACT_PORTS = 4

/** What is known of (source, destination). */
export class Pairs {
  readonly table: Table
  private readonly columns: PairColumns

  constructor(cap: number, maxBitmaps: number) {
    this.columns = new PairColumns(maxBitmaps)
    this.table = new Table(cap, [this.columns])
  }

  /** The row of a pair, made when it is new; see `table.created`. */
  claim(low: number, high: number, time: number): number {
    const row = this.table.claim(low, high)
    const { firstSeen, lastSeen } = this.columns
    if (this.table.created) firstSeen[row] = time
    else this.table.touch(row, 1)
    if (time > lastSeen[row]!) lastSeen[row] = time
    return row
  }

  /** Counts a connection. */
  count(row: number, time: number, failed: boolean, portHash: number): void {
    const { columns } = this
    for (let i = 0; i < BUCKETS.length; i++) {
      const ring = columns.rings[i]!
      const opened = ring.open(row, (time / BUCKETS[i]!) | 0)
      if (opened < 0) continue
      ring.add(opened, FLOWS, 1)
      if (failed) ring.add(opened, FAILED, 1)
    }
    if (portHash !== 0) columns.ports.add(row, 0, portHash, (time / MINUTE_BUCKET) | 0)
  }

  /** Counts bytes from source to destination. */
  carry(row: number, time: number, bytes: number): void {
    const opened = this.columns.volume.open(row, (time / HOUR_BUCKET) | 0)
    if (opened >= 0) this.columns.volume.add(opened, 0, bytes)
  }

  tell(row: number, context: HostContext): void {
    const { columns } = this
    const [minute, ten, hour] = columns.rings
    const last = columns.lastSeen[row]!
    context.pairAge = Math.max(0, last - columns.firstSeen[row]!)
    context.pairFlows60s = minute!.sum(row, FLOWS)
    context.pairFailed60s = minute!.sum(row, FAILED)
    context.pairFlows10m = ten!.sum(row, FLOWS)
    context.pairFailed10m = ten!.sum(row, FAILED)
    context.pairFlows1h = hour!.sum(row, FLOWS)
    context.pairFailed1h = hour!.sum(row, FAILED)
    context.pairBytesOut1h = columns.volume.sum(row, 0)
    columns.ports.read(row, 0, (last / MINUTE_BUCKET) | 0)
    context.pairPorts60s = columns.ports.short
    context.pairPorts1h = columns.ports.long
  }

  /** For a flow that has no pair: ARP, or to a group. */
  tellNothing(context: HostContext): void {
    context.pairAge = 0
    context.pairFlows60s = 0
    context.pairFailed60s = 0
    context.pairFlows10m = 0
    context.pairFailed10m = 0
    context.pairFlows1h = 0
    context.pairFailed1h = 0
    context.pairBytesOut1h = 0
    context.pairPorts60s = 0
    context.pairPorts1h = 0
  }

  /** Which pairs are known, and since when. */
  save(): Record<string, PackedArray> {
    const { table, columns } = this
    const keys = Int32Array.from({ length: 2 * table.size }, (_, i) =>
      i % 2 === 0 ? table.low(i >> 1) : table.high(i >> 1),
    )
    return { pairKeys: keys, pairFirstSeen: columns.firstSeen.slice(0, table.size) }
  }

  /** Only of use when the keys were made with the same seed. */
  restore(saved: Unpacked): void {
    const firstSeen = saved.take('pairFirstSeen', Float64Array)
    const keys = saved.take('pairKeys', Int32Array, 2 * firstSeen.length)
    firstSeen.forEach((time, at) => {
      this.claim(keys[2 * at]!, keys[2 * at + 1]!, time)
    })
  }

  get refused(): number {
    return this.columns.ports.refused
  }

  /** The clock was set back to `now`: windows are empty, and nothing was seen later than that. */
  resetWindows(now: number): void {
    const { lastSeen } = this.columns
    for (let row = 0; row < this.table.size; row++) lastSeen[row] = Math.min(lastSeen[row]!, now)
    for (const ring of this.columns.rings) ring.reset()
    this.columns.volume.reset()
    this.columns.ports.reset()
  }
}

class PairColumns implements Rows {
  firstSeen = new Float64Array(0)
  lastSeen = new Float64Array(0)
  /** Over 60 s, 10 minutes and an hour. */
  readonly rings = BUCKETS.map(() => new Rings(COUNTERS, new Uint32Array(0)))
  readonly volume = new Rings(1, new Float64Array(0))
  readonly ports: SlidingDistinct

  constructor(maxBitmaps: number) {
    this.ports = new SlidingDistinct(1, EXACT_PORTS, maxBitmaps)
  }

  get bytes(): number {
    const rings = this.rings.reduce((sum, ring) => sum + ring.bytes, 0)
    return 2 * this.firstSeen.byteLength + rings + this.volume.bytes + this.ports.bytes
  }

  resize(capacity: number): void {
    this.firstSeen = widened(this.firstSeen, capacity)
    this.lastSeen = widened(this.lastSeen, capacity)
    for (const part of [...this.rings, this.volume, this.ports]) part.resize(capacity)
  }

  clear(row: number): void {
    this.firstSeen[row] = 0
    this.lastSeen[row] = 0
    for (const part of this.rings) part.clear(row)
    this.volume.clear(row)
    this.ports.clear(row)
  }
}
