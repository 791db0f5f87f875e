import type { Detector, Near } from '../detectors/detector.ts'
import { figure, formatBytes, formatNumber, formatSeconds } from '../detectors/ecod/wording.ts'
import type { Feature } from '../features/feature.ts'
import type { Observation } from '../types/observation.ts'
import type { Change, Otherwise, Verdict } from '../types/verdict.ts'
import { createVerdict, type Fusion } from '../verdict/fusion.ts'
import { nearestNormal } from './nearest-normal.ts'
import { Opinions } from './opinions.ts'

export interface Question {
  detectors: readonly Detector[]
  fusion: Fusion
  features: readonly Feature[]
  /** What each detector said of the observation. */
  scores: ArrayLike<number>
  observation: Observation
  verdict: Verdict
  /** Whether the evidence against a host is such that the models alone would alert. */
  alone: boolean
}

/**
 * The smallest change after which the flow would not have alerted: a limit of a rule just not reached, a
 * feature on the way back to what is usual, or as few of both as it takes. Each answer was judged by the detectors and the
 * fusion themselves. Leaves the detectors as `score` of the observation left them.
 */
export function findOtherwise(question: Question): Otherwise | null {
  if (!question.verdict.anomaly) return null
  const near = nearOf(question)
  const trial = createTrial(question, near)
  const values = question.observation.features
  try {
    const left = leaveOut(near, (removed) => !trial.byAll(removed, values))
    if (left !== null) return told(left.map(({ change }) => change))
    const silenced = question.verdict.method === 'ML' ? [] : leaveOut(near, (removed) => !trial.byRules(removed))
    if (silenced === null) return null
    const unusual = question.detectors.flatMap((detector) => detector.unusual?.(question.observation) ?? [])
    const moves = nearestNormal(values, unusual, question.features, (changed) => !trial.byAll(silenced, changed))
    if (moves === null) return null
    const changes = moves.map(({ index, to }) => changeOf(question.features[index]!, values[index]!, to))
    return told([...silenced.map(({ change }) => change), ...changes])
  } finally {
    for (const detector of question.detectors) if (detector.kind === 'model') detector.score(question.observation)
  }
}

/** Something a rule found, and which detector it is of. */
type Found = Near & { of: number }

function nearOf({ detectors, observation }: Question): Found[] {
  return detectors
    .flatMap((detector, of) => (detector.nearest?.(observation) ?? []).map((near) => ({ ...near, of })))
    .sort((a, b) => b.score - a.score)
}

/** Judges what was not. */
function createTrial({ detectors, fusion, scores, observation, alone }: Question, near: readonly Found[]) {
  const opinions = new Opinions(fusion)
  const verdict = createVerdict()

  const addRules = (removed: readonly Found[]): void => {
    detectors.forEach((detector, of) => {
      if (detector.kind !== 'rule') return
      const own = near.filter((found) => found.of === of)
      const kept = own.filter((found) => !removed.includes(found)).reduce((sum, { score }) => sum + score, 0)
      opinions.rule(own.length === 0 ? scores[of]! : Math.min(scores[of]!, kept))
    })
  }

  const alerts = (): boolean => {
    opinions.decide(verdict)
    return verdict.anomaly && (alone || verdict.method !== 'ML')
  }

  return {
    byRules(removed: readonly Found[]): boolean {
      opinions.begin()
      addRules(removed)
      return alerts()
    },
    byAll(removed: readonly Found[], features: Float64Array): boolean {
      opinions.begin()
      addRules(removed)
      for (const detector of detectors) {
        if (detector.kind === 'model') opinions.model(detector.score({ ...observation, features }), detector.p ?? 1)
      }
      return alerts()
    },
  }
}

/** The fewest of `near` without which `enough` holds, strongest first; null when all together are not enough. */
function leaveOut(near: readonly Found[], enough: (removed: readonly Found[]) => boolean): Found[] | null {
  for (const one of near.toReversed()) if (enough([one])) return [one]
  for (let count = 0; count <= near.length; count++) {
    const removed = near.slice(0, count)
    if (enough(removed)) return removed
  }
  return null
}

function changeOf(feature: Feature, from: number, to: number): Change {
  const { name, label, unit, words } = feature
  const shown = (value: number): number | string => (words === undefined ? value : figure(feature, value))
  return { feature: name, label, unit, from: shown(from), to: shown(to) }
}

function told(changes: Change[]): Otherwise | null {
  if (changes.length === 0) return null
  const said = changes.slice(0, SAID).map(({ label, unit, from, to }) => {
    return `${label} ${amount(to, unit)} instead of ${amount(from, unit)}`
  })
  const more = changes.length > SAID ? [`${changes.length - SAID} more`] : []
  return { text: `It would not have alerted with ${[...said, ...more].join(', and ')}`, changes }
}

const SAID = 3

function amount(value: number | string, unit: string): string {
  if (typeof value === 'string') return value
  if (unit === 'B' || unit === 'B/s') return formatBytes(value)
  return unit === 's' ? formatSeconds(value) : formatNumber(value)
}
