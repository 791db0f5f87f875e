import { formatAddress } from '../../net/address.ts'
import type { Observation } from '../../types/observation.ts'
import type { Correlation } from './correlation.ts'
import type { Field, Fields } from './field.ts'
import { formatNumber, formatQuantity, formatSpan, quoted } from './format.ts'
import { didYouMean } from './suggest.ts'

/** Builds a sentence from the flow at hand and what was counted of its group. */
export type Message = (observation: Observation, count: string) => string

/** Compiles a template with `{field}`, `{count}`, `{limit}` and `{timespan}`; the last three need a correlation. */
export function compileMessage(
  template: string,
  fields: Fields,
  correlation: Correlation | null,
  fault: (message: string) => Error,
): Message {
  const parts = template.split(/\{([^{}]*)\}/).map((part, index): string | Message => {
    if (index % 2 === 0) return part
    return placeholder(part, fields, correlation, fault)
  })
  return (observation, count) =>
    parts.map((part) => (typeof part === 'string' ? part : part(observation, count))).join('')
}

/** The value of a field as a person reads it; text from the wire is quoted and cut. */
export function showField(field: Field, observation: Observation): string {
  if (field.kind === 'address') return formatAddress(observation.flow.address, field.offset)
  if (field.kind === 'string') return field.wire ? quoted(field.get(observation)) : field.get(observation)
  return showNumber(field, field.get(observation))
}

/** A value of a numeric field as a person reads it. Ports and codes are names, not amounts: no thousands separator. */
export function showNumber(field: Field & { kind: 'number' }, value: number): string {
  if (field.format !== undefined) return field.format(value)
  return field.unit === '' && Number.isInteger(value) ? String(value) : formatQuantity(value, field.unit)
}

function placeholder(
  name: string,
  fields: Fields,
  correlation: Correlation | null,
  fault: (message: string) => Error,
): string | Message {
  if (correlation !== null) {
    if (name === 'count') return (_, count) => count
    if (name === 'limit') return showAmount(correlation, correlation.limit)
    if (name === 'timespan') return formatSpan(correlation.timespan)
  }
  const field = fields.get(name)
  if (field !== undefined) return (observation) => showField(field, observation)
  throw fault(
    `message: unknown placeholder {${name}}${didYouMean(name, [...fields.keys(), 'count', 'limit', 'timespan'])}`,
  )
}

/** What a correlation counts, as text: an amount of its field for value_sum, else a plain number. */
export function showAmount(correlation: Correlation, amount: number): string {
  const unit = correlation.type === 'value_sum' && correlation.field?.kind === 'number' ? correlation.field.unit : ''
  return unit === '' ? formatNumber(amount) : formatQuantity(amount, unit)
}
