import { PROTOCOL } from '../net/flow-record.ts'
import { serviceOf } from '../net/services.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Feature } from './feature.ts'

const PORT_CLASSES = ['none', 'system', 'user', 'dynamic'] as const

/** What kind of door is knocked at. Numbers of ports say nothing to a model, their classes do. */
export const PORTS: readonly Feature[] = [
  {
    name: 'src_port_class',
    label: 'class of the source port',
    unit: '',
    scale: 'linear',
    words: PORT_CLASSES,
    of: ({ flow }) => portClass(flow, flow.srcPort),
  },
  {
    name: 'dst_port_class',
    label: 'class of the destination port',
    unit: '',
    scale: 'linear',
    words: PORT_CLASSES,
    of: ({ flow }) => portClass(flow, flow.dstPort),
  },
  {
    name: 'known_service',
    label: 'known service',
    unit: '',
    scale: 'linear',
    words: ['no', 'yes'],
    of: ({ flow }) => Number(flow.service !== '' || serviceOf(flow.protocol, flow.dstPort) !== ''),
  },
]

/** A place in `PORT_CLASSES`, RFC 6335: system below 1024, dynamic from 49152, none where the protocol has no ports. */
function portClass({ protocol }: FlowRecord, port: number): number {
  if (protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.udp && protocol !== PROTOCOL.sctp) return 0
  if (port < 1024) return 1
  return port < 49_152 ? 2 : 3
}
