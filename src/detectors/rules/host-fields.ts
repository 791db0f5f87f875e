import { type HostContext, type Quantity, ROLES } from '../../types/host.ts'
import { KNOWN_MINUTES } from '../ecod/own-normal.ts'
import type { Field, NumberField, StringField } from './field.ts'

/** Counts of `HostContext` a rule may name. */
const COUNTS: readonly [name: string, label: string, unit: string, get: (context: HostContext) => number][] = [
  ['src_age', 'time the source is known', 's', (c) => c.srcAge],
  ['dst_age', 'time the destination is known', 's', (c) => c.dstAge],
  ['pair_age', 'time the pair is known', 's', (c) => c.pairAge],
  ['network_age', 'time since the first flow', 's', (c) => c.networkAge],
  ['dst_talkers', 'local hosts that talk to the destination', '', (c) => c.dstTalkers],
  ['dst_prevalence', 'share of local hosts that talk to the destination', '', (c) => c.dstPrevalence],
  ['src_macs', 'MAC addresses of the source address', '', (c) => c.srcMacs],
  ['src_mac_addresses', 'addresses claimed by the source MAC', '', (c) => c.srcMacAddresses],
  ['src_flows_60s', 'flows of the source in 60 s', '', (c) => c.srcFlows60s],
  ['src_flows_1h', 'flows of the source in 1 h', '', (c) => c.srcFlows1h],
  ['src_failed_60s', 'failed flows of the source in 60 s', '', (c) => c.srcFailed60s],
  ['src_failed_1h', 'failed flows of the source in 1 h', '', (c) => c.srcFailed1h],
  ['src_failed_share_1h', 'failed share of the flows of the source in 1 h', '', (c) => c.srcFailed1h / c.srcFlows1h],
  ['src_fanout_60s', 'destinations of the source in 60 s', '', (c) => c.srcFanout60s],
  ['src_fanout_1h', 'destinations of the source in 1 h', '', (c) => c.srcFanout1h],
  ['src_ports_60s', 'destination ports of the source in 60 s', '', (c) => c.srcPorts60s],
  ['src_ports_1h', 'destination ports of the source in 1 h', '', (c) => c.srcPorts1h],
  ['src_failed_targets_60s', 'failed targets of the source in 60 s', '', (c) => c.srcFailedTargets60s],
  ['src_failed_targets_1h', 'failed targets of the source in 1 h', '', (c) => c.srcFailedTargets1h],
  ['src_bytes_out_60s', 'bytes sent by the source in 60 s', 'B', (c) => c.srcBytesOut60s],
  ['src_bytes_out_1h', 'bytes sent by the source in 1 h', 'B', (c) => c.srcBytesOut1h],
  ['src_queries_60s', 'DNS questions of the source in 60 s', '', (c) => c.srcQueries60s],
  ['src_names_60s', 'DNS names asked by the source in 60 s', '', (c) => c.srcNames60s],
  ['src_names_1h', 'DNS names asked by the source in 1 h', '', (c) => c.srcNames1h],
  ['src_nxdomain_60s', 'DNS names asked by the source that do not exist, in 60 s', '', (c) => c.srcNxdomain60s],
  ['src_nxdomain_1h', 'DNS names asked by the source that do not exist, in 1 h', '', (c) => c.srcNxdomain1h],
  ['dst_flows_60s', 'flows to the destination in 60 s', '', (c) => c.dstFlows60s],
  ['dst_failed_60s', 'failed flows to the destination in 60 s', '', (c) => c.dstFailed60s],
  ['dst_half_open_60s', 'half-open connections to the destination in 60 s', '', (c) => c.dstHalfOpen60s],
  ['dst_fanin_60s', 'sources of the destination in 60 s', '', (c) => c.dstFanin60s],
  ['dst_ports_60s', 'ports asked for at the destination in 60 s', '', (c) => c.dstPorts60s],
  ['pair_flows_60s', 'flows of the pair in 60 s', '', (c) => c.pairFlows60s],
  ['pair_flows_1h', 'flows of the pair in 1 h', '', (c) => c.pairFlows1h],
  ['pair_ports_60s', 'destination ports of the pair in 60 s', '', (c) => c.pairPorts60s],
  ['pair_bytes_out_1h', 'bytes from source to destination in 1 h', 'B', (c) => c.pairBytesOut1h],
]

