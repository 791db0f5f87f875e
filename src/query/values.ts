import { parseAddress } from '../net/address.ts'
import { FIELDS, type FieldKind, type FieldName, type Operator, QueryError, SEVERITIES, type Test } from './query.ts'

const UNITS: Partial<Record<FieldKind, Readonly<Record<string, number>>>> = {
  bytes: { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
  seconds: { '': 1, ms: 1e-3, s: 1, m: 60, min: 60, h: 3_600, d: 86_400 },
  last: { s: 1, m: 60, min: 60, h: 3_600, d: 86_400, w: 604_800 },
  number: { '': 1, k: 1e3 },
}
const ALL = 2n ** 128n - 1n

/** What one value of `field` asks; `at` and `length` say where it stands. Throws a `QueryError`. */
export function testOf(field: FieldName, text: string, now: number, at: number, length: number): Test {
  const { kind } = FIELDS[field]
  const [operator, rest] = kind === 'text' ? (['=', text] as const) : operatorOf(text)
  const wrong = (allowed: string): QueryError => new QueryError(`${field}: ${allowed}`, at, length)
  const compares = kind === 'number' || kind === 'bytes' || kind === 'seconds' || kind === 'level'
  if (operator !== '=' && !compares) throw wrong(`cannot be compared with ${operator}`)
  switch (kind) {
    case 'address':
      return addressTest(rest) ?? fail(wrong('an address such as 10.0.0.7 or a block such as 10.0.0.0/8'))
    case 'level':
      return levelTest(operator, rest) ?? fail(wrong(`one of ${SEVERITIES.join(', ')}`))
    case 'choice':
      return choiceTest(field, rest) ?? fail(wrong(`one of ${choicesOf(field).join(', ')}`))
    case 'time':
      return timeTest(field, rest) ?? fail(wrong('a time such as 2026-11-02 or 2026-11-02T08:30Z'))
    case 'last': {
      const seconds = quantity('last', rest) ?? fail(wrong('a length of time such as 15m, 24h or 7d'))
      return { kind: 'number', operator: '>=', value: now - seconds }
    }
    case 'text':
      return rest.startsWith('=')
        ? { kind: 'text', text: rest.slice(1).toLowerCase(), exact: true }
        : { kind: 'text', text: rest.toLowerCase(), exact: false }
    default:
      return { kind: 'number', operator, value: quantity(kind, rest) ?? fail(wrong(ALLOWED[kind])) }
  }
}

const ALLOWED = { number: 'a number', bytes: 'a size such as 500, 20kB or 1.5MB', seconds: 'a time such as 10s or 5m' }

function fail(error: QueryError): never {
  throw error
}

function operatorOf(text: string): [Operator, string] {
  const match = /^(>=|<=|>|<)(.*)$/s.exec(text)
  return match === null ? ['=', text] : [match[1] as Operator, match[2]!]
}

/** A number with a unit of its kind; null when it is not one. */
function quantity(kind: FieldKind, text: string): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)([a-z]*)$/i.exec(text)
  const unit = match === null ? undefined : UNITS[kind]?.[match[2]!.toLowerCase()]
  return unit === undefined ? null : Number(match![1]) * unit
}

function levelTest(operator: Operator, text: string): Test | null {
  const value = SEVERITIES.indexOf(text.toLowerCase() as (typeof SEVERITIES)[number])
  return value < 0 ? null : { kind: 'number', operator, value }
}

function choicesOf(field: FieldName): readonly string[] {
  const definition = FIELDS[field]
  return 'choices' in definition ? definition.choices : []
}

function choiceTest(field: FieldName, text: string): Test | null {
  const choice = text.toLowerCase()
  return choicesOf(field).includes(choice) ? { kind: 'text', text: choice, exact: true } : null
}

/** A day or an instant; without a zone it is UTC. */
function timeTest(field: FieldName, text: string): Test | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?(Z|[+-]\d{2}:\d{2})?$/.exec(text)
  if (match === null) return null
  const milliseconds = Date.parse(`${match[1]}T${match[2] ?? '00:00'}${match[3] ?? 'Z'}`)
  if (Number.isNaN(milliseconds)) return null
  return { kind: 'number', operator: field === 'since' ? '>=' : '<', value: milliseconds / 1000 }
}

function addressTest(text: string): Test | null {
  const range = blockRange(text)
  return range === null ? null : { kind: 'addresses', ...range }
}

/** First and last address of a CIDR block or a single address, as 128-bit numbers; null when it is neither. */
export function blockRange(text: string): { low: bigint; high: bigint } | null {
  const [address, length, ...more] = text.split('/')
  const value = more.length > 0 ? null : addressNumber(address!)
  if (value === null) return null
  if (length === undefined) return { low: value, high: value }
  const bits = Number(length) + (address!.includes(':') ? 0 : 96)
  if (!/^\d{1,3}$/.test(length) || bits > 128) return null
  const host = ALL >> BigInt(bits)
  return { low: value & ~host, high: value | host }
}

const words = new Int32Array(4)

/** An address as a 128-bit number, IPv4 as ::ffff:a.b.c.d; null when `text` is not one. */
export function addressNumber(text: string): bigint | null {
  if (!parseAddress(text, words)) return null
  let value = 0n
  for (const word of words) value = (value << 32n) | BigInt(word >>> 0)
  return value
}
