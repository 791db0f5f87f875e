import { createExtractor, createFeatureVector } from '../features/extract.ts'
import { createHosts } from '../hosts/hosts.ts'
import { createTraffic, type Traffic } from '../sources/simulator/traffic.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Observation } from '../types/observation.ts'
import type { Finding, Reason } from '../types/verdict.ts'
import type { Detector } from './detector.ts'

/** One flow a detector objected to. Times are seconds after the first flow. */
export interface Alarm {
  time: number
  score: number
  finding: Finding
  reasons: Reason[]
  /** Who was at it, by the simulator's word; empty for who was not. */
  label: string
}

export interface Watcher {
  see(flow: FlowRecord): void
  readonly alarms: Alarm[]
}

/** Shows a detector flows as the pipeline would: hosts first, features, then what it says; hosts learn all that is not objected to. */
export function createWatcher(detector: Detector): Watcher {
  const hosts = createHosts({ seed: 1 })
  const extract = createExtractor()
  const features = createFeatureVector()
  const alarms: Alarm[] = []
  let began = Number.NaN
  return {
    alarms,
    see(flow) {
      if (Number.isNaN(began)) began = flow.first
      const observation: Observation = { flow, context: hosts.observe(flow), features }
      extract(observation, features)
      const score = detector.score(observation)
      if (score === 0) hosts.learn(flow.address, observation.context.bins, flow.last)
      for (const finding of score > 0 ? detector.findings(observation) : []) {
        const reasons = detector.explain(observation)
        alarms.push({ time: flow.last - began, score, finding, reasons, label: flow.label })
      }
    },
  }
}

/** What a detector says of given flows, in the order of their end. */
export function watchFlows(detector: Detector, flows: readonly FlowRecord[]): Alarm[] {
  const watcher = createWatcher(detector)
  for (const flow of [...flows].sort((a, b) => a.last - b.last)) watcher.see(flow)
  return watcher.alarms
}

/** What a detector says of simulated traffic, and what was staged in it. */
export function watchTraffic(
  detector: Detector,
  options: Omit<Parameters<typeof createTraffic>[0], 'start'> & { hours: number },
): { alarms: Alarm[]; truth: Traffic['truth'] } {
  const { hours, rate = 0.5, ...staging } = options
  const watcher = createWatcher(detector)
  const traffic = createTraffic({ rate, start: 1_764_000_000, ...staging })
  while (traffic.ticks / rate < hours * 3600) traffic.tick(watcher.see)
  return { alarms: watcher.alarms, truth: traffic.truth }
}
