import type { Observation } from '../types/observation.ts'
import type { Feature } from './feature.ts'
import { FEATURES } from './index.ts'

/** What no feature goes beyond, either way: large enough for any network, small enough to square. */
export const FEATURE_LIMIT = 1e18

/** Fills `out`, one value per feature in the order of the list. */
export type Extractor = (observation: Observation, out: Float64Array) => void

/** A zeroed vector with a place for every feature. */
export function createFeatureVector(): Float64Array {
  return new Float64Array(FEATURES.length)
}

/**
 * Draws the features from an observation, whose own `features` may be `out`. Whatever the record says, every value is
 * finite, and not negative where the scale is logarithmic: no number at all is 0, the rest is cut at `FEATURE_LIMIT`.
 */
export function createExtractor(features: readonly Feature[] = FEATURES): Extractor {
  const draw = features.map((feature) => feature.of)
  const lowest = Float64Array.from(features, ({ scale }) => (scale === 'log' ? 0 : -FEATURE_LIMIT))
  return (observation, out) => {
    for (let i = 0; i < draw.length; i++) {
      const value = draw[i]!(observation)
      out[i] = Number.isNaN(value) ? 0 : Math.min(FEATURE_LIMIT, Math.max(lowest[i]!, value))
    }
  }
}
