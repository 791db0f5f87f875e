import type { PackedArray, Unpacked } from '../math/packed.ts'
import { Records } from '../math/records.ts'
import { SlidingDistinct } from '../math/sliding-distinct.ts'
import type { HostContext } from '../types/host.ts'
import { HOUR_BUCKET, MINUTE_BUCKET } from './host-windows.ts'
import { Table } from './table.ts'
import { Window } from './window.ts'

const TEN_MINUTES_BUCKET = 150
/** Counters of each window; failures only over ten minutes. */
const FLOWS = 0
const FAILED = 1
const BYTES_OUT = 0
const SUMS = 1
const EXACT_PORTS = 4
const MAX_BITMAPS = 2048

/** What is known of (source, destination). */
export class Pairs {
  readonly table: Table
  private readonly records = new Records()
  /** First and newest packet. */
  private readonly timesAt = this.records.reserveDoubles(2)
  private readonly minute = new Window(this.records, MINUTE_BUCKET, 1, 0)
  private readonly ten = new Window(this.records, TEN_MINUTES_BUCKET, 2, 0)
  private readonly hour = new Window(this.records, HOUR_BUCKET, 1, SUMS)
  private readonly ports: SlidingDistinct

  constructor(cap: number) {
    this.ports = new SlidingDistinct(this.records, 1, EXACT_PORTS, MAX_BITMAPS)
    this.table = new Table(cap, this.records, [this.ports])
  }

  get bytes(): number {
    return this.table.bytes + this.ports.bytes
  }

  get refused(): number {
    return this.ports.refused
  }

  /** The row of a pair, made when it is new; see `table.created`. */
  claim(low: number, high: number, time: number): number {
    const row = this.table.claim(low, high)
    const { doubles } = this.records
    const at = this.times(row)
    if (this.table.created) {
      doubles[at] = time
      doubles[at + 1] = time
      return row
    }
    this.table.touch(row, 1)
    if (time <= doubles[at + 1]!) return row
    this.minute.advance(row, doubles[at + 1]!, time)
    this.ten.advance(row, doubles[at + 1]!, time)
    this.hour.advance(row, doubles[at + 1]!, time)
    doubles[at + 1] = time
    return row
  }

  /** Counts a connection. */
  count(row: number, time: number, failed: number, portHash: number): void {
    const newest = this.records.doubles[this.times(row) + 1]!
    const { minute, ten, hour } = this
    if (minute.open(row, time, newest)) minute.count(FLOWS, 1)
    if (hour.open(row, time, newest)) hour.count(FLOWS, 1)
    if (ten.open(row, time, newest)) {
      ten.count(FLOWS, 1)
      ten.count(FAILED, failed)
    }
    if (portHash !== 0) this.ports.add(row, 0, portHash, (time / MINUTE_BUCKET) | 0)
  }

  /** Counts bytes from source to destination. */
  carry(row: number, time: number, bytes: number): void {
    if (this.hour.open(row, time, this.records.doubles[this.times(row) + 1]!)) this.hour.add(BYTES_OUT, bytes)
  }

  tell(row: number, context: HostContext): void {
    const { minute, ten, hour, ports } = this
    const at = this.times(row)
    const newest = this.records.doubles[at + 1]!
    minute.read(row)
    ten.read(row)
    hour.read(row)
    context.pairAge = Math.max(0, newest - this.records.doubles[at]!)
    context.pairFlows60s = minute.counted[FLOWS]!
    context.pairFlows10m = ten.counted[FLOWS]!
    context.pairFailed10m = ten.counted[FAILED]!
    context.pairFlows1h = hour.counted[FLOWS]!
    context.pairBytesOut1h = hour.summed[BYTES_OUT]!
    ports.read(row, 0, (newest / MINUTE_BUCKET) | 0)
    context.pairPorts60s = ports.short
  }

  /** For a flow that has no pair: ARP, or to a group. */
  tellNothing(context: HostContext): void {
    context.pairAge = 0
    context.pairFlows60s = 0
    context.pairFlows10m = 0
    context.pairFailed10m = 0
    context.pairFlows1h = 0
    context.pairBytesOut1h = 0
    context.pairPorts60s = 0
  }

  /** Which pairs are known, and since when. */
  save(): Record<string, PackedArray> {
    const { table, records } = this
    const pairKeys = new Int32Array(2 * table.size)
    const pairFirstSeen = new Float64Array(table.size)
    for (let row = 0; row < table.size; row++) {
      pairKeys.set([table.low(row), table.high(row)], 2 * row)
      pairFirstSeen[row] = records.doubles[this.times(row)]!
    }
    return { pairKeys, pairFirstSeen }
  }

  /** Only of use when the keys were made with the same seed. */
  restore(saved: Unpacked): void {
    const firstSeen = saved.take('pairFirstSeen', Float64Array)
    const keys = saved.take('pairKeys', Int32Array, 2 * firstSeen.length)
    firstSeen.forEach((time, at) => {
      this.claim(keys[2 * at]!, keys[2 * at + 1]!, time)
    })
  }

  /** The clock was set back to `now`: windows are empty, and nothing was seen later than that. */
  resetWindows(now: number): void {
    const { doubles } = this.records
    for (let row = 0; row < this.table.size; row++) {
      for (const part of [this.minute, this.ten, this.hour, this.ports]) part.reset(row)
      doubles[this.times(row) + 1] = Math.min(doubles[this.times(row) + 1]!, now)
    }
  }

  private times(row: number): number {
    return row * this.records.doubleStride + this.timesAt
  }
}
