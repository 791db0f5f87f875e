import type { FieldName, Operator, Query, Test } from './query.ts'

/** The values a thing has of each field, text in lower case; none where the field says nothing of it. */
export type ValuesOf<Item> = (item: Item, field: FieldName) => readonly (string | number | bigint)[]

/** Whether every term of `query` holds for `item`. */
export function matches<Item>(query: Query, item: Item, valuesOf: ValuesOf<Item>): boolean {
  return query.every(({ field, negated, tests }) => {
    const values = valuesOf(item, field)
    return values.some((value) => tests.some((test) => holds(test, value))) !== negated
  })
}

function holds(test: Test, value: string | number | bigint): boolean {
  switch (test.kind) {
    case 'text':
      return typeof value === 'string' && (test.exact ? value === test.text : value.includes(test.text))
    case 'number':
      return typeof value === 'number' && COMPARE[test.operator](value, test.value)
    case 'addresses':
      return typeof value === 'bigint' && value >= test.low && value <= test.high
  }
}

const COMPARE: Readonly<Record<Operator, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
}
