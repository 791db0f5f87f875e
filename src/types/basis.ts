import type { FlowRecord } from './flow.ts'
import type { Verdict } from './verdict.ts'

/** All it takes to judge one flow again and come to the same: plain JSON of about 10 kB. */
export interface Basis {
  /** The record as it was judged; `address` as its eight words. */
  flow: Omit<FlowRecord, 'address' | 'label'> & { address: number[] }
  /** What was known of its hosts, by the names of `HostContext`; zero, false and unknown are left out. */
  context: Record<string, number | string | boolean>
  /** Own baselines of its hosts, by quantity; those with nothing learned are left out. */
  baselines: Record<string, { minutes: number; age: number; p50: number; p99: number; tail: number }>
  /** The feature vector by name, as the models saw it; zeros are left out. */
  features: Record<string, number>
  /** What each detector said, and what that rests on beyond the flow: counts of rules, leaves and ranks of the models. */
  detectors: { name: string; score: number; p: number; basis: unknown }[]
  /** How they were made one, with the priors and thresholds. */
  fusion: { name: string; settings: Record<string, number> }
  /** The e-value of the models, and the evidence a host must gather before they raise an incident alone. */
  evidence: number
  evidenceNeeded: number
  verdict: Verdict
}
