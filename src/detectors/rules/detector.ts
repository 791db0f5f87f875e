import { z } from 'zod'
import type { Observation } from '../../types/observation.ts'
import { LEVELS } from '../../types/verdict.ts'
import type { Detector } from '../detector.ts'
import type { Beginning } from './beginnings.ts'
import { isBlind } from './blind.ts'
import { findingOf, reasonsOf } from './explain.ts'
import { Gate } from './gate.ts'
import { nearOf } from './near.ts'
import type { Rule } from './rule.ts'
import { RuleIndex } from './rule-index.ts'
import { WINDOW_CAPS, type WindowCaps, Windows } from './windows.ts'

const NAME = 'rules'

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
  /** Replaces all rules. What an unchanged rule has counted is kept, and the hits of all by rule id. */
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
  /** What it counts in, and its place there; null and -1 without a correlation. */
  readonly windows: Windows | null
  readonly window: number
  readonly limit: number
}

/** Whether a detector is the rules. */
export function isRuleDetector(detector: Detector): detector is RuleDetector {
  return detector.name === NAME
}

/** Scores a flow by the sum of the scores of the rules it matches, at most 0.95. */
export function createRuleDetector(options: RuleDetectorOptions): RuleDetector {
  const hits = new Map<string, number>()
  let engine = createEngine(options.rules, options, [])

  const remember = (): void => {
    for (const [id, count] of engine.drainHits()) hits.set(id, (hits.get(id) ?? 0) + count)
  }

  return {
    name: NAME,
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
    nearest: (observation) => engine.matched().map(({ rule, count }) => nearOf(rule, observation, count)),
    basis: () => ({ rules: engine.matched().map(({ rule }) => rule.id), counts: engine.counted() }),
    recompute: (observation, basis) => ({ score: engine.rescore(observation, basisSchema.parse(basis).counts), p: 1 }),
    findings: () => engine.matched().map(({ rule, since }) => findingOf(rule, since)),
    blind: (lacks) => engine.rules.filter((rule) => isBlind(rule, lacks)).map(({ title }) => title),
    reload(rules) {
      const next = createEngine(rules, options, engine.entries)
      remember()
      engine = next
    },
    hits() {
      remember()
      return hits
    },
    get bytes() {
      return engine.windows.reduce((sum, { bytes }) => sum + bytes, 0)
    },
    counters() {
      remember()
      const counts = [...hits].filter(([, count]) => count > 0).map(([id, count]) => [`hits.${id}`, count] as const)
      return { ...sumOf(engine.windows.map((windows) => windows.counters())), ...Object.fromEntries(counts) }
    },
  }
}

/** What the score rests on: rules matched, and what the group of each rule that counts had come to, fired or not. */
const basisSchema = z.object({ rules: z.array(z.string()), counts: z.record(z.string(), z.number()) })

interface Matched {
  rule: Rule
  /** What the correlation came to; 0 without one. */
  count: number
  /** Where its evidence began; null without one. */
  since: Beginning | null
}

interface Engine {
  readonly rules: readonly Rule[]
  readonly entries: readonly Entry[]
  readonly windows: readonly Windows[]
  score: Detector['score']
  /** The rules the last flow matched, strongest first. */
  matched(): Matched[]
  /** What the groups of the last flow came to, by rule id. */
  counted(): Record<string, number>
  /** The score of a flow whose groups came to that. */
  rescore(observation: Observation, counts: Readonly<Record<string, number>>): number
  drainHits(): [string, number][]
}

/** An entry for each rule: that of `before` where the rule is the same, so that it goes on counting where it was. */
function entriesOf(
  rules: readonly Rule[],
  { seed, caps = WINDOW_CAPS }: RuleDetectorOptions,
  before: readonly Entry[],
): Entry[] {
  const kept = rules.map((rule) => before.find((old) => old.rule.file === rule.file && old.rule.text === rule.text))
  const fresh = rules.filter((rule, i) => kept[i] === undefined && rule.correlation !== null)
  const windows = new Windows(
    fresh.map((rule) => rule.correlation!),
    seed,
    caps,
  )
  return rules.map((rule, index): Entry => {
    const old = kept[index]
    if (old !== undefined) return { ...old, index }
    const window = fresh.indexOf(rule)
    const limit = rule.correlation?.limit ?? 0
    return { rule, index, test: rule.condition.within, windows: window < 0 ? null : windows, window, limit }
  })
}

function sumOf(counters: readonly Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const [name, value] of counters.flatMap(Object.entries<number>)) sum[name] = (sum[name] ?? 0) + value
  return sum
}

function createEngine(loaded: readonly Rule[], options: RuleDetectorOptions, before: readonly Entry[]): Engine {
  const entries = entriesOf(loaded, options, before)
  const rules = entries.map(({ rule }) => rule)
  const windows = [...new Set(entries.flatMap((entry) => entry.windows ?? []))]
  const index = new RuleIndex(entries, ({ rule }) => rule.condition.reach)
  /** By the lists of the index. */
  const gates = new Map<readonly Entry[], Gate<Entry>>()

  const counts = new Float64Array(rules.length)
  const slots = new Int32Array(rules.length)
  const hits = new Float64Array(rules.length)
  const matched = new Int32Array(rules.length)
  const asked = new Int32Array(rules.length)
  let size = 0
  let askedSize = 0

  const fires = (entry: Entry, observation: Observation): boolean => {
    const windows = entry.windows!
    const count = windows.count(entry.window, observation)
    counts[entry.index] = count
    slots[entry.index] = windows.slot
    asked[askedSize++] = entry.index
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
    return { rule, count: counts[index]!, since: entries[index]!.windows!.beginningOf(slots[index]!) }
  }

  return {
    rules,
    entries,
    windows,
    score(observation) {
      size = askedSize = 0
      let score = 0
      const list = narrow(index.select(observation.flow), observation)
      for (let i = 0; i < windows.length; i++) windows[i]!.begin()
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
    counted: () =>
      Object.fromEntries(Array.from(asked.subarray(0, askedSize), (index) => [rules[index]!.id, counts[index]!])),
    rescore(observation, counts) {
      let score = 0
      for (const { rule, test, limit } of index.select(observation.flow)) {
        const matches = test === null || test(observation)
        if (matches && (rule.correlation === null || (counts[rule.id] ?? 0) >= limit)) score += rule.score
      }
      return Math.min(SCORE_CAP, score)
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
