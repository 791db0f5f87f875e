import type { Observation } from '../../types/observation.ts'
import { isSame } from './condition.ts'
import type { Predicate } from './predicate.ts'

/** Predicates asked of every flow; each halves the items in another way. */
const MOST = 8

/**
 * Narrows a list of rules by the few comparisons that most of them need, asked once instead of once a rule: what is left for
 * each combination of answers is worked out when it first occurs.
 */
export class Gate<T> {
  private readonly items: readonly T[]
  private readonly asked: readonly Predicate[]
  /** The answers each item needs, a bit for each of `asked`. */
  private readonly needed: readonly number[]
  private readonly left: (readonly T[] | undefined)[]

  constructor(items: readonly T[], needsOf: (item: T) => readonly Predicate[]) {
    this.items = items
    this.asked = commonest(items.map(needsOf))
    this.needed = items.map((item) => {
      const needs = needsOf(item)
      return this.asked.reduce((bits, one, i) => (needs.some((need) => isSame(need, one)) ? bits | (1 << i) : bits), 0)
    })
    this.left = new Array<readonly T[] | undefined>(1 << this.asked.length)
  }

  /** The items a flow can still match, in their order. */
  narrow(observation: Observation): readonly T[] {
    const { asked } = this
    let answers = 0
    for (let i = 0; i < asked.length; i++) if (asked[i]!.test(observation)) answers |= 1 << i
    return this.left[answers] ?? this.remember(answers)
  }

  private remember(answers: number): readonly T[] {
    const left = this.items.filter((_, i) => (this.needed[i]! & ~answers) === 0)
    this.left[answers] = left
    return left
  }
}

/** The predicates that most of the lists have, where more than one has it. */
function commonest(lists: readonly (readonly Predicate[])[]): Predicate[] {
  const counted: { one: Predicate; lists: number }[] = []
  for (const list of lists) {
    const own = list.filter((one, i) => list.findIndex((other) => isSame(one, other)) === i)
    for (const one of own) {
      const known = counted.find((entry) => isSame(entry.one, one))
      if (known === undefined) counted.push({ one, lists: 1 })
      else known.lists++
    }
  }
  return counted
    .filter((entry) => entry.lists > 1)
    .sort((a, b) => b.lists - a.lists)
    .slice(0, MOST)
    .map(({ one }) => one)
}
