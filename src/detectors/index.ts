import type { Feature } from '../features/feature.ts'
import { createBeaconDetector } from './beacon/detector.ts'
import type { Detector } from './detector.ts'
import { createEcodDetector } from './ecod/detector.ts'
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
}

/** Every detector, in the order in which they are asked; null where it has no part in the fusion. */
export const DETECTORS: readonly ((options: DetectorOptions) => Detector | null)[] = [
  ({ seed, rules }) => createRuleDetector({ rules, seed }),
  () => createSuricataDetector(),
  ({ seed, fusion }) => (fusion === 'classic' ? null : createBeaconDetector({ seed })),
  ({ seed, fusion }) => (fusion === 'classic' ? null : createNewcomerDetector({ seed })),
  ({ seed, warmup, fusion, features }) =>
    createIsolationForestDetector({ seed, features, warmup, mode: fusion === 'classic' ? 'classic' : 'rolling' }),
  ({ warmup, fusion, features }) => (fusion === 'classic' ? null : createEcodDetector({ features, warmup })),
]

export function createDetectors(options: DetectorOptions): Detector[] {
  return DETECTORS.map((create) => create(options)).filter((detector) => detector !== null)
}
