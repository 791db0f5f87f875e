import { PROTOCOL } from '../../net/flow-record.ts'
import type { ConnState, Direction, EndReason, FlowRecord } from '../../types/flow.ts'

/** What a log tells of one direction. */
export interface Told {
  packets: number
  bytes: number
  payload: number
}

/** TCP flags seen in one direction, how often is not known. */
export interface SeenFlags {
  syn: boolean
  fin: boolean
  rst: boolean
  ack: boolean
}

/** Fills a direction: one length for all packets, no gaps, no flags, for nothing tells them. */
export function fillDirection(direction: Direction, { packets, bytes, payload }: Told): void {
  const mean = packets === 0 ? 0 : bytes / packets
  direction.packets = packets
  direction.bytes = bytes
  direction.payload = Math.min(payload, bytes)
  direction.lengthMin = direction.lengthMax = direction.lengthMean = mean
  direction.lengthDeviation = 0
  direction.gapMin = direction.gapMax = direction.gapMean = direction.gapDeviation = 0
  direction.fin = direction.syn = direction.rst = direction.psh = 0
  direction.ack = direction.urg = direction.ece = direction.cwr = 0
}

/**
 * Counts flags that are only known to occur: one FIN, one RST, a SYN (all packets, where nothing but SYN was seen), and
 * ACK on whatever else there is (RFC 9293, 3.1).
 */
export function fillFlags(direction: Direction, seen: SeenFlags): void {
  const { packets } = direction
  const onlySyn = seen.syn && !seen.ack && !seen.fin && !seen.rst
  direction.syn = seen.syn ? (onlySyn ? packets : Math.min(1, packets)) : 0
  direction.fin = seen.fin ? Math.min(1, packets) : 0
  direction.rst = seen.rst ? Math.min(1, packets) : 0
  direction.ack = seen.ack ? packets : 0
}

const ENDED: ReadonlySet<ConnState> = new Set(['SF', 'REJ', 'RSTO', 'RSTR', 'RSTOS0', 'RSTRH'])

/** How a record ended: a TCP connection by its state, the rest by silence. */
export function endReasonOf({ protocol, connState }: FlowRecord): EndReason {
  return protocol === PROTOCOL.tcp && ENDED.has(connState) ? 'end' : 'idle'
}
