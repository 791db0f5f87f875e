import type { PackedArray, Unpacked } from '../math/packed.ts'
import { type Rows, widened } from '../math/rows.ts'

/** Flags of a host. */
export const LOCAL = 1
/** Was seen sending something. */
export const ALIVE = 2
export const SCANNER = 4
/** Said by ARP that it is on this link, behind its own link address. */
export const ON_LINK = 8

/** Who a host is: one row each. */
export class HostColumns implements Rows {
  /** Four words each. */
  addresses = new Int32Array(0)
  firstSeen = new Float64Array(0)
  lastSeen = new Float64Array(0)
  flows = new Uint32Array(0)
  flags = new Uint8Array(0)
  /** Link address last claimed, 0 when none. */
  macs = new Float64Array(0)
  /** When the newest flow that showed it was opened: older ones that end later prove nothing. */
  macSince = new Float64Array(0)
  /** Link address of the first hop to addresses elsewhere, 0 when none was seen, and since when likewise. */
  hops = new Float64Array(0)
  hopSince = new Float64Array(0)
  /** Distinct local hosts that ever sent it something. */
  talkers = new Uint32Array(0)
  /** Hosts that are both local and alive. */
  localAlive = 0

  get bytes(): number {
    return (
      this.addresses.byteLength +
      6 * this.firstSeen.byteLength +
      this.flows.byteLength +
      this.flags.byteLength +
      this.talkers.byteLength
    )
  }

  has(row: number, flag: number): boolean {
    return (this.flags[row]! & flag) !== 0
  }

  /** Sets a flag, keeping count of local hosts that are alive. */
  mark(row: number, flag: number): void {
    const before = this.flags[row]!
    this.flags[row] = before | flag
    if (!isHome(before) && isHome(before | flag)) this.localAlive++
  }

  /** Takes a flag away, keeping count likewise. */
  unmark(row: number, flag: number): void {
    const before = this.flags[row]!
    this.flags[row] = before & ~flag
    if (isHome(before) && !isHome(before & ~flag)) this.localAlive--
  }

  /** A flow opened at `time` shows the host's link address; returns whether it is another than before. */
  showMac(row: number, mac: number, time: number): boolean {
    return moved(this.macs, this.macSince, row, mac, time)
  }

  /** A flow opened at `time` shows the host's first hop; returns whether it is another than before. */
  showHop(row: number, mac: number, time: number): boolean {
    return moved(this.hops, this.hopSince, row, mac, time)
  }

  start(row: number, address: Int32Array, offset: number, time: number): void {
    for (let i = 0; i < 4; i++) this.addresses[4 * row + i] = address[offset + i]!
    this.firstSeen[row] = time
    this.lastSeen[row] = time
  }

  /** Who the first `rows` hosts are. */
  save(rows: number): Record<string, PackedArray> {
    return {
      addresses: this.addresses.slice(0, 4 * rows),
      firstSeen: this.firstSeen.slice(0, rows),
      lastSeen: this.lastSeen.slice(0, rows),
      flows: this.flows.slice(0, rows),
      flags: this.flags.slice(0, rows),
      macs: this.macs.slice(0, rows),
      talkers: this.talkers.slice(0, rows),
    }
  }

  /** Completes hosts already made anew: what was row n when saved is row `rows[n]` now. */
  restore(rows: Int32Array, saved: Unpacked): void {
    const lastSeen = saved.take('lastSeen', Float64Array, rows.length)
    const flows = saved.take('flows', Uint32Array, rows.length)
    const flags = saved.take('flags', Uint8Array, rows.length)
    const macs = saved.take('macs', Float64Array, rows.length)
    const talkers = saved.take('talkers', Uint32Array, rows.length)
    rows.forEach((row, at) => {
      this.lastSeen[row] = lastSeen[at]!
      this.flows[row] = flows[at]!
      this.macs[row] = macs[at]!
      this.talkers[row] = talkers[at]!
      // What is configured is looked at afresh.
      if ((flags[at]! & ON_LINK) !== 0) this.mark(row, ON_LINK | LOCAL)
      this.mark(row, flags[at]! & ALIVE)
    })
  }

  resize(capacity: number): void {
    this.addresses = widened(this.addresses, 4 * capacity)
    this.firstSeen = widened(this.firstSeen, capacity)
    this.lastSeen = widened(this.lastSeen, capacity)
    this.flows = widened(this.flows, capacity)
    this.flags = widened(this.flags, capacity)
    this.macs = widened(this.macs, capacity)
    this.macSince = widened(this.macSince, capacity)
    this.hops = widened(this.hops, capacity)
    this.hopSince = widened(this.hopSince, capacity)
    this.talkers = widened(this.talkers, capacity)
  }

  clear(row: number): void {
    if (isHome(this.flags[row]!)) this.localAlive--
    this.flows[row] = 0
    this.flags[row] = 0
    this.macs[row] = 0
    this.macSince[row] = 0
    this.hops[row] = 0
    this.hopSince[row] = 0
    this.talkers[row] = 0
  }
}

function moved(values: Float64Array, since: Float64Array, row: number, value: number, time: number): boolean {
  if (!(time >= since[row]!)) return false
  since[row] = time
  const before = values[row]!
  values[row] = value
  return before !== 0 && before !== value
}

function isHome(flags: number): boolean {
  return (flags & (LOCAL | ALIVE)) === (LOCAL | ALIVE)
}
