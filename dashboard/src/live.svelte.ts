import type { About, PacketView, ServerEvents, Stats, TimelinePoint } from '../../src/types/events.ts'
import type { Incident } from '../../src/types/incident.ts'
import { prepend, replace, replaceByTime } from './merge.ts'

const MAX_PACKETS = 50
const MAX_ANOMALIES = 50
const MAX_INCIDENTS = 100
const MAX_POINTS = 600
/** Flows held until the lists move again. */
const MAX_WAITING = 1000
/** Seconds the rate of traffic is averaged over. */
const RATE_WINDOW = 30

/** Flows a second up to which a person can follow each. */
const CALM = 10

type Payload<E extends keyof ServerEvents> = Parameters<ServerEvents[E]>[0]

/** `waiting` until first reached, `lost` when it was there and is not. */
export type Connection = 'waiting' | 'live' | 'lost'

/** All the page knows, as the server told it. Everything is replaced on every connect. */
export class Live {
  connection = $state<Connection>('waiting')
  /** When the last event came. */
  heard = $state.raw<Date | null>(null)
  about = $state.raw<About | null>(null)
  stats = $state.raw<Stats | null>(null)
  /** All newest first, but for the timeline. */
  anomalies = $state.raw<PacketView[]>([])
  packets = $state.raw<PacketView[]>([])
  incidents = $state.raw<Incident[]>([])
  timeline = $state.raw<TimelinePoint[]>([])
  /** Flows that came by since the page was opened, shown or not. */
  received = $state(0)
  /** Flows a second over the last half minute. */
  rate = $state(0)
  /** So little happens that every arrival may draw the eye. */
  readonly calm = $derived(this.rate < CALM)
  #waiting: PacketView[] = []
  #skipped = 0
  #history: { at: number; total: number }[] = []

  readonly on: ServerEvents = {
    about: (about) => {
      if (this.about !== null && this.about.version !== about.version) location.reload()
      this.about = about
    },
    new_packet: (event) => {
      if (event.packet === null) this.#start(event)
      else this.#show([event.packet], event.anomalies, 0)
      this.#count(event.stats)
    },
    packets: ({ packets, skipped }) => {
      this.#waiting = [...this.#waiting, ...packets].slice(-MAX_WAITING)
      this.#skipped += skipped
      // Under load lists move once a second, with the statistics: faster nobody can read them.
      if (this.calm || this.packets.length === 0) this.#catchUp()
    },
    stats: (stats) => this.#count(stats),
    incidents: (changed) => {
      this.incidents = replace(this.incidents, changed, MAX_INCIDENTS)
    },
    timeline: (changed, whole) => {
      this.timeline = replaceByTime(whole ? [] : this.timeline, changed, MAX_POINTS)
    },
  }

  #start(event: Payload<'new_packet'>): void {
    this.anomalies = event.anomalies
    this.packets = []
    this.incidents = []
    this.#waiting = []
    this.#skipped = 0
    this.#history = []
    this.rate = 0
  }

  #catchUp(): void {
    const anomalous = this.#waiting.filter((packet) => packet.status === 'Anomaly')
    this.#show(this.#waiting, anomalous.toReversed(), this.#skipped)
    this.#waiting = []
    this.#skipped = 0
  }

  #show(packets: PacketView[], anomalies: PacketView[], skipped: number): void {
    this.packets = prepend(this.packets, packets, MAX_PACKETS)
    this.anomalies = prepend(this.anomalies, anomalies.toReversed(), MAX_ANOMALIES)
    this.received += packets.length + skipped
  }

  #count(stats: Stats): void {
    if (this.#waiting.length > 0) this.#catchUp()
    const at = Date.now() / 1000
    this.heard = new Date()
    this.stats = stats
    this.#history = [...this.#history.filter((mark) => at - mark.at < RATE_WINDOW), { at, total: stats.totalPackets }]
    const first = this.#history[0]!
    this.rate = at - first.at < 1 ? stats.flowsPerSecond : (stats.totalPackets - first.total) / (at - first.at)
  }
}
