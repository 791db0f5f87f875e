import { isIPv4 } from '../../net/address.ts'
import { PROTOCOL } from '../../net/flow-record.ts'
import type { Told } from '../flow-log/direction.ts'

/** Argus counts the Ethernet header. */
export const LINK_HEADER = 14
const FRAME_MAX = 1514

/** What a log says about both directions together; NaN for what it does not say. */
export interface Totals {
  packets: number
  bytes: number
  forwardPackets: number
  forwardBytes: number
}

/**
 * Packets of the source. Where the log only has the sum, half of it, as far as the bytes allow: a side that sent
 * nothing has none, and every packet has at least its headers and at most a full frame.
 */
export function forwardPackets(
  { packets, bytes, forwardPackets: known, forwardBytes }: Totals,
  headers: number,
): number {
  if (!Number.isNaN(known)) return Math.min(known, packets)
  const reverseBytes = bytes - forwardBytes
  if (reverseBytes <= 0) return packets
  if (forwardBytes <= 0) return 0
  const frame = LINK_HEADER + headers
  const least = Math.max(1, Math.ceil(forwardBytes / FRAME_MAX), packets - Math.floor(reverseBytes / frame))
  const most = Math.min(packets - 1, Math.floor(forwardBytes / frame), packets - Math.ceil(reverseBytes / FRAME_MAX))
  return Math.max(1, Math.min(most, Math.max(least, Math.round(packets / 2))))
}

/** Length of network and transport header without options; 0 for ARP, whose length is that of the frame's payload. */
export function headersOf(protocol: number, address: Int32Array): number {
  if (protocol === PROTOCOL.arp) return 0
  const network = isIPv4(address) ? 20 : 40
  if (protocol === PROTOCOL.tcp) return network + 20
  return protocol === PROTOCOL.udp || protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmp6 ? network + 8 : network
}

/** One direction in IP lengths; its payload is what headers without options leave, where it `hasPayload`. */
export function volumeOf(packets: number, frameBytes: number, headers: number, hasPayload: boolean): Told {
  const bytes = Math.max(0, frameBytes - packets * LINK_HEADER)
  return { packets, bytes, payload: hasPayload ? Math.max(0, bytes - packets * headers) : 0 }
}
