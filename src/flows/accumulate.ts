import { TCP_FLAG } from '../net/packet-batch.ts'
import type { PacketBatch } from '../types/packet.ts'
import { COUNT, DOUBLE_SHIFT, FORWARD, REVERSE, SUM } from './layout.ts'

const LENGTH_MAX = 0xffff
const GAP_MAX = 0xffffffff
const SELDOM = TCP_FLAG.fin | TCP_FLAG.syn | TCP_FLAG.rst | TCP_FLAG.urg | TCP_FLAG.ece | TCP_FLAG.cwr

/** The flow records as both kinds of numbers. */
export interface FlowMemory {
  readonly words: Int32Array
  readonly doubles: Float64Array
  /** Ticks gaps are counted in, per second. */
  readonly ticksPerSecond: number
}

/** Adds row `row` of a batch, seen at `times[row]`, to one direction of the flow in `slot`. */
export function addPacket(
  memory: FlowMemory,
  slot: number,
  forward: boolean,
  batch: PacketBatch,
  row: number,
  times: Float64Array,
): void {
  const { words, doubles } = memory
  const sum = (slot << DOUBLE_SHIFT) + (forward ? FORWARD : REVERSE)
  const count = sum << 1
  const packets = words[count + COUNT.packets]!
  const length = batch.length[row]!
  words[count + COUNT.packets] = packets + 1
  words[count + COUNT.overhead] = words[count + COUNT.overhead]! + length - batch.payload[row]!
  doubles[sum + SUM.bytes] = doubles[sum + SUM.bytes]! + length
  doubles[sum + SUM.lengthSquares] = doubles[sum + SUM.lengthSquares]! + length * length

  if (packets === 0) {
    const short = Math.min(length, LENGTH_MAX)
    words[count + COUNT.lengths] = (short << 16) | short
    if (times[row]! > doubles[sum + SUM.last]!) doubles[sum + SUM.last] = times[row]!
  } else {
    addLength(words, count, length)
    addGap(memory, sum, packets, times, row)
  }
  const flags = batch.flags[row]!
  if (flags === 0) return
  words[count + COUNT.ack] = words[count + COUNT.ack]! + ((flags >>> 4) & 1)
  words[count + COUNT.psh] = words[count + COUNT.psh]! + ((flags >>> 3) & 1)
  if ((flags & SELDOM) !== 0) addSeldomFlags(words, count, flags)
}

function addLength(words: Int32Array, count: number, exact: number): void {
  const length = Math.min(exact, LENGTH_MAX)
  const lengths = words[count + COUNT.lengths]!
  if (length < lengths >>> 16) words[count + COUNT.lengths] = (length << 16) | (lengths & 0xffff)
  else if (length > (lengths & 0xffff)) words[count + COUNT.lengths] = (lengths & ~0xffff) | length
}

/** A packet that comes late is not later than the one before it: its gap is 0. */
function addGap(memory: FlowMemory, sum: number, packets: number, times: Float64Array, row: number): void {
  const { words, doubles } = memory
  const count = sum << 1
  const seconds = times[row]! - doubles[sum + SUM.last]!
  let gap = 0
  if (seconds > 0) {
    gap = Math.floor(seconds * memory.ticksPerSecond + 0.5)
    doubles[sum + SUM.last] = times[row]!
  }
  doubles[sum + SUM.gaps] = doubles[sum + SUM.gaps]! + gap
  doubles[sum + SUM.gapSquares] = doubles[sum + SUM.gapSquares]! + gap * gap
  const ticks = Math.min(gap, GAP_MAX) >>> 0
  if (packets === 1 || ticks < words[count + COUNT.gapMin]! >>> 0) words[count + COUNT.gapMin] = ticks
  if (packets === 1 || ticks > words[count + COUNT.gapMax]! >>> 0) words[count + COUNT.gapMax] = ticks
}

function addSeldomFlags(words: Int32Array, count: number, flags: number): void {
  words[count + COUNT.syn] = words[count + COUNT.syn]! + ((flags >>> 1) & 1)
  words[count + COUNT.rst] = words[count + COUNT.rst]! + ((flags >>> 2) & 1)
  words[count + COUNT.finUrg] = addHalves(words[count + COUNT.finUrg]!, flags & 1, (flags >>> 5) & 1)
  words[count + COUNT.eceCwr] = addHalves(words[count + COUNT.eceCwr]!, (flags >>> 6) & 1, flags >>> 7)
}

/** Adds to the high and the low 16 bits, each of which stops at its largest value. */
function addHalves(word: number, high: number, low: number): number {
  const left = (word >>> 16) + high
  const right = (word & 0xffff) + low
  return (Math.min(left, 0xffff) << 16) | Math.min(right, 0xffff)
}
