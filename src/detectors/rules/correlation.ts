import type { Condition } from './condition.ts'
import { type Detection, type FaultAt, fieldNamed } from './detection.ts'
import type { Path } from './document.ts'
import type { Field, Fields } from './field.ts'
import { type CorrelationType, type RuleFile, secondsOf } from './schema.ts'
import { didYouMean } from './suggest.ts'

/** Flows of a group, over a timespan, that a rule counts before it fires. */
export interface Correlation {
  readonly type: CorrelationType
  /** Whose values are counted or added up; null for event_count and temporal. */
  readonly field: Field | null
  /** What a group is; for temporal, that of the last leg. */
  readonly groupBy: readonly Field[]
  /** Seconds. */
  readonly timespan: number
  /** Fires at this many and above. */
  readonly limit: number
  /** What temporal must see of a group, the last of them in the flow that fires; empty for other types. */
  readonly legs: readonly Leg[]
}

/** One selection of a temporal correlation, and by which fields of its flows the group is known. */
export interface Leg {
  readonly test: Condition['test']
  readonly settled: Condition['settled']
  readonly groupBy: readonly Field[]
}

type Written = NonNullable<RuleFile['correlation']>

/** Keys each type needs; it takes no other of these. */
const NEEDS: Readonly<Record<CorrelationType, readonly (keyof Written)[]>> = {
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
  if (type === 'temporal') return compileTemporal(written, detection, fields, fault)
  if (written.aliases !== undefined) throw fault(['correlation', 'aliases'], `${type} takes no aliases`)
  return {
    type,
    field: countedField(written, fields, fault),
    groupBy: written['group-by'].map((name, index) =>
      fieldNamed(name, fields, ['correlation', 'group-by', index], fault),
    ),
    timespan: secondsOf(timespan),
    limit: written.condition!.gte,
    legs: [],
  }
}

function countedField({ type, field: name }: Written, fields: Fields, fault: FaultAt): Field | null {
  if (name === undefined) return null
  const field = fieldNamed(name, fields, ['correlation', 'field'], fault)
  if (type !== 'value_sum' || field.kind === 'number') return field
  throw fault(['correlation', 'field'], `value_sum needs a number, ${name} is not one`)
}

function compileTemporal(written: Written, { selections }: Detection, fields: Fields, fault: FaultAt): Correlation {
  const { aliases = {}, selections: names = [], timespan } = written
  const known = [...selections.keys()]
  const selectionNamed = (name: string, path: Path): Condition => {
    const selection = selections.get(name)
    if (selection !== undefined) return selection
    throw fault(path, `unknown selection "${name}"${didYouMean(name, known)}; allowed: ${known.join(', ')}`)
  }
  for (const [alias, sides] of Object.entries(aliases)) {
    for (const name of Object.keys(sides)) selectionNamed(name, ['correlation', 'aliases', alias, name])
  }
  const groupOf = (selection: string): Field[] =>
    written['group-by'].map((name, index) => {
      const aliased = aliases[name]?.[selection]
      if (aliased !== undefined) return fieldNamed(aliased, fields, ['correlation', 'aliases', name, selection], fault)
      return fieldNamed(name, fields, ['correlation', 'group-by', index], fault)
    })
  const legs = names.map((name, index): Leg => {
    const { test, settled } = selectionNamed(name, ['correlation', 'selections', index])
    return { test, settled, groupBy: groupOf(name) }
  })
  const groupBy = legs.at(-1)!.groupBy
  return { type: 'temporal', field: null, groupBy, timespan: secondsOf(timespan), limit: legs.length, legs }
}
