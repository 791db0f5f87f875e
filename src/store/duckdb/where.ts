import type { DuckDBValue } from '@duckdb/node-api'
import type { FieldName, Query, Term, Test } from '../../query/query.ts'

/** Two halves of an address, as SQL. */
export interface AddressColumns {
  hi: string
  lo: string
}

/**
 * How one field is asked for: SQL expressions of which any may match, or, for a test on many values (`each`), a whole
 * condition around the test. A bare column compared with a value of its own type is the fast way: whole row groups are
 * skipped and the rest is never unpacked. `lower` says that a text column holds lower case only, `lines` that it does and
 * holds several, each with a line's end before and after, `narrow` gives a
 * condition that holds wherever a column is that text, and skips more; `integer` is the type of a number column.
 */
export type Column =
  | {
      kind: 'text'
      sql: readonly string[]
      lower?: boolean
      lines?: boolean
      narrow?: (text: string) => string
      each?: (test: (value: string) => string) => string
    }
  | {
      kind: 'number'
      sql: readonly string[]
      integer?: keyof typeof INTEGERS
      each?: (test: (value: string) => string) => string
    }
  | { kind: 'addresses'; each: (test: (columns: AddressColumns) => string) => string }
  | { kind: 'any'; of: readonly Column[] }

const INTEGERS = { USMALLINT: 0xffff }

/** What of a table each field means; a field it does not have matches nothing. */
export type Columns = Partial<Record<FieldName, Column>>

export interface Where {
  /** A condition, `true` for an empty query. */
  sql: string
  values: Record<string, DuckDBValue>
}

/** A search as SQL with parameters: no character of it becomes SQL text. */
export function whereOf(query: Query, columns: Columns): Where {
  const values: Record<string, DuckDBValue> = {}
  let count = 0
  const bind = (value: DuckDBValue): string => {
    const name = `q${count++}`
    values[name] = value
    return `$${name}`
  }
  const terms = query.map((term) => termSql(term, columns[term.field], bind))
  return { sql: terms.length === 0 ? 'true' : terms.join(' AND '), values }
}

type Bind = (value: DuckDBValue) => string

function termSql({ negated, tests }: Term, column: Column | undefined, bind: Bind): string {
  const single = tests.filter(isSingle)
  const others = tests.filter((test) => !isSingle(test))
  const any =
    column === undefined
      ? []
      : [...others.flatMap((test) => testSql(test, column, bind)), ...singleSql(single, column, bind)]
  const sql = any.length === 0 ? 'false' : any.map((one) => `(${one})`).join(' OR ')
  // Bare, a condition on the time skips whole row groups; unknown is not true either way.
  return negated ? `NOT coalesce(${sql}, false)` : `(${sql})`
}

function testSql(test: Test, column: Column, bind: Bind): string[] {
  if (column.kind === 'any') return column.of.flatMap((one) => testSql(test, one, bind))
  if (test.kind === 'addresses') {
    if (column.kind !== 'addresses') return []
    const bounds = [...halves(test.low), ...halves(test.high)]
    const [lowHi, lowLo, highHi, highLo] = bounds.map((half) => `${bind(half)}::UBIGINT`)
    return [
      column.each(({ hi, lo }) => `${hi} BETWEEN ${lowHi} AND ${highHi} AND ${lo} BETWEEN ${lowLo} AND ${highLo}`),
    ]
  }
  if (column.kind === 'number' && test.kind === 'number') {
    const limit = column.integer === undefined ? -1 : INTEGERS[column.integer]
    const whole = Number.isInteger(test.value) && test.value >= 0 && test.value <= limit
    const value = whole ? `${bind(test.value)}::${column.integer}` : bind(test.value)
    return anyOf(column, (sql) => `${sql} ${test.operator} ${value}`)
  }
  return column.kind === 'text' && test.kind === 'text' ? textSql(test, column, bind) : []
}

type Addresses = Test & { kind: 'addresses' }

function isSingle(test: Test): test is Addresses {
  return test.kind === 'addresses' && test.low === test.high
}

/** Addresses one by one, by their upper halves: a list is looked up at once, however long it is. */
function singleSql(tests: readonly Addresses[], column: Column, bind: Bind): string[] {
  if (column.kind === 'any') return column.of.flatMap((one) => singleSql(tests, one, bind))
  if (column.kind !== 'addresses' || tests.length === 0) return []
  const lows = new Map<bigint, bigint[]>()
  for (const [hi, lo] of tests.map(({ low }) => halves(low))) lows.set(hi, [...(lows.get(hi) ?? []), lo])
  const groups = [...lows].map(([hi, list]) => ({
    hi: `${bind(hi)}::UBIGINT`,
    lows: list.map((lo) => `${bind(lo)}::UBIGINT`).join(', '),
  }))
  return [column.each(({ hi, lo }) => groups.map((one) => `${hi} = ${one.hi} AND ${lo} IN (${one.lows})`).join(' OR '))]
}

function textSql({ text, exact }: Test & { kind: 'text' }, column: Column & { kind: 'text' }, bind: Bind): string[] {
  if (column.lines === true) {
    const value = bind(exact ? `\n${text}\n` : text)
    return text.includes('\n') ? [] : anyOf(column, (sql) => `contains(${sql}, ${value})`)
  }
  const value = bind(text)
  const narrow = exact && column.narrow !== undefined ? `${column.narrow(text)} AND ` : ''
  const compare = exact ? (sql: string) => `${narrow}${sql} = ${value}` : (sql: string) => `contains(${sql}, ${value})`
  return anyOf(column, column.lower === true && text !== '' ? compare : (sql) => compare(`lower(${sql})`))
}

function anyOf(column: Column & { kind: 'text' | 'number' }, test: (sql: string) => string): string[] {
  return column.each === undefined ? column.sql.map(test) : [column.each(test)]
}

/** The upper and lower 64 bits of an address. A CIDR block is a range in one of them and all or one of the other. */
export function halves(address: bigint): [hi: bigint, lo: bigint] {
  return [address >> 64n, address & 0xffff_ffff_ffff_ffffn]
}

/** Matches where a list column holds a value that does. */
export function list(kind: 'text' | 'number', column: string): Column {
  return { kind, sql: [], each: (test) => `len(list_filter(${column}, x -> ${test('x')})) > 0` }
}

/** Matches one of several pairs of columns. */
export function addresses(...pairs: readonly AddressColumns[]): Column {
  return { kind: 'addresses', each: (test) => pairs.map((pair) => `(${test(pair)})`).join(' OR ') }
}
