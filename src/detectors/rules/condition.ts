import type { Observation } from '../../types/observation.ts'
import type { Predicate } from './predicate.ts'

/** A compiled part of a rule's detection: tests a flow without allocating. */
export interface Condition {
  test(observation: Observation): boolean
  /** IP protocols a matching flow can have; null when any. */
  readonly protocols: ReadonlySet<number> | null
  readonly predicates: readonly Predicate[]
  /** The predicates that make this flow match. */
  because(observation: Observation): Predicate[]
}

/** Matches what one predicate matches. */
export function just(predicate: Predicate): Condition {
  const { test, protocols } = predicate
  return { test, protocols, predicates: [predicate], because: (o) => (test(o) ? [predicate] : []) }
}

/** Matches what all of `parts` match. */
export function allOf(parts: readonly Condition[]): Condition {
  if (parts.length === 1) return parts[0]!
  const tests = parts.map((part) => part.test)
  let protocols: ReadonlySet<number> | null = null
  for (const part of parts) {
    if (part.protocols === null) continue
    const before: ReadonlySet<number> = protocols ?? part.protocols
    protocols = new Set([...before].filter((protocol) => part.protocols!.has(protocol)))
  }
  const [first, second, third] = tests
  return {
    test:
      tests.length === 2
        ? (o) => first!(o) && second!(o)
        : tests.length === 3
          ? (o) => first!(o) && second!(o) && third!(o)
          : every(tests),
    protocols,
    predicates: parts.flatMap((part) => part.predicates),
    because: (o) => (every(tests)(o) ? parts.flatMap((part) => part.because(o)) : []),
  }
}

/** Matches what any of `parts` matches. */
export function anyOf(parts: readonly Condition[]): Condition {
  if (parts.length === 1) return parts[0]!
  const tests = parts.map((part) => part.test)
  const open = parts.some((part) => part.protocols === null)
  return {
    test: some(tests),
    protocols: open ? null : new Set(parts.flatMap((part) => [...part.protocols!])),
    predicates: parts.flatMap((part) => part.predicates),
    because: (o) => parts.flatMap((part) => part.because(o)),
  }
}

/** Matches what `part` does not. */
export function not(part: Condition): Condition {
  return { test: (o) => !part.test(o), protocols: null, predicates: part.predicates, because: () => [] }
}

type Test = (observation: Observation) => boolean

function every(tests: readonly Test[]): Test {
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
