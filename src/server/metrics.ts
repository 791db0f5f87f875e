import { Counter, Gauge, Registry } from 'prom-client'
import type { Counter as NamedCounter } from '../types/events.ts'
import type { Feed } from '../types/feed.ts'
import type { Incident } from '../types/incident.ts'
import { isLoss, splitName } from './losses.ts'
import { createProcessMetrics } from './process-metrics.ts'

/** Incidents remembered as counted already; the oldest go first. */
const MAX_SEEN = 10_000

export interface Metrics {
  readonly contentType: string
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>
  /** Counts every incident once, under the detector that gave its first reason. */
  incidents(incidents: readonly Incident[]): void
  close(): void
}

/** Metrics read from the feed at the moment of the scrape. `own`: counters of the server itself. */
export function createMetrics(feed: Feed, clients: () => number, own: () => NamedCounter[]): Metrics {
  const registers = [new Registry()]
  const registry = registers[0]!
  const readProcess = createProcessMetrics(registers)

  const perSource = (name: string, help: string): Counter<'source'> =>
    new Counter({ name, help, labelNames: ['source'], registers })
  const flows = perSource('nads_flows_total', 'Flows judged.')
  const packets = perSource('nads_packets_total', 'Packets seen, or told of by flows.')
  const bytes = perSource('nads_bytes_total', 'Bytes of those packets.')
  const gaps = perSource('nads_source_gaps_total', 'Times a source saw nothing for want of its input.')
  const lost = new Counter({
    name: 'nads_source_dropped_total',
    help: 'Packets known to be lost before they could be judged, by whom.',
    labelNames: ['source', 'by'],
    registers,
  })
  const up = new Gauge({ name: 'nads_source_up', help: 'Whether a source runs.', labelNames: ['source'], registers })
  const anomalies = new Counter({
    name: 'nads_anomalies_total',
    help: 'Flows judged anomalous, by the engine that decided.',
    labelNames: ['method'],
    registers,
  })
  const dropped = new Counter({
    name: 'nads_dropped_total',
    help: 'What was dropped, evicted or not understood.',
    labelNames: ['stage', 'reason'],
    registers,
  })
  const inside = new Gauge({
    name: 'nads_stage_count',
    help: 'What else a stage counts: what it holds, what matched.',
    labelNames: ['stage', 'name'],
    registers,
  })
  const alerts = new Counter({
    name: 'nads_alerts_total',
    help: 'Incidents opened.',
    labelNames: ['severity', 'detector'],
    registers,
  })
  const rate = new Gauge({ name: 'nads_flows_per_second', help: 'Flows judged in the last second.', registers })
  const learned = new Gauge({ name: 'nads_model_ready_ratio', help: 'Learned of what the model needs.', registers })
  const pages = new Gauge({ name: 'nads_clients', help: 'Pages connected.', registers })

  const seen = new Set<string>()
  /** What `inside` was told of: what a stage no longer names is 0. */
  const named = new Map<string, { stage: string; name: string }>()
  const stages = (counters: readonly NamedCounter[]): void => {
    for (const labels of named.values()) inside.set(labels, 0)
    for (const counter of counters) {
      const { stage, reason } = splitName(counter.name)
      if (isLoss(counter)) set(dropped, { stage, reason }, counter.value)
      else {
        named.set(counter.name, { stage, name: reason })
        inside.set({ stage, name: reason }, counter.value)
      }
    }
  }
  const read = (): void => {
    const { stats } = feed.snapshot()
    for (const source of stats.sources) {
      const label = { source: source.name }
      set(flows, label, source.flows)
      set(packets, label, source.packets)
      set(bytes, label, source.bytes)
      set(gaps, label, source.gapCount)
      for (const [by, count] of Object.entries(source.dropped)) set(lost, { ...label, by }, count)
      up.set(label, source.state === 'running' ? 1 : 0)
    }
    set(anomalies, { method: 'Rule' }, stats.rule)
    set(anomalies, { method: 'ML' }, stats.ml)
    set(anomalies, { method: 'Hybrid' }, stats.hybrid)
    stages([...stats.counters, ...own()])
    rate.set(stats.flowsPerSecond)
    learned.set(Math.min(1, stats.model.learned / Math.max(1, stats.model.needed)))
    pages.set(clients())
  }

  return {
    contentType: registry.contentType,
    text() {
      read()
      readProcess()
      return registry.metrics()
    },
    incidents(incidents) {
      for (const { id, severity, reasons, method } of incidents) {
        if (seen.has(id)) continue
        seen.add(id)
        if (seen.size > MAX_SEEN) seen.delete(seen.values().next().value!)
        alerts.inc({ severity, detector: reasons[0]?.detector ?? method.toLowerCase() })
      }
    },
    close: () => registry.clear(),
  }
}

/** A counter that is kept elsewhere takes the value it has there. */
function set<L extends string>(counter: Counter<L>, labels: Record<L, string>, value: number): void {
  counter.remove(labels)
  counter.inc(labels, value)
}
