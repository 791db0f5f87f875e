import type { Feature } from '../../features/feature.ts'
import type { Detector } from '../detector.ts'
import type { FeatureTails } from '../ecod/tails.ts'
import { createClassicForest } from './classic.ts'
import { RollingForest } from './rolling.ts'

export interface IsolationForestOptions {
  /** Everything random follows from it. */
  seed: number
  /** What the vectors of the observations hold, in order. */
  features: readonly Feature[]
  /** `rolling` learns on and on from all features; `classic` once, from the first seven. Default `rolling`. */
  mode?: 'rolling' | 'classic'
  /** Flows learned from before the first verdict, at least 8. Default 20. */
  warmup?: number
  /** Trees, default 100. */
  trees?: number
  /** Flows remembered to grow trees from, and scores remembered to rank against, at most 65,535. Default 4,096. */
  window?: number
  /** What explanations compare with, kept by another detector that learns the same flows; its own unless given. */
  tails?: FeatureTails
}

/** An Isolation Forest that starts untrained, trains itself on what it is given to learn and is silent until then. */
export function createIsolationForestDetector(options: IsolationForestOptions): Detector {
  const { warmup = 20, trees = 100, window = 4096, mode = 'rolling', seed, features } = options
  if (warmup < 8) throw new RangeError(`a forest needs at least 8 flows to start from: ${warmup}`)
  return mode === 'classic'
    ? createClassicForest({ seed, features, warmup, trees })
    : new RollingForest({ ...{ seed, features, warmup, trees, window }, tails: options.tails ?? null })
}
