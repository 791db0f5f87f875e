import { type Rows, widened } from '../math/rows.ts'
import type { BeaconSeries } from '../types/host.ts'
import { Table } from './table.ts'

/** Connections held of each series. */
export const BEACON_RING = 48
/** Starts are held in milliseconds, 49 days long, from an hour before the first to be reported: flows end out of order. */
const RESOLUTION = 1000
const MARGIN = 3600
const SPAN = 2 ** 32 / RESOLUTION
/** A series of many connections outlives more rounds of the clock than one of few. */
const MAX_CREDIT = 6

/** The last connections of each (source, destination, port, protocol) that leads outside. */
export class Beacons {
  readonly table: Table
  private readonly columns = new SeriesColumns()

  constructor(cap: number) {
    this.table = new Table(cap, [this.columns])
  }

  /** Adds a connection to the series of a key and shows the series. */
  add(low: number, high: number, start: number, size: number, view: BeaconSeries): void {
    const row = this.table.claim(low, high)
    const { columns } = this
    const offset = start - columns.bases[row]!
    if (this.table.created || !(offset >= 0 && offset < SPAN)) columns.restart(row, start, size)
    else columns.insert(row, offset, size)
    this.table.touch(row, Math.min(MAX_CREDIT, 31 - Math.clz32(columns.counts[row]!)))
    columns.show(row, view)
  }
}

/** The series that is shown when none is kept. */
export function showNothing(view: BeaconSeries): void {
  view.connections = 0
  view.length = 0
  view.start = 0
}

class SeriesColumns implements Rows {
  bases = new Float64Array(0)
  counts = new Uint32Array(0)
  private starts = new Uint32Array(0)
  private sizes = new Float32Array(0)

  get bytes(): number {
    return this.bases.byteLength + this.counts.byteLength + this.starts.byteLength + this.sizes.byteLength
  }

  restart(row: number, start: number, size: number): void {
    this.bases[row] = start - MARGIN
    this.counts[row] = 1
    this.starts[row * BEACON_RING] = MARGIN * RESOLUTION
    this.sizes[row * BEACON_RING] = size
  }

  /** Keeps the series in order of time; when it is full its oldest goes. Records arrive as flows end, so the place is near the end. */
  insert(row: number, offset: number, size: number): void {
    const { starts, sizes } = this
    const first = row * BEACON_RING
    const length = Math.min(BEACON_RING, this.counts[row]!++)
    const time = Math.round(offset * RESOLUTION)
    let at = first + length
    if (length === BEACON_RING) {
      if (time < starts[first]!) return
      starts.copyWithin(first, first + 1, first + length)
      sizes.copyWithin(first, first + 1, first + length)
      at--
    }
    for (; at > first && starts[at - 1]! > time; at--) {
      starts[at] = starts[at - 1]!
      sizes[at] = sizes[at - 1]!
    }
    starts[at] = time
    sizes[at] = size
  }

  show(row: number, view: BeaconSeries): void {
    const first = row * BEACON_RING
    const origin = this.starts[first]!
    view.connections = this.counts[row]!
    view.length = Math.min(BEACON_RING, view.connections)
    view.start = this.bases[row]! + origin / RESOLUTION
    for (let i = 0; i < view.length; i++) {
      view.starts[i] = (this.starts[first + i]! - origin) / RESOLUTION
      view.sizes[i] = this.sizes[first + i]!
    }
  }

  resize(capacity: number): void {
    this.bases = widened(this.bases, capacity)
    this.counts = widened(this.counts, capacity)
    this.starts = widened(this.starts, capacity * BEACON_RING)
    this.sizes = widened(this.sizes, capacity * BEACON_RING)
  }

  clear(row: number): void {
    this.counts[row] = 0
  }
}
