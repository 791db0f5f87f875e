import type { ConnState, FlowNames } from './flow.ts'
import type { HostView } from './host.ts'
import type { Incident } from './incident.ts'
import type { Method } from './verdict.ts'

export const STATES = ['open', 'acknowledged', 'closed'] as const
/** What a person made of an incident. */
export type IncidentState = (typeof STATES)[number]

export interface Note {
  /** Epoch seconds. */
  time: number
  author: string
  text: string
}

/** An incident as it is kept: what was found, and what people decided about it. */
export interface KeptIncident extends Incident {
  /** Grows with every change of what was found. */
  version: number
  state: IncidentState
  assignee: string | null
  /** Oldest first. */
  notes: Note[]
  /** Id of the suppression that covers it; null when none does. */
  suppressedBy: string | null
}

/** One flow as it is kept. Strings come from the wire: text nodes only. */
export interface KeptFlow {
  /** Its place in the history: grows with time, unique, what pages of results are cut by. */
  seq: number
  /** Epoch seconds of its last packet. */
  time: number
  first: number
  /** Name of the source that saw it. */
  input: string
  source: string
  destination: string
  srcPort: number
  dstPort: number
  /** `tcp`, `udp`, `icmp`, `arp` ... */
  protocol: string
  service: string
  connState: ConnState
  packetsOut: number
  packetsIn: number
  bytesOut: number
  bytesIn: number
  anomaly: boolean
  method: Method
  /** 0 to 1, how anomalous: what flows are ranked by. */
  score: number
  confidence: number
  ruleScore: number
  mlScore: number
  /** Attack type; null when normal. */
  type: string | null
  /** Id of the incident it belongs to. */
  incident: string | null
  names: FlowNames | null
  /** The outermost tunnel it came in, its identifier where it has one, and its two ends: `vxlan/42 192.0.2.1 192.0.2.2`; null for none. */
  tunnel: string | null
  /** Version 1, seed 0, as other tools have it; empty for ARP. */
  communityId: string
  /** It stands for so many flows: 1, or more where normal ones were sampled under load. */
  weight: number
}

/** A host as it is kept: the newest that was said of it. */
export interface KeptHost extends HostView {
  /** Incidents it has a part in that are open and not suppressed. */
  incidents: number
  /** Who made the device, by its hardware address; absent where that is not known. */
  vendor?: string
  /** The hardware address was made up, as phones do so as not to be known again: it names no maker. */
  madeUp?: boolean
}

/** One host, and what it did in each of the last days. */
export interface HostDetail extends KeptHost {
  /** Oldest first, the last one up to now; days without traffic are left out. */
  days: HostDay[]
}

/** 24 hours of one host: flows it has a part in, and what it sent and received in them. */
export interface HostDay {
  /** Epoch seconds, their start. */
  time: number
  flows: number
  anomalies: number
  bytesOut: number
  bytesIn: number
}

/** One minute, hour or other interval of traffic. */
export interface Interval {
  /** Epoch seconds, its start. */
  time: number
  flows: number
  anomalies: number
  packets: number
  bytes: number
}

export interface Talker {
  address: string
  flows: number
  anomalies: number
  /** Sent and received. */
  bytesOut: number
  bytesIn: number
}

/** Part of a list. `next`: what to ask for more with; null at the end. */
export interface Page<Item> {
  items: Item[]
  next: string | null
}

/** When something is expected: days of the week (0 is Sunday) and minutes of the day, in a time zone of IANA's. */
export interface Schedule {
  days: number[]
  /** Minutes after midnight; a `to` at or before `from` is on the next day. */
  from: number
  to: number
  timeZone: string
}

/**
 * What is expected, and so need not be told of: everything given must hold for the whole incident. Addresses are single ones
 * or CIDR blocks, and all hosts of that side of an incident must lie in one of them.
 */
export interface Match {
  sources?: string[]
  destinations?: string[]
  ports?: number[]
  /** Attack types. */
  types?: string[]
  /** Names of detectors and ids of rules, all that speak against the hosts. */
  detectors?: string[]
  schedule?: Schedule
}

export interface SuppressionDraft {
  match: Match
  reason: string
  /** Epoch seconds; incidents after it are told of again. Null: never. */
  expires: number | null
}

export interface Suppression extends SuppressionDraft {
  id: string
  author: string
  /** Epoch seconds. */
  created: number
  /** When it was undone; null while it holds. */
  undone: number | null
  /** Incidents it covers now, and when the last of them was seen (epoch seconds). */
  hits: number
  lastHit: number | null
}

/** What a suppression would do to the incidents kept, were it saved now. */
export interface SuppressionPreview {
  /** Incidents newly covered, of how many that are kept since `since`. */
  covered: number
  total: number
  /** Of the covered, those of high or critical severity. */
  severe: number
  /** Epoch seconds; null: everything kept. */
  since: number | null
  /** The first of them, newest first. */
  examples: { id: string; title: string; severity: string; lastSeen: number }[]
}

/** One decision of a person, as the journal keeps it. */
export interface Decision {
  seq: number
  /** Epoch seconds. */
  time: number
  author: string
  kind: string
  /** What it is about: the id of an incident, a suppression, a rule. */
  subject: string
  content: unknown
}

/** How the history fares. */
export interface StoreStatus {
  /** `memory`: it ends with the program. */
  kind: 'memory' | 'file'
  state: 'ok' | 'failing'
  /** Why it fails, in words. */
  problem: string | null
  bytes: number
  incidents: number
  flows: number
  /** Epoch seconds of the oldest flow; null without any. */
  since: number | null
  /** Losses and others, by name. */
  counters: Record<string, number>
}
