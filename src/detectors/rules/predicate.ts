import { RE2JS } from 're2js'
import { parseBlock } from '../../net/address.ts'
import type { Observation } from '../../types/observation.ts'
import { ANYTHING, type Reach } from './condition.ts'
import type { AddressField, Field, NumberField, StringField } from './field.ts'
import { didYouMean } from './suggest.ts'

export const COMPARISONS = ['gt', 'gte', 'lt', 'lte'] as const
export type Comparison = (typeof COMPARISONS)[number]

/** One `field|modifier: value` compiled: tests a flow without allocating. */
export interface Predicate {
  readonly field: Field
  /** The modifier that says how the values are compared; `eq` without one. */
  readonly operator: string
  readonly test: (observation: Observation) => boolean
  readonly reach: Reach
  /** The comparison with a number, where it is one. */
  readonly limit: Limit | null
  /** The values as written: `tcp or udp`. */
  readonly values: string
}

/** `passes` says of any number what `test` says of the field's. */
export interface Limit {
  readonly comparison: Comparison
  readonly value: number
  readonly passes: (value: number) => boolean
}

type Test = (observation: Observation) => boolean
type Fault = (message: string) => Error

const MODIFIERS: Readonly<Record<Field['kind'], readonly string[]>> = {
  number: [...COMPARISONS, 'neq', 'exists', 'fieldref'],
  string: ['contains', 'startswith', 'endswith', 're', 'neq', 'exists', 'fieldref', 'all'],
  address: ['cidr', 'neq', 'exists', 'fieldref'],
}
const ALL_MODIFIERS = [...new Set(Object.values(MODIFIERS).flat())]

/**
 * Compiles what `modifiers` and `value` ask of `field`. A list means any of its values; with `all`, each of them. `lookUp`
 * finds the field that `fieldref` names.
 */
export function compilePredicate(
  field: Field,
  modifiers: readonly string[],
  value: unknown,
  lookUp: (name: string) => Field,
  fault: Fault,
): Predicate {
  checkModifiers(field, modifiers, fault)
  const list = Array.isArray(value) ? value : [value]
  if (list.length === 0) throw fault(`${field.name}: the list is empty`)
  const operator = modifiers.find((modifier) => modifier !== 'all') ?? 'eq'
  const values = list.map(String).join(' or ')
  const named = isNamed(field) ? { ...ANYTHING, names: true } : ANYTHING
  const predicate = { field, operator, reach: ANYTHING, limit: null, values }

  if (operator === 'exists') {
    return { ...predicate, test: existence(field, value, fault), reach: value === true ? named : ANYTHING }
  }
  if (operator === 'fieldref') return { ...predicate, test: sameAs(field, lookUp(String(value)), fault) }
  if (operator === 'neq') {
    const equal = equality(field, list, fault)
    return { ...predicate, test: (o) => !equal.test(o) }
  }
  if (isComparison(operator))
    return comparison(field as NumberField, operator, value, { ...predicate, reach: named }, fault)
  if (operator === 'eq') {
    const { test, numbers } = equality(field, list, fault)
    return { ...predicate, test, reach: numbers === null ? named : reachOf(field, numbers, named) }
  }
  if (field.kind === 'address') return { ...predicate, test: inBlocks(field, list, true, fault) }
  const tests = list.map((item) => textTest(field as StringField, operator, item, fault))
  return {
    ...predicate,
    reach: named,
    test: modifiers.includes('all') ? (o) => tests.every((t) => t(o)) : (o) => tests.some((t) => t(o)),
  }
}

function isNamed(field: Field): boolean {
  return (field.kind === 'string' && field.wire) || (field.kind === 'number' && field.named === true)
}

function reachOf(field: Field, numbers: readonly number[], otherwise: Reach): Reach {
  if (field.name === 'protocol') return { ...ANYTHING, protocols: new Set(numbers) }
  return field.name === 'dst_port' ? { ...ANYTHING, ports: new Set(numbers) } : otherwise
}

function checkModifiers(field: Field, modifiers: readonly string[], fault: Fault): void {
  const allowed = MODIFIERS[field.kind]
  for (const modifier of modifiers) {
    if (!ALL_MODIFIERS.includes(modifier)) {
      throw fault(
        `unknown modifier "${modifier}"${didYouMean(modifier, ALL_MODIFIERS)}; allowed: ${ALL_MODIFIERS.join(', ')}`,
      )
    }
    if (!allowed.includes(modifier)) throw fault(`${field.name} takes no "${modifier}"; allowed: ${allowed.join(', ')}`)
  }
  const operators = modifiers.filter((modifier) => modifier !== 'all')
  if (operators.length > 1) throw fault(`${field.name}: "${operators.join('" and "')}" cannot be joined`)
  if (
    operators.length < modifiers.length &&
    !['contains', 'startswith', 'endswith', 're'].includes(operators[0] ?? '')
  ) {
    throw fault(`${field.name}: "all" goes with contains, startswith, endswith or re`)
  }
}

function isComparison(operator: string): operator is Comparison {
  return (COMPARISONS as readonly string[]).includes(operator)
}

