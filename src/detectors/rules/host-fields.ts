import { type HostContext, ROLES } from '../../types/host.ts'
import type { Field, NumberField, StringField } from './field.ts'

type Keys<T> = { [K in keyof HostContext]: HostContext[K] extends T ? K : never }[keyof HostContext]

/** Counts of `HostContext` a rule may name: key, label, unit. */
const COUNTS: readonly [key: Keys<number>, label: string, unit?: string][] = [
  ['srcAge', 'time the source is known', 's'],
  ['dstAge', 'time the destination is known', 's'],
  ['pairAge', 'time the pair is known', 's'],
  ['networkAge', 'time since the first flow', 's'],
  ['dstTalkers', 'local hosts that talk to the destination'],
  ['dstPrevalence', 'share of local hosts that talk to the destination'],
  ['srcMacs', 'MAC addresses of the source address'],
  ['srcMacAddresses', 'addresses claimed by the source MAC'],
  ['srcFlows60s', 'flows of the source in 60 s'],
  ['srcFlows1h', 'flows of the source in 1 h'],
  ['srcFailed60s', 'failed flows of the source in 60 s'],
  ['srcFailed1h', 'failed flows of the source in 1 h'],
  ['srcFanout60s', 'destinations of the source in 60 s'],
  ['srcFanout1h', 'destinations of the source in 1 h'],
  ['srcPorts60s', 'destination ports of the source in 60 s'],
  ['srcPorts1h', 'destination ports of the source in 1 h'],
  ['srcFailedTargets60s', 'failed targets of the source in 60 s'],
  ['srcFailedTargets1h', 'failed targets of the source in 1 h'],
  ['srcBytesOut60s', 'bytes sent by the source in 60 s', 'B'],
  ['srcBytesOut1h', 'bytes sent by the source in 1 h', 'B'],
  ['srcQueries60s', 'DNS questions of the source in 60 s'],
  ['srcNames60s', 'DNS names asked by the source in 60 s'],
  ['srcNames1h', 'DNS names asked by the source in 1 h'],
  ['srcNxdomain60s', 'DNS names asked by the source that do not exist, in 60 s'],
  ['srcNxdomain1h', 'DNS names asked by the source that do not exist, in 1 h'],
  ['dstFlows60s', 'flows to the destination in 60 s'],
  ['dstFailed60s', 'failed flows to the destination in 60 s'],
  ['dstHalfOpen60s', 'half-open connections to the destination in 60 s'],
  ['dstFanin60s', 'sources of the destination in 60 s'],
  ['dstPorts60s', 'ports asked for at the destination in 60 s'],
  ['pairFlows60s', 'flows of the pair in 60 s'],
  ['pairFlows1h', 'flows of the pair in 1 h'],
  ['pairPorts60s', 'destination ports of the pair in 60 s'],
  ['pairBytesOut1h', 'bytes from source to destination in 1 h', 'B'],
]

const FLAGS: readonly [key: Keys<boolean>, label: string][] = [
  ['srcLocal', 'source is local'],
  ['dstLocal', 'destination is local'],
  ['dstBroadcastOrMulticast', 'destination is broadcast or multicast'],
  ['srcNew', 'source is new'],
  ['dstNew', 'destination is new'],
  ['newPair', 'pair is new'],
  ['srcMacChanged', 'MAC address of the source changed'],
]

/** What the hosts stage knows of the two ends, as fields: `src_local`, `dst_role`, `src_fanout_60s` ... */
export const HOST_FIELDS: readonly Field[] = [
  ...COUNTS.map(
    ([key, label, unit = '']): NumberField => ({
      kind: 'number',
      name: snake(key),
      label,
      unit,
      get: (o) => o.context[key],
    }),
  ),
  ...FLAGS.map(
    ([key, label]): NumberField => ({
      kind: 'number',
      name: snake(key),
      label,
      unit: '',
      get: (o) => (o.context[key] ? 1 : 0),
      parse: (value) => (typeof value === 'boolean' ? Number(value) : null),
      format: (value) => (value === 1 ? 'yes' : 'no'),
      allowed: 'true, false',
      values: ['true', 'false'],
    }),
  ),
  role('srcRole', 'role of the source'),
  role('dstRole', 'role of the destination'),
]

function role(key: 'srcRole' | 'dstRole', label: string): StringField {
  return { kind: 'string', name: snake(key), label, values: ROLES, wire: false, get: (o) => o.context[key] }
}

/** `srcFlows60s` as a rule writes it: `src_flows_60s`. */
export function snake(name: string): string {
  return name.replace(/([a-z])([A-Z0-9])/g, '$1_$2').toLowerCase()
}
