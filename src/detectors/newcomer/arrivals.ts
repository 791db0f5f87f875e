import type { FlowRecord } from '../../types/flow.ts'
import type { HostContext } from '../../types/host.ts'
import { NEWCOMER } from './tunables.ts'

/** Notices devices that were not here before. */
export interface Arrivals {
  /** Whether this flow is the first that shows a new device by its address, where being new means something. */
  see(flow: FlowRecord, context: HostContext): boolean
  counters(): Record<string, number>
}

/** Remembers the devices of the last arrivals, and how many there were of late. */
export function createArrivals(): Arrivals {
  const { remembered, young, burst, steady } = NEWCOMER.device
  const lately = new Int32Array(remembered)
  const ofBurst = createFading(burst.fade)
  const ofSteady = createFading(steady.fade)
  let next = 0
  let arrived = 0
  let untold = 0
  const unwatched = createSilences()

  /** An address no link shows the device of may be anybody's invention, until somebody answers it. */
  const isNew = ({ address, reverse }: FlowRecord, { srcDevice, srcAge }: HostContext): boolean => {
    if (srcAge > young || (srcDevice === 0 && reverse.packets === 0)) return false
    const one = srcDevice === 0 ? numberOf(address) : srcDevice
    if (lately.includes(one)) return false
    lately[next++ % remembered] = one
    return true
  }

  return {
    see(flow, context) {
      const missed = unwatched.upTo(flow.last)
      if (!context.srcLocal || !(context.srcNew || context.srcAge <= young)) return false
      if (isUnspecified(flow.address) || !isNew(flow, context)) return false
      arrived++
      const isSettled = context.networkAge - missed >= NEWCOMER.watched
      const before = ofBurst.add(flow.last - missed)
      const inAll = isSettled ? ofSteady.add(flow.last - missed) : 0
      if (!isSettled) return false
      if (before < burst.limit && inAll < steady.limit) return true
      untold++
      return false
    },
    counters: () => ({ devices_arrived: arrived, devices_among_many: untold }),
  }
}

/** Adds up silences of everybody beyond what counts as watched: the clock may as well have leapt. */
function createSilences(): { upTo(time: number): number } {
  let newest = Number.NaN
  let missed = 0
  return {
    upTo(time) {
      if (time <= newest) return missed
      missed += Math.max(0, time - newest - NEWCOMER.silence || 0)
      newest = time
      return missed
    },
  }
}

/** A count that fades; `add` returns what it was. */
function createFading(fade: number): { add(time: number): number } {
  let count = 0
  let at = 0
  return {
    add(time) {
      const before = count * Math.min(1, Math.exp((at - time) / fade))
      count = before + 1
      at = time
      return before
    },
  }
}

function isUnspecified(address: Int32Array): boolean {
  const isIPv4 = address[0] === 0 && address[1] === 0 && address[2] === 0xffff
  return address[3] === 0 && (isIPv4 || (address[0] === 0 && address[1] === 0 && address[2] === 0))
}

/** A negative number, which no device has. */
function numberOf(address: Int32Array): number {
  let mixed = 0
  for (let i = 0; i < 4; i++) mixed = Math.imul(mixed ^ address[i]!, 0x01000193)
  return -1 - (mixed & 0x7fffffff)
}
