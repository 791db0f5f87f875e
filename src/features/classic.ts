import { PROTOCOL } from '../net/flow-record.ts'
import type { FlowRecord } from '../types/flow.ts'
import { addressEntropy } from './address-entropy.ts'
import type { Feature } from './feature.ts'
import { bytes, packets, perSecond, ratio } from './quantities.ts'

/** The seven the first model of this kind saw, in its order. */
export const CLASSIC: readonly Feature[] = [
  {
    name: 'packet_rate',
    label: 'packets per second',
    unit: 'packets/s',
    scale: 'log',
    of: ({ flow }) => perSecond(packets(flow), flow),
  },
  {
    name: 'byte_rate',
    label: 'bytes per second',
    unit: 'B/s',
    scale: 'log',
    of: ({ flow }) => perSecond(bytes(flow), flow),
  },
  {
    name: 'protocol_code',
    label: 'protocol',
    unit: '',
    scale: 'linear',
    words: ['TCP', 'UDP', 'ICMP', 'HTTP', 'HTTPS', 'other'],
    of: ({ flow }) => protocolCode(flow),
  },
  {
    name: 'time_of_day',
    label: 'time of day (UTC)',
    unit: 'h',
    scale: 'linear',
    clock: true,
    of: ({ flow }) => (((flow.first % DAY) + DAY) % DAY) / 3600,
  },
  {
    name: 'src_entropy',
    label: 'entropy of the source address',
    unit: 'bit',
    scale: 'linear',
    of: ({ flow }) => addressEntropy(flow.address, 0),
  },
  {
    name: 'dst_entropy',
    label: 'entropy of the destination address',
    unit: 'bit',
    scale: 'linear',
    of: ({ flow }) => addressEntropy(flow.address, 4),
  },
  {
    name: 'mean_packet_size',
    label: 'mean packet size',
    unit: 'B',
    scale: 'log',
    of: ({ flow }) => ratio(bytes(flow), packets(flow)),
  },
]

const DAY = 86_400

/** A place in `words`: the service wins over the protocol, ICMP is of both families. */
function protocolCode({ service, protocol }: FlowRecord): number {
  if (service === 'http') return 3
  if (service === 'https') return 4
  if (protocol === PROTOCOL.tcp) return 0
  if (protocol === PROTOCOL.udp) return 1
  return protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmp6 ? 2 : 5
}
