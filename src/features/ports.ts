import { PROTOCOL } from '../net/flow-record.ts'
import { serviceOf } from '../net/services.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Feature } from './feature.ts'

/** What kind of door is knocked at. Numbers of ports say nothing to a model, their classes do. */
export const PORTS: readonly Feature[] = [
  {
    name: 'src_port_class',
    label: 'class of the source port',
    unit: '',
    scale: 'linear',
    of: ({ flow }) => portClass(flow, flow.srcPort),
  },
  {
    name: 'dst_port_class',
    label: 'class of the destination port',
    unit: '',
    scale: 'linear',
    of: ({ flow }) => portClass(flow, flow.dstPort),
  },
  {
    name: 'known_service',
    label: 'known service (1 is yes)',
    unit: '',
    scale: 'linear',
    of: ({ flow }) => Number(flow.service !== '' || serviceOf(flow.protocol, flow.dstPort) !== ''),
  },
]

/** RFC 6335: 1 system (below 1024), 2 user, 3 dynamic (from 49152); 0 where the protocol has no ports. */
function portClass({ protocol }: FlowRecord, port: number): number {
  if (protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.udp && protocol !== PROTOCOL.sctp) return 0
  if (port < 1024) return 1
  return port < 49_152 ? 2 : 3
}
