import { LOG_BINS, logBinTop } from '../math/log-bins.ts'
import type { PackedArray, Unpacked } from '../math/packed.ts'
import type { Records } from '../math/records.ts'
import { type Baseline, QUANTITIES, type Quantity } from '../types/host.ts'

const COUNT = QUANTITIES.length
/** Quantities from this one on describe a host as a destination. */
const SERVED = QUANTITIES.indexOf('served_flows_60s')
const INDEX = new Map<Quantity, number>(QUANTITIES.map((name, index) => [name, index]))
const SIZE = COUNT * LOG_BINS
/** Of one baseline, in all columns. */
const BYTES = 2 * SIZE + 5 * COUNT + 16
/** What one minute counts, so that losing an eighth a day fades it over 8 days instead of rounding it away at once. */
const WEIGHT = 8
const FULL = 2 ** 16 - 1
const MINUTE = 60
const DAY = 86_400
/** Days a single minute is remembered. */
const MEMORY = 8
const NONE = 255

interface Columns {
  histograms: Uint16Array
  peaks: Uint8Array
  minutes: Int32Array
  days: Int32Array
  since: Float64Array
}

/**
 * What is normal for single hosts: for each quantity a histogram of the highest value in each minute the host was active,
 * in half-octave bins that fade by an eighth a day. Hosts get one when first learned from, up to a cap; then none.
 */
export class Baselines implements Baseline {
  size = 0
  /** Flows not learned from, for want of room. */
  refused = 0
  private readonly records: Records
  /** 1 + number of the host's baseline, 0 without one. */
  private readonly refAt: number
  private readonly cap: number
  private readonly bins: Uint8Array
  private readonly free: number[] = []
  private used = 0
  private readonly columns: Columns
  private readonly totals: Uint32Array
  private source = -1
  private destination = -1
  private now = 0

  /** `bins` holds the flow at hand, as `tail` compares it. */
  constructor(records: Records, cap: number, bins: Uint8Array) {
    this.records = records
    this.refAt = records.reserveWords(1)
    this.cap = cap
    this.columns = emptyColumns(cap)
    this.totals = new Uint32Array(cap * COUNT)
    this.bins = bins
  }

  get bytes(): number {
    return this.used * BYTES
  }

  /** Turns the view to the two hosts of the flow at hand; -1 for nobody. */
  look(sourceRow: number, destinationRow: number, time: number): void {
    this.source = this.ref(sourceRow) - 1
    this.destination = destinationRow < 0 ? -1 : this.ref(destinationRow) - 1
    this.now = time
  }

  /** Learns a flow's place in the histograms of a host it came from. */
  learnSource(row: number, bins: Uint8Array, time: number): void {
    this.learn(row, 0, SERVED, bins, time)
  }

  /** Learns a flow's place in the histograms of a host it went to. */
  learnDestination(row: number, bins: Uint8Array, time: number): void {
    this.learn(row, SERVED, COUNT, bins, time)
  }

  minutes(quantity: Quantity): number {
    const slot = this.slotOf(quantity)
    return slot < 0 ? 0 : this.totals[slot * COUNT + INDEX.get(quantity)!]! / WEIGHT
  }

  age(quantity: Quantity): number {
    const slot = this.slotOf(quantity)
    return slot < 0 ? 0 : Math.min(MEMORY * DAY, Math.max(0, this.now - this.columns.since[slot]!))
  }

  quantile(quantity: Quantity, q: number): number {
    const slot = this.slotOf(quantity)
    if (slot < 0) return 0
    const index = INDEX.get(quantity)!
    const at = slot * SIZE + index * LOG_BINS
    let left = q * this.totals[slot * COUNT + index]!
    let bin = 0
    for (let i = 0; i < LOG_BINS && left > 0; i++) {
      left -= this.columns.histograms[at + i]!
      bin = i
    }
    return logBinTop(bin)
  }

  tail(quantity: Quantity): number {
    const slot = this.slotOf(quantity)
    if (slot < 0) return 1
    const index = INDEX.get(quantity)!
    const at = slot * SIZE + index * LOG_BINS
    let reached = 0
    for (let i = this.bins[index]!; i < LOG_BINS; i++) reached += this.columns.histograms[at + i]!
    return (reached + WEIGHT) / (this.totals[slot * COUNT + index]! + WEIGHT)
  }

  /** Gives back the baseline of a host that is about to be forgotten. */
  release(row: number): void {
    if (this.ref(row) === 0) return
    this.free.push(this.ref(row) - 1)
    this.size--
  }

