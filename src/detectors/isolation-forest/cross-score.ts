import { type FitOptions, fitForest } from './fit.ts'
import { scoreSample } from './forest.ts'

/** Parts the rows are cut into; each is scored by a forest that never saw it. */
const FOLDS = 5
/** Share of the rows such a forest has to learn from. A forest of all rows compared with it should use no more. */
export const LEARNED_SHARE = 1 - 1 / FOLDS

/**
 * Scores of the first `n` rows, each by a forest grown without it: what flows yet unseen will score, where scoring a row by
 * trees that were grown from it would make everything new look strange. Needs at least 5 rows. Higher is stranger.
 */
export function crossScores(rows: Float32Array, n: number, d: number, options: FitOptions): Float64Array {
  const scores = new Float64Array(n)
  const kept = new Float32Array(n * d)
  for (let fold = 0; fold < FOLDS; fold++) {
    let size = 0
    for (let i = 0; i < n; i++) {
      if (i % FOLDS !== fold) kept.set(rows.subarray(i * d, (i + 1) * d), d * size++)
    }
    const forest = fitForest(kept, size, d, { ...options, seed: options.seed + 1 + fold })
    for (let i = fold; i < n; i += FOLDS) scores[i] = -scoreSample(forest, rows, i * d)
  }
  return scores
}
