import type { FlowRecord } from './flow.ts'
import type { Verdict } from './verdict.ts'

/** All it takes to judge one flow again and come to the same: plain JSON of a few kB. */
export interface Basis {
  /** The record as it was judged; `address` as its eight words. */
  flow: Omit<FlowRecord, 'address' | 'label'> & { address: number[] }
  /** What was known of its hosts, by the names of `HostContext`. */
  context: Record<string, number | string | boolean>
  /** Own baselines of its hosts, by quantity; those with nothing learned are left out. */
  baselines: Record<string, { minutes: number; age: number; p50: number; p99: number; tail: number }>
  /** The feature vector by name: as the models saw it. */
  features: Record<string, number>
  /** What each detector said, and what that rests on beyond the flow: counts of rules, numbers of the model. */
  detectors: { name: string; score: number; p: number; state: unknown }[]
  fusion: string
  /** Evidence of the leading host, as a factor, and the limit it had to pass to raise an incident by the model alone. */
  evidence: number
  evidenceLimit: number
  verdict: Verdict
}
