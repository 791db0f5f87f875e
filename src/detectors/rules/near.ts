import type { Observation } from '../../types/observation.ts'
import type { Change } from '../../types/verdict.ts'
import type { Near } from '../detector.ts'
import { countLabel, featureOf } from './explain.ts'
import { showField } from './message.ts'
import type { Limit, Predicate } from './predicate.ts'
import type { Rule } from './rule.ts'

/** What just would not have matched: one less than the limit of a count, or the nearest number that fails a comparison. */
export function nearOf(rule: Rule, observation: Observation, count: number): Near {
  return { change: changeOf(rule, observation, count), score: rule.score }
}

function changeOf({ id, condition, correlation }: Rule, observation: Observation, count: number): Change {
  if (correlation !== null) {
    const unit = correlation.field?.kind === 'number' && correlation.type === 'value_sum' ? correlation.field.unit : ''
    const to = Math.ceil(correlation.limit) - 1
    return { feature: featureOf(correlation), label: countLabel(correlation), unit, from: count, to }
  }
  const because = condition.because(observation)
  const undone = (predicate: Predicate, value: number | null): boolean =>
    !condition.given((other) => {
      if (other.field !== predicate.field) return other.test(observation)
      if (value === null || other.limit === null) return other !== predicate && other.test(observation)
      return other.limit.passes(value)
    })
  const numbers = because.flatMap((predicate) => {
    const { field, limit } = predicate
    if (limit === null || field.kind !== 'number') return []
    const from = field.get(observation)
    const to = failing(limit, Number.isInteger(from))
    return undone(predicate, to) ? [{ feature: field.name, label: field.label, unit: field.unit, from, to }] : []
  })
  const [nearest] = numbers.sort((a, b) => distance(a.from, a.to) - distance(b.from, b.to))
  if (nearest !== undefined) return nearest
  const kind = because.find((predicate) => predicate.limit === null && undone(predicate, null))
  if (kind === undefined) return { feature: 'rule', label: 'rule', unit: '', from: id, to: 'none' }
  const { field, values } = kind
  return { feature: field.name, label: field.label, unit: '', from: showField(field, observation), to: `not ${values}` }
}

/** The number nearest to the limit for which the comparison is false: a whole one where whole ones are compared. */
function failing({ comparison, value }: Limit, whole: boolean): number {
  if (comparison === 'gt') return whole ? Math.floor(value) : value
  if (comparison === 'lt') return whole ? Math.ceil(value) : value
  const step = whole && Number.isInteger(value) ? 1 : Math.max(1e-9, Math.abs(value) / 1000)
  return comparison === 'gte' ? value - step : value + step
}

/** How far apart two amounts are, by their ratio where both are large. */
function distance(a: number, b: number): number {
  return Math.abs(Math.asinh(a) - Math.asinh(b))
}
