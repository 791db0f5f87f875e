import type { Observation } from '../../types/observation.ts'
import { type Lacks, settledPredicate } from './blind.ts'
import type { Predicate } from './predicate.ts'

/** What a flow must be for a condition to have a chance: tested once, before any rule is. */
export interface Reach {
  /** IP protocols a matching flow can have; null when any. */
  readonly protocols: ReadonlySet<number> | null
  /** Destination ports a matching flow can have; null when any. */
  readonly ports: ReadonlySet<number> | null
  /** True when only a flow of which names were read can match. */
  readonly names: boolean
}

/** The reach of what can match anything. */
export const ANYTHING: Reach = { protocols: null, ports: null, names: false }

/** A compiled part of a rule's detection: tests a flow without allocating. */
export interface Condition {
  test(observation: Observation): boolean
  readonly reach: Reach
  /** The same test of a flow known to be within reach; null when any such flow matches. */
  readonly within: Test | null
  readonly predicates: readonly Predicate[]
  /** Comparisons of numbers that every matching flow passes: a flow that fails one need not be tested. */
  readonly needs: readonly Predicate[]
  /** Whether every flow of an input that lacks that matches (true) or none does (false); null when it depends on the flow. */
  settled(lacks: Lacks): boolean | null
  /** The predicates that make this flow match. */
  because(observation: Observation): Predicate[]
  /** Whether it would match if each predicate came out as `holds` says. */
  given(holds: (predicate: Predicate) => boolean): boolean
}

/** Matches what one predicate matches. */
export function just(predicate: Predicate): Condition {
  const { test, reach } = predicate
  const within = reach.protocols === null && reach.ports === null ? test : null
  const settled = (lacks: Lacks): boolean | null => settledPredicate(predicate, lacks)
  const needs = predicate.field.kind === 'number' && within !== null ? [predicate] : []
  return {
    test,
    reach,
    within,
    predicates: [predicate],
    needs,
    settled,
    because: (o) => (test(o) ? [predicate] : []),
    given: (holds) => holds(predicate),
  }
}

/** Matches what all of `parts` match. */
export function allOf(parts: readonly Condition[]): Condition {
  if (parts.length === 1) return parts[0]!
  const tests = parts.map((part) => part.test)
  const within = parts.map((part) => part.within).filter((test) => test !== null)
  return {
    test: every(tests),
    within: within.length === 0 ? null : every(within),
    reach: {
      protocols: common(parts.map(({ reach }) => reach.protocols)),
      ports: common(parts.map(({ reach }) => reach.ports)),
      names: parts.some(({ reach }) => reach.names),
    },
    predicates: parts.flatMap((part) => part.predicates),
    needs: parts.flatMap((part) => part.needs),
    settled: (lacks) => settledBy(parts, false, lacks),
    because: (o) => (every(tests)(o) ? parts.flatMap((part) => part.because(o)) : []),
    given: (holds) => parts.every((part) => part.given(holds)),
  }
}

/** Matches what any of `parts` matches. */
export function anyOf(parts: readonly Condition[]): Condition {
  if (parts.length === 1) return parts[0]!
  const tests = parts.map((part) => part.test)
  return {
    test: some(tests),
    within: some(tests),
    reach: {
      protocols: union(parts.map(({ reach }) => reach.protocols)),
      ports: union(parts.map(({ reach }) => reach.ports)),
      names: parts.every(({ reach }) => reach.names),
    },
    predicates: parts.flatMap((part) => part.predicates),
    needs: parts[0]!.needs.filter((need) => parts.every(({ needs }) => needs.some((other) => isSame(need, other)))),
    settled: (lacks) => settledBy(parts, true, lacks),
    because: (o) => parts.flatMap((part) => part.because(o)),
    given: (holds) => parts.some((part) => part.given(holds)),
  }
}

/** Matches what `part` does not. */
export function not(part: Condition): Condition {
  const test: Test = (o) => !part.test(o)
  const settled = (lacks: Lacks): boolean | null => {
    const value = part.settled(lacks)
    return value === null ? null : !value
  }
  return {
    test,
    within: test,
    reach: ANYTHING,
    predicates: part.predicates,
    needs: [],
    settled,
    because: () => [],
    given: (holds) => !part.given(holds),
  }
}

/** One part that is `decisive` settles the whole; it is the other way round only when all parts are. */
function settledBy(parts: readonly Condition[], decisive: boolean, lacks: Lacks): boolean | null {
  const values = parts.map((part) => part.settled(lacks))
  if (values.includes(decisive)) return decisive
  return values.includes(null) ? null : !decisive
}

/** Whether two predicates ask the same. */
export function isSame(a: Predicate, b: Predicate): boolean {
  return a.field === b.field && a.operator === b.operator && a.values === b.values
}

type Numbers = ReadonlySet<number> | null

function common(sets: readonly Numbers[]): Numbers {
  const [first, ...rest] = sets.filter((set) => set !== null)
  return first === undefined ? null : new Set([...first].filter((value) => rest.every((set) => set.has(value))))
}

function union(sets: readonly Numbers[]): Numbers {
  return sets.includes(null) ? null : new Set(sets.flatMap((set) => [...set!]))
}

type Test = (observation: Observation) => boolean

function every(tests: readonly Test[]): Test {
  const [first, second, third] = tests
  if (tests.length === 1) return first!
  if (tests.length === 2) return (o) => first!(o) && second!(o)
  if (tests.length === 3) return (o) => first!(o) && second!(o) && third!(o)
  return (o) => {
    for (let i = 0; i < tests.length; i++) if (!tests[i]!(o)) return false
    return true
  }
}

function some(tests: readonly Test[]): Test {
  return (o) => {
    for (let i = 0; i < tests.length; i++) if (tests[i]!(o)) return true
    return false
  }
}
