import { type Forest, scoreOfPath, scoreSample } from './forest.ts'
import type { Reach } from './reach.ts'
import type { Walk } from './walk.ts'

/** The name that reasons and saved models carry. */
export const NAME = 'isolation-forest'

/** The name a person reads. */
export const LABEL = 'Isolation Forest'

/** sigmoid(-5 x decision function): above 0.5 for what the forest calls an outlier. A score, not a probability. */
export function scoreOfDecision(decision: number): number {
  return 1 / (1 + Math.exp(5 * decision))
}

/** What lying outside everything learned by e - 1 standard deviations in one feature adds. */
const OUTSIDE = 0.04

/**
 * The forest's score, 0 to 1 as in the paper, and a little for every feature that lies outside what was learned. A `walk` of
 * the same forest says the same, sooner.
 */
export function strangeness(
  forest: Forest,
  reach: Reach,
  rows: Float32Array,
  offset: number,
  walk: Walk | null = null,
): number {
  const sample = walk === null ? scoreSample(forest, rows, offset) : scoreOfPath(forest, walk.sum(rows, offset))
  return strangenessOf(sample, reach, rows, offset)
}

/** The same from the forest's `score_samples` of the row. */
export function strangenessOf(sample: number, reach: Reach, rows: Float32Array, offset: number): number {
  return -sample + OUTSIDE * reach.beyond(rows, offset)
}
