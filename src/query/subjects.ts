import type { KeptFlow, KeptIncident } from '../types/history.ts'
import { type FieldName, NAMED, SEVERITIES } from './query.ts'
import { addressNumber } from './values.ts'

type Values = readonly (string | number | bigint)[]

/** What a flow says of a field: the same as the history's columns. */
export function flowValues(flow: KeptFlow, field: FieldName): Values {
  return FLOW[field]?.(flow) ?? []
}

/** What an incident says of a field: the same as the history's columns. */
export function incidentValues(incident: KeptIncident, field: FieldName): Values {
  return INCIDENT[field]?.(incident) ?? []
}

const text = (...values: (string | null | undefined)[]): string[] =>
  values.filter((value) => typeof value === 'string' && value !== '').map((value) => value!.toLowerCase())
const addresses = (...values: string[]): bigint[] =>
  values.map(addressNumber).filter((value): value is bigint => value !== null)
const names = ({ names: known }: KeptFlow): string[] => text(...NAMED.map((name) => known?.[name]))

const FLOW: Partial<Record<FieldName, (flow: KeptFlow) => Values>> = {
  src: (flow) => addresses(flow.source),
  dst: (flow) => addresses(flow.destination),
  host: (flow) => addresses(flow.source, flow.destination),
  port: (flow) => [flow.dstPort],
  srcport: (flow) => [flow.srcPort],
  protocol: (flow) => text(flow.protocol),
  service: (flow) => text(flow.service),
  type: (flow) => text(flow.type),
  method: (flow) => text(flow.method),
  is: (flow) => [flow.anomaly ? 'anomaly' : 'normal'],
  incident: (flow) => text(flow.incident),
  input: (flow) => text(flow.input),
  name: names,
  tunnel: (flow) => text(flow.tunnel),
  bytes: (flow) => [flow.bytesOut + flow.bytesIn],
  packets: (flow) => [flow.packetsOut + flow.packetsIn],
  duration: (flow) => [flow.time - flow.first],
  score: (flow) => [flow.score],
  since: (flow) => [flow.time],
  until: (flow) => [flow.time],
  last: (flow) => [flow.time],
  any: (flow) => [...text(flow.type, flow.service), ...names(flow)],
}

const INCIDENT: Partial<Record<FieldName, (incident: KeptIncident) => Values>> = {
  src: (incident) => addresses(...incident.sources),
  dst: (incident) => addresses(...incident.targets),
  host: (incident) => addresses(...incident.sources, ...incident.targets),
  port: (incident) => incident.ports,
  type: (incident) => text(incident.type),
  severity: (incident) => [SEVERITIES.indexOf(incident.severity)],
  state: (incident) => [incident.state],
  assignee: (incident) => text(incident.assignee),
  method: (incident) => text(incident.method),
  detector: (incident) => text(...incident.reasons.flatMap(({ detector, rule }) => [detector, rule])),
  attack: (incident) => text(...incident.attack),
  is: (incident) => (incident.suppressedBy === null ? ['anomaly'] : ['anomaly', 'suppressed']),
  incident: (incident) => text(incident.id),
  bytes: (incident) => [incident.bytes],
  packets: (incident) => [incident.packets],
  duration: (incident) => [incident.lastSeen - incident.firstSeen],
  score: (incident) => [incident.score],
  flows: (incident) => [incident.flows],
  since: (incident) => [incident.lastSeen],
  until: (incident) => [incident.firstSeen],
  last: (incident) => [incident.lastSeen],
  any: (incident) => text(incident.title, incident.type, incident.id, incident.assignee),
}
