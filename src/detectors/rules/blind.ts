import { createFlowRecord, PROTOCOL } from '../../net/flow-record.ts'
import { isLacked } from '../../net/needs.ts'
import type { HostContext } from '../../types/host.ts'
import type { Observation } from '../../types/observation.ts'
import type { Sight } from '../../types/sight.ts'
import type { Predicate } from './predicate.ts'
import type { Rule } from './rule.ts'

export type Lacks = ReadonlySet<Sight>

/** A flow of which nothing is known but that it was: numbers are 0, names absent. */
const BLANK: Observation = {
  flow: createFlowRecord(),
  context: new Proxy({}, { get: () => 0 }) as HostContext,
  features: new Proxy([], { get: () => 0 }) as unknown as Float64Array,
}

/** True when nothing in an input that `lacks` that can ever match. */
export function isBlind({ condition, correlation }: Rule, lacks: Lacks): boolean {
  if (condition.settled(lacks) === false) return true
  if (correlation === null) return false
  if (correlation.legs.some(({ settled }) => settled(lacks) === false)) return true
  return correlation.field !== null && isLacked(correlation.field.name, lacks) && correlation.limit > 1
}

/** What `predicate` says of every flow of an input that lacks what it asks for; null where it depends on the flow. */
export function settledPredicate({ field, operator, reach, test }: Predicate, lacks: Lacks): boolean | null {
  const { protocols } = reach
  if (lacks.has('arp') && protocols?.size === 1 && protocols.has(PROTOCOL.arp)) return false
  if (!isLacked(field.name, lacks)) return null
  // By its port everything is what is expected there.
  if (field.name === 'service') return operator === 'neq' ? false : null
  return test(BLANK)
}
