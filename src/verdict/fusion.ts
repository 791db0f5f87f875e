import type { Verdict } from '../types/verdict.ts'

/** Makes one verdict of what rules and models say of a flow. Allocates nothing. */
export interface Fusion {
  readonly name: string
  /** The numbers it decides by. */
  readonly settings: Readonly<Record<string, number>>
  /**
   * Fills `out`. `ruleScore` is 0 to 0.95, `mlScore` 0 to 1 and above 0.5 where the model calls the flow an outlier, `p` the
   * chance that a normal flow looks as strange to the model: 1 while it learns.
   */
  fuse(ruleScore: number, mlScore: number, p: number, out: Verdict): void
}

/** The scores that rules state add up to an objection above this. */
export const RULE_ANOMALY = 0.7

/** A verdict to be filled. */
export function createVerdict(): Verdict {
  return { anomaly: false, method: 'Normal', confidence: 1, ruleScore: 0, mlScore: 0, score: 0 }
}

/** Writes the decision; the scores it was made from are the caller's to write. */
export function decide(out: Verdict, method: Verdict['method'], confidence: number): void {
  out.anomaly = method !== 'Normal'
  out.method = method
  out.confidence = confidence
}
