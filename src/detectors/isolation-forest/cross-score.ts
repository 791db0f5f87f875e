import { type FitOptions, fitForest } from './fit.ts'
import type { Forest } from './forest.ts'
import { Reach } from './reach.ts'
import { strangeness } from './score.ts'

/** Parts the rows are cut into; each is scored by a forest that never saw it. */
const FOLDS = 5
/** Share of the rows such a forest has to learn from. A forest of all rows compared with it should use no more. */
export const LEARNED_SHARE = 1 - 1 / FOLDS

/**
 * Strangeness of the first `n` rows, each judged by what was learned without it: what flows yet unseen will score, where
 * scoring a row by trees that were grown from it would make everything new look strange. Needs at least 5 rows.
 */
export function crossScores(rows: Float32Array, n: number, d: number, options: FitOptions): Float64Array {
  const scores = new Float64Array(n)
  const kept = new Float32Array(n * d)
  for (let fold = 0; fold < FOLDS; fold++) {
    let size = 0
    for (let i = 0; i < n; i++) {
      if (i % FOLDS !== fold) kept.set(rows.subarray(i * d, (i + 1) * d), d * size++)
    }
    const forest: Forest = fitForest(kept, size, d, { ...options, seed: options.seed + 1 + fold })
    const reach = reachOf(kept, size, d)
    for (let i = fold; i < n; i += FOLDS) scores[i] = strangeness(forest, reach, rows, i * d)
  }
  return scores
}

/** The reach of the first `n` rows. */
export function reachOf(rows: Float32Array, n: number, d: number): Reach {
  const reach = new Reach(d)
  for (let i = 0; i < n; i++) reach.add(rows, i * d)
  return reach
}
