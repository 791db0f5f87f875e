import { allOf, anyOf, type Condition, just } from './condition.ts'
import type { Path } from './document.ts'
import { compileExpression } from './expression.ts'
import type { Field, Fields } from './field.ts'
import { compilePredicate } from './predicate.ts'
import { didYouMean } from './suggest.ts'

/** Makes the error for what stands at a path of the rule file. */
export type FaultAt = (path: Path, message: string) => Error

/** The selections of a rule, and what its condition makes of them. */
export interface Detection {
  readonly selections: ReadonlyMap<string, Condition>
  readonly condition: Condition
}

/** Compiles the `detection` of a rule: its selections, joined as its condition says. */
export function compileDetection(detection: Record<string, unknown>, fields: Fields, fault: FaultAt): Detection {
  const { condition, ...rest } = detection
  if (typeof condition !== 'string')
    throw fault(['detection', 'condition'], 'detection needs a condition, such as "selection"')
  const selections = new Map<string, Condition>()
  for (const [name, content] of Object.entries(rest)) {
    selections.set(name, compileSelection(content, ['detection', name], fields, fault))
  }
  if (selections.size === 0) throw fault(['detection'], 'detection needs a selection of fields')
  const compiled = compileExpression(condition, selections, (message) => fault(['detection', 'condition'], message))
  return { selections, condition: compiled }
}

/** The field of that name; throws with what is near when there is none. */
export function fieldNamed(name: string, fields: Fields, path: Path, fault: FaultAt): Field {
  const field = fields.get(name)
  if (field !== undefined) return field
  const near = didYouMean(name, fields.keys())
  throw fault(path, `unknown field "${name}"${near}${near === '' ? `; allowed: ${[...fields.keys()].join(', ')}` : ''}`)
}

function compileSelection(content: unknown, path: Path, fields: Fields, fault: FaultAt): Condition {
  if (Array.isArray(content) && content.length > 0) {
    return anyOf(content.map((item, index) => compileMap(item, [...path, index], fields, fault)))
  }
  return compileMap(content, path, fields, fault)
}

function compileMap(content: unknown, path: Path, fields: Fields, fault: FaultAt): Condition {
  const entries = typeof content === 'object' && content !== null ? Object.entries(content) : []
  if (entries.length === 0 || Array.isArray(content)) {
    throw fault(path, `${path.at(-1)} must be fields with values, or a list of such`)
  }
  const conditions = entries.map(([key, value]) => {
    const [name, ...modifiers] = key.split('|')
    const field = fieldNamed(name!, fields, [...path, key], fault)
    const lookUp = (other: string): Field => fieldNamed(other, fields, [...path, key], fault)
    return just(compilePredicate(field, modifiers, value, lookUp, (message) => fault([...path, key], message)))
  })
  return allOf(cheapestFirst(conditions))
}

/** Numbers are compared before texts: a flow that cannot match leaves early. */
function cheapestFirst(conditions: Condition[]): Condition[] {
  const cost = (condition: Condition): number => {
    const [predicate] = condition.predicates
    if (predicate?.field.kind === 'number') return 0
    return predicate?.field.kind === 'address' ? 1 : 2
  }
  return conditions.sort((a, b) => cost(a) - cost(b))
}
