import type { PackedArray, Unpacked } from '../math/packed.ts'
import type { Records } from '../math/records.ts'

/** Flags of a host. */
export const LOCAL = 1
/** Was seen sending something. */
export const ALIVE = 2
export const SCANNER = 4
/** Said by ARP that it is on this link, behind its own link address. */
export const ON_LINK = 8
/** Gives addresses away: was seen to answer by DHCP. */
export const GIVES_ADDRESSES = 16

/** Doubles of a host: first and newest packet; link address last shown, and first hop, each with the time of the proof. */
const FIRST = 0
const LAST = 1
const MAC = 2
const HOP = 4
const DOUBLES = 6

/** Words of a host, after the four of its address. */
const FLAGS = 4
const FLOWS = 5
const TALKERS = 6
const WORDS = 7

/** Who a host is. */
export class Identities {
  /** Hosts that are both local and alive. */
  localAlive = 0
  private readonly records: Records
  private readonly doublesAt: number
  private readonly wordsAt: number

  constructor(records: Records) {
    this.records = records
    this.doublesAt = records.reserveDoubles(DOUBLES)
    this.wordsAt = records.reserveWords(WORDS)
  }

  start(row: number, address: Int32Array, offset: number, time: number): void {
    const at = this.word(row, 0)
    for (let i = 0; i < 4; i++) this.records.words[at + i] = address[offset + i]!
    this.setDouble(row, FIRST, time)
    this.setDouble(row, LAST, time)
  }

  /** Takes the host out of the count of local ones. */
  release(row: number): void {
    if (isHome(this.flags(row))) this.localAlive--
  }

  /** Where the four words of its address start among the words of the records. */
  addressAt(row: number): number {
    return this.word(row, 0)
  }

  firstSeen(row: number): number {
    return this.double(row, FIRST)
  }

  /** Time of the newest packet. */
  lastSeen(row: number): number {
    return this.double(row, LAST)
  }

  setLastSeen(row: number, time: number): void {
    this.setDouble(row, LAST, time)
  }

  /** Link address last shown, 0 when none was. */
  mac(row: number): number {
    return this.double(row, MAC)
  }

  /** Connections the host had a part in. */
  flows(row: number): number {
    return this.records.words[this.word(row, FLOWS)]! >>> 0
  }

  countFlow(row: number): void {
    this.records.words[this.word(row, FLOWS)]!++
  }

  /** Distinct local hosts that ever sent it something. */
  talkers(row: number): number {
    return this.records.words[this.word(row, TALKERS)]!
  }

  countTalker(row: number): void {
    this.records.words[this.word(row, TALKERS)]!++
  }

  has(row: number, flag: number): boolean {
    return (this.flags(row) & flag) !== 0
  }

  /** Sets flags, keeping count of local hosts that are alive. */
  mark(row: number, flags: number): void {
    this.setFlags(row, this.flags(row) | flags)
  }

  unmark(row: number, flags: number): void {
    this.setFlags(row, this.flags(row) & ~flags)
  }

  /** A flow opened at `time` shows the host's link address; returns whether it is another than before. */
  showMac(row: number, mac: number, time: number): boolean {
    return this.show(row, MAC, mac, time)
  }

  /** A flow opened at `time` shows the host's first hop to addresses elsewhere, likewise. */
  showHop(row: number, mac: number, time: number): boolean {
    return this.show(row, HOP, mac, time)
  }

  /** Who the first `rows` hosts are. */
  save(rows: number): Record<string, PackedArray> {
    const addresses = new Int32Array(4 * rows)
    const times = new Float64Array(2 * rows)
    const macs = new Float64Array(rows)
    const counts = new Uint32Array(3 * rows)
    for (let row = 0; row < rows; row++) {
      const at = this.addressAt(row)
      addresses.set(this.records.words.subarray(at, at + 4), 4 * row)
      times.set([this.firstSeen(row), this.lastSeen(row)], 2 * row)
      macs[row] = this.mac(row)
      counts.set([this.flags(row), this.flows(row), this.talkers(row)], 3 * row)
    }
    return { addresses, times, macs, counts }
  }

  /** Completes hosts already made anew: what was row n when saved is row `rows[n]` now. */
  restore(rows: Int32Array, saved: Unpacked): void {
    const times = saved.take('times', Float64Array, 2 * rows.length)
    const macs = saved.take('macs', Float64Array, rows.length)
    const counts = saved.take('counts', Uint32Array, 3 * rows.length)
    rows.forEach((row, at) => {
      this.setDouble(row, FIRST, times[2 * at]!)
      this.setDouble(row, LAST, times[2 * at + 1]!)
      this.setDouble(row, MAC, macs[at]!)
      this.records.words[this.word(row, FLOWS)] = counts[3 * at + 1]!
      this.records.words[this.word(row, TALKERS)] = counts[3 * at + 2]!
      // What is configured is looked at afresh.
      const flags = counts[3 * at]!
      this.mark(row, (flags & ON_LINK) !== 0 ? ON_LINK | LOCAL | (flags & ALIVE) : flags & ALIVE)
    })
  }

  /** A proof older than the last one is none: flows end out of order. */
  private show(row: number, which: number, value: number, time: number): boolean {
    if (!(time >= this.double(row, which + 1))) return false
    const before = this.double(row, which)
    this.setDouble(row, which, value)
    this.setDouble(row, which + 1, time)
    return before !== 0 && before !== value
  }

  private flags(row: number): number {
    return this.records.words[this.word(row, FLAGS)]!
  }

  private setFlags(row: number, flags: number): void {
    this.localAlive += Number(isHome(flags)) - Number(isHome(this.flags(row)))
    this.records.words[this.word(row, FLAGS)] = flags
  }

  private word(row: number, which: number): number {
    return row * this.records.wordStride + this.wordsAt + which
  }

  private double(row: number, which: number): number {
    return this.records.doubles[row * this.records.doubleStride + this.doublesAt + which]!
  }

  private setDouble(row: number, which: number, value: number): void {
    this.records.doubles[row * this.records.doubleStride + this.doublesAt + which] = value
  }
}

function isHome(flags: number): boolean {
  return (flags & (LOCAL | ALIVE)) === (LOCAL | ALIVE)
}
