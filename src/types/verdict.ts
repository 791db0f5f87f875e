/** Which engine decided. `Normal` when neither did. */
export type Method = 'Normal' | 'Rule' | 'ML' | 'Hybrid'

export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const
/** Sigma's levels, least first. */
export type Level = (typeof LEVELS)[number]

/** One sentence of why, with the numbers it stands on. */
export interface Reason {
  /** Name of the detector that says so. */
  detector: string
  /** Rule id, for a reason given by a rule. */
  rule?: string
  /** A sentence a person can check. */
  text: string
  /** Name of the feature or rule field. */
  feature: string
  /** The same in words: `bytes the source sent in 60 s`. */
  label?: string
  /** Unit of `observed` and of what it is compared with: `B`, `s`, `packets` ...; absent or empty for plain numbers and kinds. */
  unit?: string
  observed: number | string
  /** The limit or the normal range, in words: `<= 800`, `0.2 to 14`. */
  expected: string
  /** What a rule allows. */
  limit?: number
  /** What is usual, where it is known in numbers. */
  normal?: Normal
  /** Share of the score this reason accounts for, 0 to 1; the shares of a verdict add up to at most 1. */
  share: number
}

/** What is usual, and of whom: this host in its own active minutes, or the flows of the whole network. */
export interface Normal {
  of: 'host' | 'network'
  p50: number
  p99: number
  /** Nothing seen in that time came up to what was observed. */
  never: boolean
  /** Active minutes of the host, or flows of the network, that it was drawn from. */
  count: number
  /** Seconds over which they were seen; 0 when unknown. */
  age: number
}

/** One number taken to be another. */
export interface Change {
  /** Name of the feature or of what a rule counts, and the same in words. */
  feature: string
  label: string
  unit: string
  from: number | string
  to: number | string
}

/** The smallest change found after which the detectors, asked again, do not alert. */
export interface Otherwise {
  /** A sentence a person can check. */
  text: string
  /** All of them together: mostly one. */
  changes: Change[]
}

/** What a detector found, named: the attack type, its ATT&CK ids and how bad it is. */
export interface Finding {
  type: string
  attack: readonly string[]
  level: Level
  /**
   * Whose doing it is told as: one source with its targets, one target with its sources (floods), or the network's as a whole
   * where many of either have a part. Default: source.
   */
  by?: 'source' | 'target' | 'network'
  /** What to do about it. */
  response?: string
  /** Id and title of the rule that found it. */
  rule?: string
  title?: string
  /**
   * The first flow of the evidence, where it is more than this one: its start, its addresses as in `FlowRecord`, and the seconds
   * within which such evidence gathers.
   */
  since?: { readonly time: number; readonly address: Int32Array; readonly within: number }
}

/** The decision on one flow. Reused: copy what you keep. */
export interface Verdict {
  anomaly: boolean
  method: Method
  /** 0 to 1: of being an anomaly when `anomaly`, else of being normal. */
  confidence: number
  ruleScore: number
  mlScore: number
  /** 0 to 1, how anomalous both engines together find it: what flows are ranked by. */
  score: number
}
