import type { Detector } from '../detectors/detector.ts'
import type { Feature } from '../features/feature.ts'
import type { Basis } from '../types/basis.ts'
import type { Observation } from '../types/observation.ts'
import type { Otherwise, Reason, Verdict } from '../types/verdict.ts'
import { createVerdict, type Fusion } from '../verdict/fusion.ts'
import { basisOf } from './basis.ts'
import { Opinions } from './opinions.ts'
import { findOtherwise } from './otherwise.ts'
import { reasonsOf } from './reasons.ts'

export interface JudgeOptions {
  detectors: readonly Detector[]
  fusion: Fusion
  /** What the vectors of the observations hold, in order. */
  features: readonly Feature[]
}

/** All detectors and the fusion, as one. */
export interface Judge {
  /** Filled by `score`: of the last flow. */
  readonly verdict: Verdict
  /** Judges a flow; returns the e-value of the models. */
  score(observation: Observation): number
  /** Why, of the flow last judged. */
  explain(observation: Observation): Reason[]
  /**
   * What would not have alerted, of the flow last judged; null where nothing small was found. `alone`: the evidence is such
   * that the models alone would. Takes some milliseconds.
   */
  otherwise(observation: Observation, alone: boolean): Otherwise | null
  /** What it takes to judge the flow last judged anew. `needed`: evidence a host must gather for the models to raise alone. */
  basis(observation: Observation, needed: number): Basis
}

/** Asks `detectors` in their order. */
export function createJudge({ detectors, fusion, features }: JudgeOptions): Judge {
  const verdict = createVerdict()
  const opinions = new Opinions(fusion)
  const scores = new Float64Array(detectors.length)
  let evidence = 1

  function score(observation: Observation): number {
    opinions.begin()
    for (let i = 0; i < detectors.length; i++) {
      const detector = detectors[i]!
      const found = detector.score(observation)
      scores[i] = found
      if (detector.kind === 'rule') opinions.rule(found)
      else opinions.model(found, detector.p ?? 1)
    }
    evidence = opinions.decide(verdict)
    return evidence
  }

  return {
    verdict,
    score,
    explain: (observation) => reasonsOf(detectors, observation, verdict),
    otherwise: (observation, alone) =>
      findOtherwise({ detectors, fusion, features, scores, observation, verdict, alone }),
    basis(observation, evidenceNeeded) {
      const said = detectors.map((detector, i) => ({
        name: detector.name,
        score: scores[i]!,
        p: detector.p ?? 1,
        basis: detector.basis?.(observation) ?? null,
      }))
      return {
        ...basisOf(observation, features),
        detectors: said,
        fusion: { name: fusion.name, settings: { ...fusion.settings } },
        evidence,
        evidenceNeeded,
        verdict: { ...verdict },
      }
    },
  }
}
