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
  observed: number | string
  /** The limit or the normal range, in words: `<= 800`, `0.2 to 14`. */
  expected: string
  /** Share of the score this reason accounts for, 0 to 1; the shares of a verdict add up to at most 1. */
  share: number
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
  /** The first flow of the evidence, where it is more than this one: its start, and its addresses as in `FlowRecord`. */
  since?: { readonly time: number; readonly address: Int32Array }
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
