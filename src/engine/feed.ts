import type { About, PacketView, Stats, TimelinePoint } from '../types/events.ts'
import type { Feed, FeedEvent } from '../types/feed.ts'
import type { Incident } from '../types/incident.ts'

const PACKETS = 50
const INCIDENTS = 100
const TIMELINE = 600

/** A feed that is fed: remembers enough of the events for a page that connects later. */
export interface FeedHub extends Feed {
  publish(event: FeedEvent): void
}

/** Starts empty, with `stats` as they are before the first flow. */
export function createFeedHub(about: About, stats: Stats): FeedHub {
  const listeners = new Set<(event: FeedEvent) => void>()
  let latest = stats
  let packets: PacketView[] = []
  let anomalies: PacketView[] = []
  const incidents = new Map<string, Incident>()
  const timeline = new Map<number, TimelinePoint>()

  const rememberPackets = (judged: PacketView[]): void => {
    const newest = judged.toReversed()
    packets = [...newest, ...packets].slice(0, PACKETS)
    anomalies = [...newest.filter((packet) => packet.status === 'Anomaly'), ...anomalies].slice(0, PACKETS)
  }

  const rememberTimeline = (points: TimelinePoint[], whole: boolean): void => {
    if (whole) timeline.clear()
    for (const point of points) timeline.set(point.time, point)
    for (const time of [...timeline.keys()].sort((a, b) => a - b).slice(0, -TIMELINE)) timeline.delete(time)
  }

  const rememberIncidents = (changed: Incident[]): void => {
    for (const incident of changed) {
      incidents.delete(incident.id)
      incidents.set(incident.id, incident)
    }
    for (const id of [...incidents.keys()].slice(0, -INCIDENTS)) incidents.delete(id)
  }

  const remember = (event: FeedEvent): void => {
    if (event.kind === 'incidents') rememberIncidents(event.incidents)
    else latest = event.stats
    if (event.kind === 'judged') rememberPackets(event.packets)
    if (event.kind === 'tick') rememberTimeline(event.timeline, event.whole ?? false)
  }

  return {
    publish(event) {
      remember(event)
      for (const listener of listeners) listener(event)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    snapshot: () => ({
      about,
      stats: latest,
      anomalies,
      packets,
      incidents: [...incidents.values()].toReversed(),
      timeline: [...timeline.values()].sort((a, b) => a.time - b.time),
    }),
  }
}
