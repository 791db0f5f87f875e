import { integer, pick, type Random } from '../../math/random.ts'
import { PROTOCOL } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'

const PROTOCOLS = [
  { protocol: PROTOCOL.tcp, service: '', port: 0 },
  { protocol: PROTOCOL.udp, service: '', port: 0 },
  { protocol: PROTOCOL.icmp, service: '', port: 0 },
  { protocol: PROTOCOL.tcp, service: 'http', port: 80 },
  { protocol: PROTOCOL.tcp, service: 'https', port: 443 },
]

/**
 * The original generator: every number uniform and unrelated to the others. Only totals exist, so all packets are the
 * originator's, of one length, and nothing is said of flags, payload and gaps.
 */
export function writeUniformNoise(random: Random, record: FlowRecord, time: number): void {
  const { protocol, service, port } = pick(random, PROTOCOLS)
  record.protocol = protocol
  record.service = service
  record.srcPort = protocol === PROTOCOL.icmp ? 8 : integer(random, 1024, 65_535)
  record.dstPort = protocol === PROTOCOL.icmp ? 0 : port || integer(random, 1, 65_535)
  record.address.set([0, 0, 0xffff, (192 << 24) | (168 << 16) | integer(random, 0, 65_535)], 0)
  record.address.set([0, 0, 0xffff, (10 << 24) | integer(random, 0, 65_535)], 4)
  const { forward } = record
  forward.packets = integer(random, 25, 3_050)
  forward.bytes = integer(random, 1_000, 101_000)
  forward.lengthMin = forward.lengthMax = forward.lengthMean = forward.bytes / forward.packets
  record.connState = protocol === PROTOCOL.tcp ? 'OTH' : 'S0'
  record.first = record.last = record.opened = time
}
