import type { FeatureView } from '../types/api.ts'
import type { ModelStatus } from '../types/events.ts'
import type { Observation } from '../types/observation.ts'
import type { Sight } from '../types/sight.ts'
import type { Change, Finding, Reason } from '../types/verdict.ts'

/** What a detector says of one flow. */
export interface Said {
  score: number
  /** As `Detector.p`; 1 of rules. */
  p: number
}

/** The smallest change that would have kept a rule from matching, and what the rule adds to the score. */
export interface Near {
  change: Change
  score: number
}

/** Judges flows. Runs on every flow, so `score` and `learn` are synchronous and do no I/O. */
export interface Detector {
  readonly name: string
  /** Rules know patterns, models know what is normal here. */
  readonly kind: 'rule' | 'model'
  /** 0 = unremarkable, 1 = certain. Returns 0 while still learning. */
  score(observation: Observation): number
  /**
   * Chance that a normal flow looks at least as strange as the one just scored, (0, 1]; 1 while learning. Calibrated by the
   * rank of the score among those of flows learned from. Absent on rules.
   */
  readonly p?: number
  /** Why the last score was not zero. Called only for an anomaly, directly after `score`; changes nothing. */
  explain(observation: Observation): Reason[]
  /**
   * What the last score rests on beyond flow, context and features, as plain JSON of a few kB: counts of groups, numbers of
   * the model. Called like `explain`.
   */
  basis?(observation: Observation): unknown
  /** Judges anew from what `basis` gave, asking nothing else of this detector: says exactly what was said then. */
  recompute?(observation: Observation, basis: unknown): Said
  /** Of rules: what just would not have matched, one for each thing found by the last score. */
  nearest?(observation: Observation): Near[]
  /** Of models: places of the features that are unusual, the most unusual first, and what is usual of each. */
  unusual?(observation: Observation): { index: number; usual: number }[]
  /** What the last score points at, strongest first; empty when it has no name for it. */
  findings(observation: Observation): Finding[]
  /**
   * Learns from a flow that no rule objected to, some time after it was scored: only its features are left by then. Absent
   * on rules, which have nothing to learn.
   */
  learn?(observation: Pick<Observation, 'features'>): void
  readonly status?: ModelStatus
  /** What is usual of every feature in the flows it remembers. Absent where none are remembered. */
  distributions?(): FeatureView[]
  /** Learns anew, all at once, from the flows it remembers. False, changing nothing, where there are too few. */
  retrain?(): boolean
  /** All that was learned, as plain JSON. Absent where nothing is. */
  toJSON?(): unknown
  /** Takes up what `toJSON` gave. Throws an `InputError`, changing nothing, when that was made of other features. */
  restore?(saved: unknown): void
  /** Titles of what it cannot find in an input that lacks that. Absent where it needs only what every input shows. */
  blind?(lacks: ReadonlySet<Sight>): string[]
  /** Bytes of the tables it keeps. */
  readonly bytes?: number
  /** Counters of this detector: evictions at a cap, groups held ... */
  counters?(): Record<string, number>
}
