import { type FaultAt, fieldNamed } from './detection.ts'
import type { Field, Fields } from './field.ts'
import { type CorrelationType, type RuleFile, secondsOf } from './schema.ts'

/** Flows of a group, over a timespan, that a rule counts before it fires. */
export interface Correlation {
  readonly type: CorrelationType
  /** Whose values are counted or added up; null for event_count. */
  readonly field: Field | null
  readonly groupBy: readonly Field[]
  /** Seconds. */
  readonly timespan: number
  /** Fires at this many and above. */
  readonly limit: number
}

/** Checks the `correlation` of a rule file and finds its fields. */
export function compileCorrelation(
  correlation: RuleFile['correlation'],
  fields: Fields,
  fault: FaultAt,
): Correlation | null {
  if (correlation === undefined) return null
  const { type, field: name, timespan, condition } = correlation
  const groups = correlation['group-by']
  if ((name === undefined) !== (type === 'event_count')) {
    const wanted = type === 'event_count' ? 'event_count takes no field' : `${type} needs a field`
    throw fault(['correlation', 'type'], wanted)
  }
  const field = name === undefined ? null : fieldNamed(name, fields, ['correlation', 'field'], fault)
  if (type === 'value_sum' && field?.kind !== 'number') {
    throw fault(['correlation', 'field'], `value_sum needs a number, ${name} is not one`)
  }
  return {
    type,
    field,
    groupBy: groups.map((group, index) => fieldNamed(group, fields, ['correlation', 'group-by', index], fault)),
    timespan: secondsOf(timespan),
    limit: condition.gte,
  }
}
