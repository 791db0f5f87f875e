import type { Observation } from '../../types/observation.ts'
import { LEVELS } from '../../types/verdict.ts'
import type { Detector } from '../detector.ts'
import type { Beginning } from './beginnings.ts'
import { isBlind } from './blind.ts'
import { findingOf, reasonsOf } from './explain.ts'
import { Gate } from './gate.ts'
import type { Rule } from './rule.ts'
import { RuleIndex } from './rule-index.ts'
import { WINDOW_CAPS, type WindowCaps, Windows } from './windows.ts'

/** The score never says more than this, however many rules match. */
export const SCORE_CAP = 0.95

export interface RuleDetectorOptions {
  rules: readonly Rule[]
  /** Keys the hash of the windows, so that nobody can choose groups that collide. */
  seed: number
  caps?: WindowCaps
}

/** The rules as a detector. */
export interface RuleDetector extends Detector {
  readonly kind: 'rule'
  readonly rules: readonly Rule[]
  /** Replaces all rules; what windows have counted begins anew, hits are kept by rule id. */
  reload(rules: readonly Rule[]): void
  counters(): Record<string, number>
  /** Flows each rule has matched, by rule id. */
  hits(): ReadonlyMap<string, number>
}

interface Entry {
  readonly rule: Rule
  readonly index: number
  /** Null where every flow within reach matches. */
  readonly test: Rule['condition']['within']
  /** Index among the correlations; -1 without one. */
  readonly window: number
  readonly limit: number
}

/** Scores a flow by the sum of the scores of the rules it matches, at most 0.95. */
export function createRuleDetector(options: RuleDetectorOptions): RuleDetector {
  const hits = new Map<string, number>()
  let engine = createEngine(options.rules, options)

  const remember = (): void => {
    for (const [id, count] of engine.drainHits()) hits.set(id, (hits.get(id) ?? 0) + count)
  }

  return {
    name: 'rules',
    kind: 'rule',
    get rules() {
      return engine.rules
    },
    score: (observation) => engine.score(observation),
    explain(observation) {
      const matched = engine.matched()
      const weight = matched.reduce((sum, { rule }) => sum + rule.score, 0)
      return matched.flatMap(({ rule, count }) => reasonsOf(rule, observation, count, rule.score / weight))
    },
    findings: () => engine.matched().map(({ rule, since }) => findingOf(rule, since)),
    blind: (lacks) => engine.rules.filter((rule) => isBlind(rule, lacks)).map(({ title }) => title),
    reload(rules) {
      const next = createEngine(rules, options)
      remember()
      engine = next
    },
    hits() {
      remember()
      return hits
    },
    counters() {
      remember()
      const counts = [...hits].filter(([, count]) => count > 0).map(([id, count]) => [`hits.${id}`, count] as const)
      return { ...engine.windows.counters(), ...Object.fromEntries(counts) }
    },
  }
}

interface Matched {
  rule: Rule
  /** What the correlation came to; 0 without one. */
  count: number
  /** Where its evidence began; null without one. */
  since: Beginning | null
}

interface Engine {
  readonly rules: readonly Rule[]
  readonly windows: Windows
  score: Detector['score']
  /** The rules the last flow matched, strongest first. */
  matched(): Matched[]
  drainHits(): [string, number][]
}

function createEngine(rules: readonly Rule[], { seed, caps = WINDOW_CAPS }: RuleDetectorOptions): Engine {
  const correlated = rules.filter((rule) => rule.correlation !== null)
  const windows = new Windows(
    correlated.map((rule) => rule.correlation!),
    seed,
    caps,
  )
  const entries = rules.map((rule, index): Entry => {
    const window = correlated.indexOf(rule)
    return { rule, index, test: rule.condition.within, window, limit: rule.correlation?.limit ?? 0 }
  })
  const index = new RuleIndex(entries, ({ rule }) => rule.condition.reach)
  /** By the lists of the index. */
  const gates = new Map<readonly Entry[], Gate<Entry>>()

  const counts = new Float64Array(rules.length)
  const slots = new Int32Array(rules.length)
  const hits = new Float64Array(rules.length)
  const matched = new Int32Array(rules.length)
  let size = 0

  const fires = (entry: Entry, observation: Observation): boolean => {
    const count = windows.count(entry.window, observation)
    counts[entry.index] = count
    slots[entry.index] = windows.slot
    return count >= entry.limit
  }

  const narrow = (list: readonly Entry[], observation: Observation): readonly Entry[] => {
    let gate = gates.get(list)
    if (gate === undefined) {
      gate = new Gate(list, ({ rule }) => rule.condition.needs)
      gates.set(list, gate)
    }
    return gate.narrow(observation)
  }

  const matchOf = (index: number): Matched => {
    const rule = rules[index]!
    if (rule.correlation === null) return { rule, count: 0, since: null }
    return { rule, count: counts[index]!, since: windows.beginningOf(slots[index]!) }
  }

  return {
    rules,
    windows,
    score(observation) {
      size = 0
      let score = 0
      const list = narrow(index.select(observation.flow), observation)
      windows.begin()
      for (let i = 0; i < list.length; i++) {
        const entry = list[i]!
        if (entry.test !== null && !entry.test(observation)) continue
        if (entry.window >= 0 && !fires(entry, observation)) continue
        matched[size++] = entry.index
        hits[entry.index]! += 1
        score += entry.rule.score
      }
      return Math.min(SCORE_CAP, score)
    },
    matched() {
      const list = Array.from(matched.subarray(0, size), (index) => matchOf(index))
      return strongestFirst(list)
    },
    drainHits() {
      const drained = rules.map((rule, index): [string, number] => [rule.id, hits[index]!])
      hits.fill(0)
      return drained
    },
  }
}

/** By what the rules that name the same attack say together, then by level. */
function strongestFirst(list: Matched[]): Matched[] {
  const strength = ({ rule }: Matched): number =>
    list.reduce((sum, other) => sum + (other.rule.type === rule.type ? other.rule.score : 0), 0)
  const severity = ({ rule }: Matched): number => LEVELS.indexOf(rule.level)
  return list.sort((a, b) => strength(b) - strength(a) || severity(b) - severity(a))
}
