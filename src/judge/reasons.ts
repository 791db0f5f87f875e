import type { Detector } from '../detectors/detector.ts'
import type { Observation } from '../types/observation.ts'
import type { Reason, Verdict } from '../types/verdict.ts'

/** Why, the engine that decided first; shares are of the whole verdict. */
export function reasonsOf(detectors: readonly Detector[], observation: Observation, verdict: Verdict): Reason[] {
  const speakers = detectors.filter(
    (detector) => verdict.method === 'Hybrid' || (verdict.method === 'Rule') === (detector.kind === 'rule'),
  )
  const said = speakers.flatMap((detector) => detector.explain(observation))
  // Two models that find the same feature unusual say so in the same words.
  const all = said.filter(({ text }, i) => said.findIndex((other) => other.text === text) === i)
  const sum = all.reduce((total, reason) => total + reason.share, 0)
  return sum <= 1 ? all : all.map((reason) => ({ ...reason, share: reason.share / sum }))
}
