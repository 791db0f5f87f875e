import type { Feature } from '../features/feature.ts'
import { createBeaconDetector } from './beacon/detector.ts'
import type { Detector } from './detector.ts'
import { createEcodDetector, WINDOW } from './ecod/detector.ts'
import { FeatureTails } from './ecod/tails.ts'
import { createIsolationForestDetector } from './isolation-forest/detector.ts'
import { createNewcomerDetector } from './newcomer/detector.ts'
import { createRuleDetector } from './rules/detector.ts'
import type { Rule } from './rules/rule.ts'
import { createSuricataDetector } from './suricata/detector.ts'

export interface DetectorOptions {
  seed: number
  fusion: 'calibrated' | 'classic'
  /** Flows a model learns from before it judges. */
  warmup: number
  rules: readonly Rule[]
  /** What the vectors of the observations hold, in order. */
  features: readonly Feature[]
  /** What is usual here: kept by ECOD, read by the forest to say why. Each has its own where none is given. */
  tails?: FeatureTails
}

/** Every detector, in the order in which they are asked; null where it has no part in the fusion. */
export const DETECTORS: readonly ((options: DetectorOptions) => Detector | null)[] = [
  ({ seed, rules }) => createRuleDetector({ rules, seed }),
  () => createSuricataDetector(),
  ({ seed, fusion }) => (fusion === 'classic' ? null : createBeaconDetector({ seed })),
  ({ seed, fusion }) => (fusion === 'classic' ? null : createNewcomerDetector({ seed })),
  ({ fusion, ...options }) =>
    createIsolationForestDetector({ ...options, mode: fusion === 'classic' ? 'classic' : 'rolling' }),
  ({ fusion, ...options }) => (fusion === 'classic' ? null : createEcodDetector(options)),
]

export function createDetectors(options: DetectorOptions): Detector[] {
  const { fusion, features, warmup } = options
  const shared = fusion === 'classic' ? {} : { tails: new FeatureTails(features, Math.max(WINDOW, warmup)) }
  return DETECTORS.map((create) => create({ ...shared, ...options })).filter((detector) => detector !== null)
}
