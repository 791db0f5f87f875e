import type { Counter, PacketView, SourceStats, Stats, ThreatLevel, TimelinePoint } from '../types/events.ts'
import type { Feed, FeedEvent, FeedSnapshot } from '../types/feed.ts'
import type { Incident } from '../types/incident.ts'

const INTERVAL = 5
const NEEDED = 20

/** A feed that keeps the contract on made-up flows: `judge` hands it flows, `tick` is its second. */
export class SampleFeed implements Feed {
  readonly counters: Counter[] = []
  readonly sources: SourceStats[] = []
  #learned = 0
  #total = 0
  #perSecond = 0
  readonly #by = { Normal: 0, Rule: 0, ML: 0, Hybrid: 0 }
  #packets: PacketView[] = []
  #anomalies: PacketView[] = []
  readonly #incidents = new Map<string, Incident>()
  readonly #timeline = new Map<number, TimelinePoint>()
  readonly #changed = new Map<number, TimelinePoint>()
  readonly #listeners = new Set<(event: FeedEvent) => void>()

  /** Judged flows, oldest first. */
  judge(packets: PacketView[], skipped = 0): void {
    for (const packet of packets) this.#count(packet)
    this.#total += skipped
    this.#by.Normal += skipped
    this.#perSecond += packets.length + skipped
    this.#tell({ kind: 'judged', packets, skipped, stats: this.#stats() })
  }

  /** One second passed and it is now `time`. */
  tick(time: number): void {
    this.#point(time)
    this.#tell({ kind: 'tick', stats: this.#stats(), timeline: [...this.#changed.values()] })
    this.#changed.clear()
    this.#perSecond = 0
  }

  open(incident: Incident): void {
    this.#incidents.set(incident.id, incident)
    this.#tell({ kind: 'incidents', incidents: [incident] })
  }

  snapshot(): FeedSnapshot {
    return {
      about: { version: '0.1.0', mode: 'simulator', detection: 'hybrid: rules and Isolation Forest', seed: 1 },
      stats: this.#stats(),
      anomalies: [...this.#anomalies],
      packets: [...this.#packets],
      incidents: [...this.#incidents.values()].sort((a, b) => b.lastSeen - a.lastSeen),
      timeline: [...this.#timeline.values()].sort((a, b) => a.time - b.time),
    }
  }

  subscribe(listener: (event: FeedEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #count(packet: PacketView): void {
    this.#total++
    this.#learned = Math.min(NEEDED, this.#learned + 1)
    this.#by[packet.method]++
    this.#packets = [packet, ...this.#packets].slice(0, 50)
    if (packet.status === 'Anomaly') this.#anomalies = [packet, ...this.#anomalies].slice(0, 50)
    const point = this.#point(packet.time)
    if (packet.status === 'Anomaly') point.anomalies++
    else point.normal++
  }

  #point(at: number): TimelinePoint {
    const time = Math.floor(at / INTERVAL) * INTERVAL
    const point = this.#timeline.get(time) ?? { time, normal: 0, anomalies: 0 }
    this.#timeline.set(time, point)
    this.#changed.set(time, point)
    return point
  }

  #stats(): Stats {
    const { Normal, Rule, ML, Hybrid } = this.#by
    const anomalyRate = this.#total === 0 ? 0 : (this.#total - Normal) / this.#total
    const state = this.#learned < NEEDED ? 'learning' : 'active'
    return {
      totalPackets: this.#total,
      normal: Normal,
      anomalies: this.#total - Normal,
      rule: Rule,
      ml: ML,
      hybrid: Hybrid,
      anomalyRate,
      threatLevel: threatLevel(anomalyRate),
      model: { name: 'Isolation Forest', state, learned: this.#learned, needed: NEEDED },
      flowsPerSecond: this.#perSecond,
      incidents: this.#incidents.size,
      counters: [...this.counters],
      blind: [],
      sources: [...this.sources],
    }
  }

  #tell(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

function threatLevel(rate: number): ThreatLevel {
  if (rate > 0.2) return 'Critical'
  if (rate > 0.1) return 'High'
  return rate > 0.05 ? 'Medium' : 'Low'
}
