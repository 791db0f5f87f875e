import type { Incident } from './incident.ts'
import type { Blindness } from './sight.ts'
import type { Method, Reason } from './verdict.ts'

/** One judged flow as a person sees it in a list. Strings come from the wire: text nodes only. */
export interface FlowView {
  id: number
  /** Epoch seconds of the flow's last packet. */
  time: number
  source: string
  destination: string
  srcPort: number
  dstPort: number
  /** TCP, UDP, ICMP, ARP ...; HTTP, HTTPS where the service is known. */
  protocol: string
  /** Version 1, seed 0, as other tools have it; empty for ARP. */
  communityId: string
  /** The name its source had asked DNS for; absent where none is known. */
  destinationName?: string
  /** The tunnel it came in and its two ends: `vxlan/42 192.0.2.1 192.0.2.2`; absent where it came in none. */
  tunnel?: string
  packets: number
  bytes: number
  /** Seconds. */
  duration: number
  status: 'Normal' | 'Anomaly'
  method: Method
  confidence: number
  ruleScore: number
  mlScore: number
  /** Attack type; null when normal. */
  type: string | null
}

/** One judged flow with the reasons. */
export interface PacketView extends FlowView {
  /** Empty when normal. */
  reasons: Reason[]
}

export type ThreatLevel = 'Low' | 'Medium' | 'High' | 'Critical'

export interface ModelStatus {
  name: string
  /** Learning it judges nothing, calibrating it judges flows but raises no incident by itself, active both. */
  state: 'learning' | 'calibrating' | 'active'
  /** Flows learned from, of how many are needed before it judges. */
  learned: number
  needed: number
  /** How far it is calibrated, 0 to 1; absent where it never is. */
  calibrated?: number
}

/** Everything that moves has a counter. */
export interface Counter {
  /** `stage.reason`: `decode.truncated`, `flows.evicted` ... */
  name: string
  value: number
}

export type SourceState = 'waiting' | 'running' | 'retrying' | 'ended' | 'failed'

/** A stretch of time of which a source knows nothing, epoch seconds; `to` is null while it lasts. */
export interface Gap {
  from: number
  to: number | null
  reason: string
}

/** What only a source itself can say of how it fares. */
export interface SourceHealth {
  state: SourceState
  /** Why it is not running, what it waits for, or what more there is to say of it; else empty. May hold bytes from outside: text nodes only. */
  detail: string
  /** Packets, or records of an export, known to be lost before they could be judged, by whom: `kernel`, `queue`, `exporter` ... */
  dropped: Record<string, number>
  /** The share (0 to 1) of what came that was lost, over the seconds it has been so; zeros when nothing is being lost. */
  loss: { share: number; seconds: number }
  /** The latest, oldest first, at most 20; `gapCount` counts all. */
  gaps: Gap[]
  gapCount: number
}

/** One source: how it fares, and what came of it so far. */
export interface SourceStats extends SourceHealth {
  name: string
  kind: string
  flows: number
  packets: number
  bytes: number
}

export interface Stats {
  totalPackets: number
  normal: number
  anomalies: number
  rule: number
  ml: number
  hybrid: number
  /** Share of all, 0 to 1. */
  anomalyRate: number
  threatLevel: ThreatLevel
  model: ModelStatus
  /** Flows judged in the last second. */
  flowsPerSecond: number
  incidents: number
  /** Only those that are not zero. */
  counters: Counter[]
  /** What cannot be found in the input for want of what it does not show; empty when it shows everything. */
  blind: Blindness[]
  /** In the order of the settings. */
  sources: SourceStats[]
}

/** Server to page. */
export interface ServerEvents {
  /** One judged flow at simulator pace; `packet: null` once on connect. `anomalies`: the most recent, newest first. */
  new_packet: (event: { packet: PacketView | null; stats: Stats; anomalies: PacketView[] }) => void
  /** On connect the last flows, and under load, instead of `new_packet`, those of the last tick, oldest first; `skipped`: not sent. */
  packets: (event: { packets: PacketView[]; skipped: number }) => void
  /** Once a second. */
  stats: (event: Stats) => void
  /** All on connect; then only those opened or changed, to be merged by id. */
  incidents: (event: Incident[]) => void
  /**
   * Normal and anomalous flows per interval. `whole`: all there are, as on connect; else, once a second, those that
   * changed, to be merged by time.
   */
  timeline: (event: TimelinePoint[], whole: boolean) => void
  /** What is running, sent on connect. */
  about: (event: About) => void
}

export interface TimelinePoint {
  /** Epoch seconds, start of the interval. */
  time: number
  normal: number
  anomalies: number
}

export interface About {
  version: string
  /** `simulator`, or the file being read. */
  mode: string
  detection: string
  seed: number
}

export const TOPICS = ['flows', 'incidents', 'timeline'] as const
/** What a page may show; statistics go to all. */
export type Topic = (typeof TOPICS)[number]

/** Page to server. */
export interface ClientEvents {
  /** Only these topics are sent from now on; all until it is said. What was not sent so far comes whole, as on connect. */
  show: (topics: readonly Topic[]) => void
}