function comparison(
  field: NumberField,
  operator: Comparison,
  value: unknown,
  predicate: Omit<Predicate, 'test'>,
  fault: Fault,
): Predicate {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw fault(`${field.name}|${operator} must be a number`)
  const { get } = field
  const tests: Record<Comparison, Test> = {
    gt: (o) => get(o) > value,
    gte: (o) => get(o) >= value,
    lt: (o) => get(o) < value,
    lte: (o) => get(o) <= value,
  }
  return {
    ...predicate,
    test: tests[operator],
    limit: { comparison: operator, value, passes: COMPARE[operator](value) },
  }
}

const COMPARE: Readonly<Record<Comparison, (limit: number) => (value: number) => boolean>> = {
  gt: (limit) => (value) => value > limit,
  gte: (limit) => (value) => value >= limit,
  lt: (limit) => (value) => value < limit,
  lte: (limit) => (value) => value <= limit,
}

function existence(field: Field, value: unknown, fault: Fault): Test {
  if (typeof value !== 'boolean') throw fault(`${field.name}|exists must be true or false`)
  if (field.kind === 'address') return () => value
  if (field.kind === 'string') return (o) => (field.get(o) !== '') === value
  return (o) => !Number.isNaN(field.get(o)) === value
}

function sameAs(field: Field, other: Field, fault: Fault): Test {
  if (field.kind === 'address' && other.kind === 'address') {
    const [a, b] = [field.offset, other.offset]
    return ({ flow: { address } }) => {
      for (let i = 0; i < 4; i++) if (address[a + i] !== address[b + i]) return false
      return true
    }
  }
  if (field.kind === 'number' && other.kind === 'number') return (o) => field.get(o) === other.get(o)
  if (field.kind === 'string' && other.kind === 'string')
    return (o) => field.get(o) !== '' && field.get(o) === other.get(o)
  throw fault(`${field.name}|fieldref: ${other.name} is not of its kind`)
}

function equality(field: Field, list: readonly unknown[], fault: Fault): { test: Test; numbers: number[] | null } {
  if (field.kind === 'address') return { test: inBlocks(field, list, false, fault), numbers: null }
  if (field.kind === 'string') return { test: equalText(field, list, fault), numbers: null }
  const { get } = field
  const numbers = list.map((item) => readNumber(field, item, fault))
  const [first] = numbers
  const set = new Set(numbers)
  return { test: numbers.length === 1 ? (o) => get(o) === first : (o) => set.has(get(o)), numbers }
}

function readNumber(field: NumberField, value: unknown, fault: Fault): number {
  const read = field.parse ? field.parse(value) : typeof value === 'number' && Number.isFinite(value) ? value : null
  if (read !== null) return read
  throw fault(
    `${field.name}: "${value}" is not allowed${didYouMean(String(value), field.values ?? [])}; allowed: ${field.allowed ?? 'a number'}`,
  )
}

function readText(field: StringField, value: unknown, fault: Fault): string {
  if (typeof value !== 'string' || value === '') throw fault(`${field.name} must be a text that is not empty`)
  return field.wire ? value.toLowerCase() : value
}

function equalText(field: StringField, list: readonly unknown[], fault: Fault): Test {
  const { get } = field
  const texts = list.map((item) => readText(field, item, fault))
  for (const text of texts) {
    if (text.includes('*')) throw fault(`${field.name}: wildcards are written as contains, startswith, endswith or re`)
    if (field.values && !field.values.includes(text)) {
      throw fault(
        `${field.name}: "${text}" is not allowed${didYouMean(text, field.values)}; allowed: ${field.values.join(', ')}`,
      )
    }
  }
  const [first] = texts
  const set = new Set(texts)
  if (field.wire) return (o) => set.has(get(o).toLowerCase())
  return texts.length === 1 ? (o) => get(o) === first : (o) => set.has(get(o))
}

function textTest(field: StringField, operator: string, value: unknown, fault: Fault): Test {
  const { get, wire } = field
  if (operator === 're') return patternTest(field, value, fault)
  const text = readText(field, value, fault)
  const read = wire ? (o: Observation) => get(o).toLowerCase() : get
  if (operator === 'contains') return (o) => read(o).includes(text)
  return operator === 'startswith' ? (o) => read(o).startsWith(text) : (o) => read(o).endsWith(text)
}

function patternTest(field: StringField, value: unknown, fault: Fault): Test {
  if (typeof value !== 'string' || value === '') throw fault(`${field.name}|re must be a regular expression`)
  try {
    // RE2: time linear in the text, whatever the pattern.
    const pattern = RE2JS.compile(value)
    return (o) => field.get(o) !== '' && pattern.matcher(field.get(o)).find()
  } catch (error) {
    throw fault(`${field.name}|re: ${(error as Error).message}`)
  }
}

function inBlocks(field: AddressField, list: readonly unknown[], cidr: boolean, fault: Fault): Test {
  const { offset, name } = field
  const blocks = list.map((item) => {
    const block = typeof item === 'string' ? parseBlock(item) : null
    if (block === null)
      throw fault(`${name}: "${item}" is not an address${cidr ? ' or block, such as 10.0.0.0/8' : ''}`)
    if (!cidr && (item as string).includes('/')) throw fault(`${name}: write ${name}|cidr for the block ${item}`)
    return block
  })
  const [first] = blocks
  if (blocks.length === 1) return (o) => first!(o.flow.address, offset)
  return (o) => {
    for (let i = 0; i < blocks.length; i++) if (blocks[i]!(o.flow.address, offset)) return true
    return false
  }
}