  /** The baselines of the first `rows` hosts, one after another. */
  save(rows: number): Record<string, PackedArray> {
    const owners = Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => this.ref(row) !== 0)
    const { histograms, peaks, minutes, days, since } = emptyColumns(owners.length)
    owners.forEach((row, at) => {
      copy(this.columns, this.ref(row) - 1, { histograms, peaks, minutes, days, since }, at)
    })
    return { baselineOf: owners, histograms, peaks, minutes, days, since }
  }

  /** Gives hosts their saved baselines: what was row n when saved is row `rows[n]` now. */
  restore(rows: Int32Array, saved: Unpacked): void {
    const owners = saved.take('baselineOf', Uint32Array)
    const from: Columns = {
      histograms: saved.take('histograms', Uint16Array, owners.length * SIZE),
      peaks: saved.take('peaks', Uint8Array, owners.length * COUNT),
      minutes: saved.take('minutes', Int32Array, owners.length),
      days: saved.take('days', Int32Array, owners.length),
      since: saved.take('since', Float64Array, owners.length),
    }
    owners.forEach((owner, at) => {
      const slot = owner < rows.length ? this.slotFor(rows[owner]!) : -1
      if (slot < 0) return
      copy(from, at, this.columns, slot)
      this.sum(slot)
    })
  }

  private ref(row: number): number {
    return this.records.words[row * this.records.wordStride + this.refAt]!
  }

  private slotOf(quantity: Quantity): number {
    return INDEX.get(quantity)! < SERVED ? this.source : this.destination
  }

  private learn(row: number, from: number, to: number, bins: Uint8Array, time: number): void {
    const isNew = this.ref(row) === 0
    const slot = this.slotFor(row)
    if (slot < 0) {
      this.refused++
      return
    }
    const minute = Math.floor(time / MINUTE)
    if (isNew) this.start(slot, time)
    else if (minute > this.columns.minutes[slot]!) this.settle(slot, minute)
    const { peaks } = this.columns
    for (let i = from; i < to; i++) {
      const bin = bins[i]!
      const peak = peaks[slot * COUNT + i]!
      if (peak === NONE || bin > peak) peaks[slot * COUNT + i] = bin
    }
  }

  private start(slot: number, time: number): void {
    const { histograms, peaks, minutes, days, since } = this.columns
    histograms.fill(0, slot * SIZE, (slot + 1) * SIZE)
    peaks.fill(NONE, slot * COUNT, (slot + 1) * COUNT)
    this.totals.fill(0, slot * COUNT, (slot + 1) * COUNT)
    minutes[slot] = Math.floor(time / MINUTE)
    days[slot] = Math.floor(time / DAY)
    since[slot] = time
  }

  /** A minute is over: its peaks go into the histograms, which fade with a new day. */
  private settle(slot: number, minute: number): void {
    const { histograms, peaks, minutes, days } = this.columns
    for (let i = 0; i < COUNT; i++) {
      const peak = peaks[slot * COUNT + i]!
      peaks[slot * COUNT + i] = NONE
      const at = slot * SIZE + i * LOG_BINS + peak
      if (peak === NONE || histograms[at]! > FULL - WEIGHT) continue
      histograms[at]! += WEIGHT
      this.totals[slot * COUNT + i]! += WEIGHT
    }
    const day = Math.floor((minute * MINUTE) / DAY)
    if (day > days[slot]!) this.fade(slot, day - days[slot]!)
    days[slot] = day
    minutes[slot] = minute
  }

  private fade(slot: number, days: number): void {
    const { histograms } = this.columns
    for (let at = slot * SIZE; at < (slot + 1) * SIZE; at++) {
      let count = histograms[at]!
      for (let day = 0; day < days && count > 0; day++) count -= Math.ceil(count / 8)
      histograms[at] = count
    }
    this.sum(slot)
  }

  private sum(slot: number): void {
    for (let i = 0; i < COUNT; i++) {
      let sum = 0
      const at = slot * SIZE + i * LOG_BINS
      for (let bin = 0; bin < LOG_BINS; bin++) sum += this.columns.histograms[at + bin]!
      this.totals[slot * COUNT + i] = sum
    }
  }

  private slotFor(row: number): number {
    if (this.ref(row) !== 0) return this.ref(row) - 1
    const slot = this.free.pop() ?? (this.used < this.cap ? this.used++ : -1)
    if (slot < 0) return -1
    this.records.words[row * this.records.wordStride + this.refAt] = slot + 1
    this.size++
    return slot
  }
}

function emptyColumns(count: number): Columns {
  return {
    histograms: new Uint16Array(count * SIZE),
    peaks: new Uint8Array(count * COUNT),
    minutes: new Int32Array(count),
    days: new Int32Array(count),
    since: new Float64Array(count),
  }
}

function copy(from: Columns, at: number, to: Columns, slot: number): void {
  to.histograms.set(from.histograms.subarray(at * SIZE, (at + 1) * SIZE), slot * SIZE)
  to.peaks.set(from.peaks.subarray(at * COUNT, (at + 1) * COUNT), slot * COUNT)
  to.minutes[slot] = from.minutes[at]!
  to.days[slot] = from.days[at]!
  to.since[slot] = from.since[at]!
}
