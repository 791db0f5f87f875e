import type { PacketView, ServerEvents, Stats, TimelinePoint } from '../types/events.ts'
import type { FeedEvent } from '../types/feed.ts'
import type { Incident } from '../types/incident.ts'

/** Batches a second. */
export const TICKS_PER_SECOND = 5
/** More flows than this within a tick are load. */
const PACED = 5
/** Most normal flows in a batch: what a person can see go by. */
const MAX_NORMAL = 6
/** Most anomalous flows in a batch. They are never sampled below this; beyond it the newest are sent, the rest counted. */
const MAX_ANOMALOUS = 200
/** Anomalies that go with every single flow. */
const RECENT = 10
/** Addresses of an incident that are sent; their number always is. */
const MAX_ADDRESSES = 10

export type Emit = <E extends keyof ServerEvents>(name: E, ...payload: Parameters<ServerEvents[E]>) => void

/** Turns what the feed says into what pages are sent: flow by flow at simulator pace, batches under load. */
export class Broadcast {
  /** Anomalous flows no page was sent, for there were too many in one tick. */
  unsent = 0
  readonly #emit: Emit
  readonly #complete: (stats: Stats) => Stats
  /** Flows of this tick so far, and whether the ticks just past were load. */
  #flows = 0
  #loaded = 0
  #skipped = 0
  #normal: PacketView[] = []
  #anomalous: PacketView[] = []
  #recent: PacketView[]
  readonly #incidents = new Map<string, Incident>()
  /** Incidents were sent in this tick: the next wait for its end. */
  #told = false
  readonly #timeline = new Map<number, TimelinePoint>()
  #whole = false
  #stats: Stats | null = null
  #sinceStats: number = TICKS_PER_SECOND

  /** `recent`: the latest anomalies, newest first. `complete` makes statistics what pages get. */
  constructor(emit: Emit, recent: readonly PacketView[], complete: (stats: Stats) => Stats) {
    this.#emit = emit
    this.#complete = complete
    this.#recent = recent.slice(0, RECENT)
  }

  /** Takes one event of the feed. */
  take(event: FeedEvent): void {
    if (event.kind === 'judged') this.#judged(event)
    else if (event.kind === 'tick') {
      this.#stats = event.stats
      this.#mergeTimeline(event.timeline, event.whole ?? false)
    } else {
      for (const incident of event.incidents) this.#incidents.set(incident.id, incident)
      if (!this.#told) this.#tell()
    }
  }

  /** Ends a tick: sends what is waiting, and decides how the next one goes. */
  tick(): void {
    this.flush()
    if (++this.#sinceStats >= TICKS_PER_SECOND && this.#stats !== null) {
      this.#emit('stats', this.#complete(this.#stats))
      this.#stats = null
      this.#sinceStats = 0
    }
    this.#loaded = this.#flows > PACED ? TICKS_PER_SECOND : Math.max(0, this.#loaded - 1)
    this.#flows = 0
    this.#told = false
  }

  /** Sends what is waiting, so that a snapshot taken now overlaps with nothing sent later. */
  flush(): void {
    if (this.#normal.length + this.#anomalous.length + this.#skipped > 0) {
      const packets = [...this.#normal, ...this.#anomalous].sort((a, b) => a.id - b.id)
      this.#emit('packets', { packets, skipped: this.#skipped })
      this.#normal = []
      this.#anomalous = []
      this.#skipped = 0
    }
    this.#tell()
    if (this.#timeline.size > 0) {
      this.#emit('timeline', [...this.#timeline.values()], this.#whole)
      this.#timeline.clear()
      this.#whole = false
    }
  }

  #tell(): void {
    if (this.#incidents.size === 0) return
    this.#emit('incidents', [...this.#incidents.values()].map(trimmed))
    this.#incidents.clear()
    this.#told = true
  }

  #mergeTimeline(points: TimelinePoint[], whole: boolean): void {
    if (whole) this.#timeline.clear()
    this.#whole ||= whole
    for (const point of points) this.#timeline.set(point.time, point)
  }

  #judged(event: FeedEvent & { kind: 'judged' }): void {
    this.#flows += event.packets.length + event.skipped
    this.#skipped += event.skipped
    this.#stats = event.stats
    const paced = this.#loaded === 0 && this.#flows <= PACED
    for (const packet of event.packets) {
      if (packet.status === 'Anomaly') this.#recent = [packet, ...this.#recent].slice(0, RECENT)
      if (paced) this.#emit('new_packet', { packet, stats: this.#complete(event.stats), anomalies: this.#recent })
      else this.#hold(packet)
    }
  }

  #hold(packet: PacketView): void {
    if (packet.status === 'Anomaly') {
      this.#anomalous.push(packet)
      if (this.#anomalous.length <= MAX_ANOMALOUS) return
      this.#anomalous.shift()
      this.unsent++
    } else {
      this.#normal.push(packet)
      if (this.#normal.length <= MAX_NORMAL) return
      this.#normal.shift()
      this.#skipped++
    }
  }
}

/** The incident as pages get it in lists: the addresses a person reads, and how many there are; its story is asked for. */
export function trimmed({ story, ...incident }: Incident): Incident {
  const { sources, targets } = incident
  return { ...incident, sources: sources.slice(0, MAX_ADDRESSES), targets: targets.slice(0, MAX_ADDRESSES) }
}
