import type { About, PacketView, Stats, TimelinePoint } from './events.ts'
import type { Incident } from './incident.ts'

/** Everything a page needs to start from, bounded whatever the length of the run; whoever gets it may keep it. */
export interface FeedSnapshot {
  about: About
  stats: Stats
  /** Newest first, at most 50. */
  anomalies: PacketView[]
  /** The last flows judged, newest first, at most 50. */
  packets: PacketView[]
  /** Last changed first, at most 100. */
  incidents: Incident[]
  /** Oldest first, at most 600 intervals of one length. */
  timeline: TimelinePoint[]
}

/** What happened since the last event. */
export type FeedEvent =
  /** Flows judged, oldest first. `skipped` more were judged but not turned into views: normal ones, and anomalous ones only beyond 200. */
  | { kind: 'judged'; packets: PacketView[]; skipped: number; stats: Stats }
  /** Once a second of real time. `timeline` holds the intervals that are new or changed, or all of them when `whole`. */
  | { kind: 'tick'; stats: Stats; timeline: TimelinePoint[]; whole?: boolean }
  /** Incidents opened or changed, and only those; for one that changes fast at most a few times a second. */
  | { kind: 'incidents'; incidents: Incident[] }

/** What the server shows: the engine seen from outside, without any of its parts. */
export interface Feed {
  snapshot(): FeedSnapshot
  /** Calls `listener` with every event from now on, synchronously; returns what ends it. */
  subscribe(listener: (event: FeedEvent) => void): () => void
}
