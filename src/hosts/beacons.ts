import { Records } from '../math/records.ts'
import type { BeaconSeries } from '../types/host.ts'
import { Table } from './table.ts'

/** Connections held of each series. */
export const BEACON_RING = 48
/** Starts are held in milliseconds, 24 days long, from an hour before the first to be reported: flows end out of order. */
const RESOLUTION = 1000
const MARGIN = 3600
const MAX_WORD = 2 ** 31 - 1
const SPAN = MAX_WORD / RESOLUTION
/** A series of many connections outlives more rounds of the clock than one of few. */
const MAX_CREDIT = 6

/** The last connections of each (source, destination, port, protocol) that leads outside. */
export class Beacons implements BeaconSeries {
  readonly starts = new Float64Array(BEACON_RING)
  readonly sizes = new Float64Array(BEACON_RING)
  readonly table: Table
  private readonly records = new Records()
  /** Time that offsets count from. */
  private readonly baseAt = this.records.reserveDoubles(1)
  private readonly countAt = this.records.reserveWords(1)
  /** Starts in milliseconds from the base, ascending, and bytes sent in each. */
  private readonly startsAt = this.records.reserveWords(BEACON_RING)
  private readonly sizesAt = this.records.reserveWords(BEACON_RING)
  private row = -1

  constructor(cap: number) {
    this.table = new Table(cap, this.records, [])
  }

  /** Connections of the series at hand. */
  get connections(): number {
    return this.row < 0 ? 0 : this.records.words[this.row * this.records.wordStride + this.countAt]!
  }

  /** No series is at hand. */
  showNothing(): void {
    this.row = -1
  }

  /** Adds a connection to the series of a key, which is at hand then. */
  add(low: number, high: number, start: number, size: number): void {
    const row = this.table.claim(low, high)
    const { doubles, doubleStride, words, wordStride } = this.records
    const base = row * doubleStride + this.baseAt
    const count = row * wordStride + this.countAt
    if (this.table.created || !(start >= doubles[base]! && start - doubles[base]! < SPAN)) {
      doubles[base] = start - MARGIN
      words[count] = 0
    }
    this.insert(row * wordStride, words[count]!, Math.round((start - doubles[base]!) * RESOLUTION), size)
    words[count]!++
    this.table.touch(row, Math.min(MAX_CREDIT, 31 - Math.clz32(words[count]!)))
    this.row = row
  }

  /** Keeps the series in order of time; when it is full its oldest goes. Flows end about in order, so the place is near the end. */
  private insert(record: number, count: number, offset: number, size: number): void {
    const { words } = this.records
    const starts = record + this.startsAt
    const sizes = record + this.sizesAt
    let at = Math.min(BEACON_RING, count)
    if (at === BEACON_RING) {
      if (offset < words[starts]!) return
      words.copyWithin(starts, starts + 1, starts + BEACON_RING)
      words.copyWithin(sizes, sizes + 1, sizes + BEACON_RING)
      at--
    }
    for (; at > 0 && words[starts + at - 1]! > offset; at--) {
      words[starts + at] = words[starts + at - 1]!
      words[sizes + at] = words[sizes + at - 1]!
    }
    words[starts + at] = offset
    words[sizes + at] = Math.min(size, MAX_WORD)
  }

  read(): number {
    const { words, wordStride } = this.records
    const length = Math.min(BEACON_RING, this.connections)
    const starts = this.row * wordStride + this.startsAt
    const sizes = this.row * wordStride + this.sizesAt
    for (let i = 0; i < length; i++) {
      this.starts[i] = (words[starts + i]! - words[starts]!) / RESOLUTION
      this.sizes[i] = words[sizes + i]!
    }
    return length
  }
}