/** What of these a host's own baseline is kept of; features of the same name say so themselves. */
const OWN: Readonly<Record<string, Quantity>> = {
  src_queries_60s: 'queries_60s',
  pair_bytes_out_1h: 'pair_bytes_out_1h',
}

const FLAGS: readonly [name: string, label: string, get: (context: HostContext) => boolean][] = [
  ['src_local', 'source is local', (c) => c.srcLocal],
  ['dst_local', 'destination is local', (c) => c.dstLocal],
  ['dst_broadcast_or_multicast', 'destination is broadcast or multicast', (c) => c.dstBroadcastOrMulticast],
  ['src_new', 'source is new', (c) => c.srcNew],
  ['dst_new', 'destination is new', (c) => c.dstNew],
  ['new_pair', 'pair is new', (c) => c.newPair],
  ['src_gives_addresses', 'source answers by DHCP', (c) => c.srcGivesAddresses],
  ['src_mac_changed', 'MAC address of the source changed', (c) => c.srcMacChanged],
]

/** How many times the host's own normal (the value 99 % of its active minutes stay below) a count is; absent until known. */
const OVER_NORMAL: readonly [name: string, label: string, quantity: Quantity, get: (context: HostContext) => number][] =
  [
    ['src_bytes_out_60s', 'bytes sent in 60 s', 'bytes_out_60s', (c) => c.srcBytesOut60s],
    ['pair_bytes_out_1h', 'bytes sent to one host in 1 h', 'pair_bytes_out_1h', (c) => c.pairBytesOut1h],
    ['src_flows_60s', 'flows in 60 s', 'flows_60s', (c) => c.srcFlows60s],
    ['src_fanout_60s', 'destinations in 60 s', 'fanout_60s', (c) => c.srcFanout60s],
    ['src_failed_60s', 'failed flows in 60 s', 'failed_60s', (c) => c.srcFailed60s],
  ]

function overNormal({ baseline }: HostContext, quantity: Quantity, value: number): number {
  if (baseline.minutes(quantity) < KNOWN_MINUTES) return Number.NaN
  const normal = baseline.quantile(quantity, 0.99)
  return normal > 0 ? value / normal : Number.NaN
}

/** What the hosts stage knows of the two ends, as fields: `src_local`, `dst_role`, `src_fanout_60s` ... */
export const HOST_FIELDS: readonly Field[] = [
  ...COUNTS.map(
    ([name, label, unit, get]): NumberField => ({
      kind: 'number',
      name,
      label,
      unit,
      ...(OWN[name] && { own: OWN[name] }),
      get: (o) => get(o.context),
    }),
  ),
  ...OVER_NORMAL.map(
    ([name, label, quantity, get]): NumberField => ({
      kind: 'number',
      name: `${name}_over_normal`,
      label: `${label} as a multiple of the host’s own normal`,
      unit: '',
      get: ({ context }) => overNormal(context, quantity, get(context)),
    }),
  ),
  ...FLAGS.map(
    ([name, label, get]): NumberField => ({
      kind: 'number',
      name,
      label,
      unit: '',
      get: (o) => (get(o.context) ? 1 : 0),
      parse: (value) => (typeof value === 'boolean' ? Number(value) : null),
      format: (value) => (value === 1 ? 'yes' : 'no'),
      allowed: 'true, false',
      values: ['true', 'false'],
    }),
  ),
  role('src_role', 'role of the source', (c) => c.srcRole),
  role('dst_role', 'role of the destination', (c) => c.dstRole),
]

function role(name: string, label: string, get: (context: HostContext) => string): StringField {
  return { kind: 'string', name, label, values: ROLES, wire: false, get: (o) => get(o.context) }
}
