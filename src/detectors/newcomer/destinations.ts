import { PROTOCOL } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { HostContext } from '../../types/host.ts'
import { createTold } from '../beacon/told.ts'
import { NEWCOMER } from './tunables.ts'

const PORTS = 65_536

/** What is rare about a destination: nothing, the host, or the host and its port. */
export type Rarity = '' | 'host' | 'port'

/** Notices talk with hosts outside that nobody here knows, by hosts that seldom meet anybody. */
export interface Destinations {
  see(flow: FlowRecord, context: HostContext): Rarity
  readonly bytes: number
  counters(): Record<string, number>
}

/** Remembers which ports outside anybody here has used, a bit each, and what was told. */
export function createDestinations(seed: number): Destinations {
  const used = new Uint8Array((2 * PORTS) / 8)
  const told = createTold({ seed, ...NEWCOMER.destination.told })
  let rare = 0

  /** Whether nobody used the port before this flow, which now has. */
  const isPortNew = ({ protocol, dstPort }: FlowRecord): boolean => {
    const bit = (protocol === PROTOCOL.tcp ? 0 : PORTS) + dstPort
    const mask = 1 << (bit & 7)
    if (used[bit >> 3]! & mask) return false
    used[bit >> 3]! |= mask
    return true
  }

  return {
    see(flow, context) {
      const isTransport = flow.protocol === PROTOCOL.tcp || flow.protocol === PROTOCOL.udp
      if (!isTransport || context.dstLocal || !context.srcLocal) return ''
      const { packets, rst, payload } = flow.reverse
      // A connection that is only kept alive uses its port too; one that is refused does not.
      const portNew = packets > rst && isPortNew(flow)
      if (payload === 0 || !isRare(flow, context)) return ''
      rare++
      if (!portNew && !told.goesOn(flow)) return 'host'
      return told.tell(flow) ? 'port' : 'host'
    },
    bytes: used.byteLength + told.bytes,
    counters: () => ({ destinations_rare: rare, ...told.counters() }),
  }
}

/** New to a host long known that keeps to few, and known to nobody else here. */
function isRare({ forward, reverse }: FlowRecord, context: HostContext): boolean {
  const { destination, watched } = NEWCOMER
  if (context.pairAge > destination.young || context.dstTalkers > 1 || context.networkAge < watched) return false
  if (context.srcAge < destination.hostAge || context.localHosts < destination.hosts) return false
  if (context.srcFanout1h > destination.fanout1h || forward.payload + reverse.payload < destination.payload)
    return false
  const { baseline } = context
  if (baseline.minutes('fanout_60s') < destination.minutes) return false
  return baseline.quantile('fanout_60s', 0.99) <= destination.fanout60s
}
