import type { Stats, ThreatLevel } from '../types/events.ts'
import type { Method, Verdict } from '../types/verdict.ts'

/** Counts of verdicts, and what they come to. */
export type Totals = Pick<
  Stats,
  'totalPackets' | 'normal' | 'anomalies' | 'rule' | 'ml' | 'hybrid' | 'anomalyRate' | 'threatLevel'
>

/** Counts verdicts by method. */
export interface Statistics {
  count(verdict: Verdict): void
  totals(): Totals
}

/** Starts at zero. */
export function createStatistics(): Statistics {
  const counts: Record<Method, number> = { Normal: 0, Rule: 0, ML: 0, Hybrid: 0 }
  return {
    count({ method }) {
      counts[method] += 1
    },
    totals() {
      const { Normal: normal, Rule: rule, ML: ml, Hybrid: hybrid } = counts
      const anomalies = rule + ml + hybrid
      const totalPackets = normal + anomalies
      const anomalyRate = totalPackets === 0 ? 0 : anomalies / totalPackets
      return { totalPackets, normal, anomalies, rule, ml, hybrid, anomalyRate, threatLevel: threatLevel(anomalyRate) }
    },
  }
}

/** Low; Medium above 5 % of all flows, High above 10 %, Critical above 20 %. `rate` is 0 to 1. */
export function threatLevel(rate: number): ThreatLevel {
  if (rate > 0.2) return 'Critical'
  if (rate > 0.1) return 'High'
  return rate > 0.05 ? 'Medium' : 'Low'
}
