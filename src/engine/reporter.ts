import type { PacketView, Stats } from '../types/events.ts'
import type { FeedEvent } from '../types/feed.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Incident } from '../types/incident.ts'
import type { Reason, Verdict } from '../types/verdict.ts'
import { createTimeline, type TimelineOptions } from './timeline.ts'
import { packetView } from './view.ts'

/** Views made between two flushes; beyond them flows are only counted. */
const NORMAL_CAP = 20
const ANOMALY_CAP = 200
/** Of the anomalous ones, how many say why: words cost more than the verdict, and in a flood are the same again and again. */
const EXPLAINED = 20

/** Gathers what the engine decided into few events, however fast it decides. */
export interface Reporter {
  flow(flow: FlowRecord, verdict: Verdict, type: string | null, explain: () => Reason[]): void
  incident(incident: Incident): void
  /** Hands over what has gathered. Cheap when nothing has. */
  flush(): void
  /** Once a second: statistics and the part of the timeline that changed. */
  tick(): void
}

export interface ReporterOptions {
  timeline: TimelineOptions
  stats: () => Stats
  send: (event: FeedEvent) => void
}

/** Normal flows are sampled under load, anomalous ones only beyond what a person can read. */
export function createReporter({ timeline: timelineOptions, stats, send }: ReporterOptions): Reporter {
  const timeline = createTimeline(timelineOptions)
  const incidents = new Map<string, Incident>()
  let packets: PacketView[] = []
  let normal = 0
  let anomalies = 0
  let skipped = 0

  return {
    flow(flow, verdict, type, explain) {
      timeline.add(flow.last, verdict.anomaly)
      if (verdict.anomaly) {
        if (anomalies++ >= ANOMALY_CAP) skipped++
        else packets.push(packetView(flow, verdict, type, anomalies <= EXPLAINED ? explain() : []))
      } else if (normal++ < NORMAL_CAP) {
        packets.push(packetView(flow, verdict, null, []))
      } else skipped++
    },
    incident(incident) {
      incidents.set(incident.id, incident)
    },
    flush() {
      if (packets.length > 0 || skipped > 0) {
        send({ kind: 'judged', packets, skipped, stats: stats() })
        packets = []
        normal = anomalies = skipped = 0
      }
      if (incidents.size > 0) {
        send({ kind: 'incidents', incidents: [...incidents.values()].map((incident) => structuredClone(incident)) })
        incidents.clear()
      }
    },
    tick() {
      const { points, whole } = timeline.takeChanged()
      send({ kind: 'tick', stats: stats(), timeline: points, whole })
    },
  }
}
