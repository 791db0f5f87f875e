import type { Feature } from './feature.ts'
import { bytes, packets, ratio } from './quantities.ts'

/** Who said how much: `forward` is what the originator sent, `reverse` what came back. */
export const DIRECTIONS: readonly Feature[] = [
  {
    name: 'forward_packets',
    label: 'packets sent',
    unit: 'packets',
    scale: 'log',
    of: ({ flow }) => flow.forward.packets,
  },
  {
    name: 'reverse_packets',
    label: 'packets received',
    unit: 'packets',
    scale: 'log',
    of: ({ flow }) => flow.reverse.packets,
  },
  { name: 'forward_bytes', label: 'bytes sent', unit: 'B', scale: 'log', of: ({ flow }) => flow.forward.bytes },
  { name: 'reverse_bytes', label: 'bytes received', unit: 'B', scale: 'log', of: ({ flow }) => flow.reverse.bytes },
  {
    name: 'forward_payload',
    label: 'payload sent',
    unit: 'B',
    scale: 'log',
    own: 'payload_out',
    of: ({ flow }) => flow.forward.payload,
  },
  {
    name: 'reverse_payload',
    label: 'payload received',
    unit: 'B',
    scale: 'log',
    of: ({ flow }) => flow.reverse.payload,
  },
  {
    name: 'forward_share',
    label: 'share of bytes sent',
    unit: '',
    scale: 'linear',
    of: ({ flow }) => ratio(flow.forward.bytes, bytes(flow)),
  },
  {
    name: 'forward_packet_share',
    label: 'share of packets sent',
    unit: '',
    scale: 'linear',
    of: ({ flow }) => ratio(flow.forward.packets, packets(flow)),
  },
  {
    name: 'payload_share',
    label: 'share of bytes that is payload',
    unit: '',
    scale: 'linear',
    of: ({ flow }) => ratio(flow.forward.payload + flow.reverse.payload, bytes(flow)),
  },
]
