import type { Feature } from './feature.ts'
import { ratio } from './quantities.ts'

/** Ages beyond this say nothing more, and would make every hour of a run look unlike the one before. */
const OLD = 3600
const NO_YES = ['no', 'yes'] as const

/** What a flow's own packets cannot show: what else its two ends did of late. Windows as `HostContext` has them. */
export const HOST_FEATURES: readonly Feature[] = [
  {
    name: 'src_flows_60s',
    label: 'flows of the source in 60 s',
    unit: '',
    scale: 'log',
    own: 'flows_60s',
    of: ({ context }) => context.srcFlows60s,
  },
  {
    name: 'src_fanout_60s',
    label: 'distinct destinations of the source in 60 s',
    unit: '',
    scale: 'log',
    own: 'fanout_60s',
    of: ({ context }) => context.srcFanout60s,
  },
  {
    name: 'src_ports_60s',
    label: 'distinct destination ports of the source in 60 s',
    unit: '',
    scale: 'log',
    own: 'ports_60s',
    of: ({ context }) => context.srcPorts60s,
  },
  {
    name: 'src_failed_60s',
    label: 'failed flows of the source in 60 s',
    unit: '',
    scale: 'log',
    own: 'failed_60s',
    of: ({ context }) => context.srcFailed60s,
  },
  {
    name: 'src_failed_share_60s',
    label: 'failed share of the flows of the source in 60 s',
    unit: '',
    scale: 'linear',
    of: ({ context }) => ratio(context.srcFailed60s, context.srcFlows60s),
  },
  {
    name: 'src_failed_targets_1h',
    label: 'distinct addresses and ports the source failed to reach in 1 h',
    unit: '',
    scale: 'log',
    of: ({ context }) => context.srcFailedTargets1h,
  },
  {
    name: 'src_half_open_60s',
    label: 'connections the source left half open in 60 s',
    unit: '',
    scale: 'log',
    of: ({ context }) => context.srcHalfOpen60s,
  },
  {
    name: 'src_tiny_share_60s',
    label: 'share of flows of at most three packets of the source in 60 s',
    unit: '',
    scale: 'linear',
    of: ({ context }) => ratio(context.srcTiny60s, context.srcFlows60s),
  },
  {
    name: 'src_bytes_out_60s',
    label: 'bytes the source sent in 60 s',
    unit: 'B',
    scale: 'log',
    own: 'bytes_out_60s',
    of: ({ context }) => context.srcBytesOut60s,
  },
  {
    name: 'src_bytes_out_ratio',
    label: 'bytes the source sent in 60 s against its own 99th percentile',
    unit: '',
    scale: 'log',
    // 1 until a baseline is there: the day it is, everything would look new.
    clock: true,
    of: ({ context }) => ownRatio(context.srcBytesOut60s, context.baseline.quantile('bytes_out_60s', 0.99)),
  },
  {
    name: 'src_names_1h',
    label: 'distinct names the source asked for in 1 h',
    unit: '',
    scale: 'log',
    of: ({ context }) => context.srcNames1h,
  },
  {
    name: 'src_nxdomain_1h',
    label: 'names the source asked for in 1 h that do not exist',
    unit: '',
    scale: 'log',
    of: ({ context }) => context.srcNxdomain1h,
  },
  {
    name: 'src_arp_targets_60s',
    label: 'distinct addresses the source asked for by ARP in 60 s',
    unit: '',
    scale: 'log',
    of: ({ context }) => context.srcArpTargets60s,
  },
  {
    name: 'src_age',
    label: 'time since the source was first seen, at most 1 h',
    unit: 's',
    scale: 'log',
    clock: true,
    of: ({ context }) => Math.min(OLD, context.srcAge),
  },
  {
    name: 'dst_flows_60s',
    label: 'flows to the destination in 60 s',
    unit: '',
    scale: 'log',
    own: 'served_flows_60s',
    of: ({ context }) => context.dstFlows60s,
  },
  {
    name: 'dst_fanin_60s',
    label: 'distinct sources of flows to the destination in 60 s',
    unit: '',
    scale: 'log',
    own: 'served_fanin_60s',
    of: ({ context }) => context.dstFanin60s,
  },
  {
    name: 'dst_failed_60s',
    label: 'failed flows to the destination in 60 s',
    unit: '',
    scale: 'log',
    of: ({ context }) => context.dstFailed60s,
  },
  {
    name: 'dst_half_open_60s',
    label: 'connections to the destination left half open in 60 s',
    unit: '',
    scale: 'log',
    of: ({ context }) => context.dstHalfOpen60s,
  },
  {
    name: 'dst_ports_60s',
    label: 'distinct ports asked for at the destination in 60 s',
    unit: '',
    scale: 'log',
    of: ({ context }) => context.dstPorts60s,
  },
  {
    name: 'dst_prevalence',
    label: 'share of local hosts that ever talked to the destination',
    unit: '',
    scale: 'linear',
    of: ({ context }) => context.dstPrevalence,
  },
  {
    name: 'pair_flows_10m',
    label: 'flows of the source to the destination in 10 min',
    unit: '',
    scale: 'log',
    of: ({ context }) => context.pairFlows10m,
  },
  {
    name: 'pair_failed_10m',
    label: 'failed flows of the source to the destination in 10 min',
    unit: '',
    scale: 'log',
    of: ({ context }) => context.pairFailed10m,
  },
  {
    name: 'pair_ports_60s',
    label: 'distinct ports the source asked for at the destination in 60 s',
    unit: '',
    scale: 'log',
    of: ({ context }) => context.pairPorts60s,
  },
  {
    name: 'new_pair',
    label: 'first flow ever from the source to the destination',
    unit: '',
    scale: 'linear',
    words: NO_YES,
    of: ({ context }) => Number(context.newPair),
  },
]

/** How many times its own normal something is; 1 while that is unknown. */
function ownRatio(value: number, normal: number): number {
  return normal === 0 ? 1 : value / normal
}
