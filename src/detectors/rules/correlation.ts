import type { Condition } from './condition.ts'
import { type Detection, type FaultAt, fieldNamed } from './detection.ts'
import type { Field, Fields } from './field.ts'
import { type CorrelationType, type RuleFile, secondsOf } from './schema.ts'
import { didYouMean } from './suggest.ts'

/** Flows of a group, over a timespan, that a rule counts before it fires. */
export interface Correlation {
  readonly type: CorrelationType
  /** Whose values are counted or added up; for temporal, which of the selections matched; null for event_count. */
  readonly field: Field | null
  readonly groupBy: readonly Field[]
  /** Seconds. */
  readonly timespan: number
  /** Fires at this many and above. */
  readonly limit: number
  /** What a flow must also match to fire, beside being counted; null when nothing. */
  readonly trigger: Condition | null
}

type Written = NonNullable<RuleFile['correlation']>

/** Keys each type needs; it takes no other of these. */
const NEEDS: Readonly<Record<CorrelationType, readonly ('field' | 'selections' | 'condition')[]>> = {
  event_count: ['condition'],
  value_count: ['field', 'condition'],
  value_sum: ['field', 'condition'],
  temporal: ['selections'],
}

/** Checks the `correlation` of a rule file and finds its fields and selections. */
export function compileCorrelation(
  written: RuleFile['correlation'],
  detection: Detection,
  fields: Fields,
  fault: FaultAt,
): Correlation | null {
  if (written === undefined) return null
  const { type, timespan } = written
  for (const key of ['field', 'selections', 'condition'] as const) {
    const needed = NEEDS[type].includes(key)
    if (needed && written[key] === undefined) throw fault(['correlation', 'type'], `${type} needs ${key}`)
    if (!needed && written[key] !== undefined) throw fault(['correlation', key], `${type} takes no ${key}`)
  }
  const groupBy = written['group-by'].map((name, index) =>
    fieldNamed(name, fields, ['correlation', 'group-by', index], fault),
  )
  const common = { type, groupBy, timespan: secondsOf(timespan) }
  if (type === 'temporal') return { ...common, ...compileTemporal(written, detection, fault) }
  return { ...common, field: countedField(written, fields, fault), limit: written.condition!.gte, trigger: null }
}

function countedField({ type, field: name }: Written, fields: Fields, fault: FaultAt): Field | null {
  if (name === undefined) return null
  const field = fieldNamed(name, fields, ['correlation', 'field'], fault)
  if (type !== 'value_sum' || field.kind === 'number') return field
  throw fault(['correlation', 'field'], `value_sum needs a number, ${name} is not one`)
}

/** All selections must have been seen, and the flow that fires is one of the last. */
function compileTemporal({ selections = [] }: Written, detection: Detection, fault: FaultAt) {
  const tests = selections.map((name, index) => {
    const selection = detection.selections.get(name)
    if (selection !== undefined) return selection
    const known = [...detection.selections.keys()]
    throw fault(
      ['correlation', 'selections', index],
      `unknown selection "${name}"${didYouMean(name, known)}; allowed: ${known.join(', ')}`,
    )
  })
  const field: Field = {
    kind: 'number',
    name: 'selections',
    label: 'selection',
    unit: '',
    get(observation) {
      const index = tests.findIndex((selection) => selection.test(observation))
      return index < 0 ? Number.NaN : index
    },
  }
  return { field, limit: tests.length, trigger: tests.at(-1)! }
}
