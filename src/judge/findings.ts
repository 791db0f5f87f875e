import type { Detector } from '../detectors/detector.ts'
import { IDS_ALERT } from '../types/attack.ts'
import type { Observation } from '../types/observation.ts'
import { type Finding, LEVELS } from '../types/verdict.ts'

/**
 * What all found in the flow just scored. The first names the attack: it is of the detector that thinks worst of it, the one asked
 * earlier where two agree, and an alert that does not say what kind of attack it is only where nobody else does.
 */
export function findingsOf(detectors: readonly Detector[], observation: Observation): Finding[] {
  const lists = detectors.map((detector) => detector.findings(observation)).filter((list) => list.length > 0)
  return lists.sort((a, b) => rank(b[0]!) - rank(a[0]!)).flat()
}

function rank({ type, level }: Finding): number {
  return type === IDS_ALERT ? -1 : LEVELS.indexOf(level)
}
