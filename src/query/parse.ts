import { ALIASES, FIELDS, type FieldName, type Query, QueryError, type Term } from './query.ts'
import { testOf } from './values.ts'

const MAX_LENGTH = 2_000
const MAX_TERMS = 50

interface Token {
  text: string
  /** Index of each character of `text` in the search, for quotes and escapes are gone. */
  at: number[]
  start: number
  end: number
  /** The first colon outside quotes, in `text`; -1 without. */
  colon: number
  quoted: boolean
}

/**
 * Reads a search: words, and `field:value` terms that must all hold. `-` before a term negates it, a comma separates values
 * of which one must hold, quotes keep spaces and commas. `now` (epoch seconds) is what `last:24h` counts from. Throws a
 * `QueryError`.
 */
export function parseQuery(text: string, now: number): Query {
  if (text.length > MAX_LENGTH) throw new QueryError(`at most ${MAX_LENGTH} characters`, MAX_LENGTH, text.length)
  const tokens = tokensOf(text)
  if (tokens.length > MAX_TERMS) {
    throw new QueryError(`at most ${MAX_TERMS} terms`, tokens[MAX_TERMS]!.start, text.length)
  }
  return tokens.map((token) => termOf(token, now))
}

function termOf(token: Token, now: number): Term {
  const negated = token.text.startsWith('-') && token.text.length > 1 && !(token.quoted && token.at[0] !== token.start)
  const start = negated ? 1 : 0
  if (token.colon <= start) {
    const word = token.text.slice(start)
    return { field: 'any', negated, tests: [{ kind: 'text', text: word.toLowerCase(), exact: false }] }
  }
  const name = token.text.slice(start, token.colon).toLowerCase()
  const field = fieldOf(name)
  if (field === null) {
    throw new QueryError(
      `no field "${name}": there are ${Object.keys(FIELDS).join(', ')}`,
      token.start + start,
      name.length,
    )
  }
  const values = valuesOf(token)
  if (values.length === 0) throw new QueryError(`${field} needs a value`, token.start, token.end - token.start)
  const tests = values.map(({ text, start: at, end }) => testOf(field, text, now, at, end - at))
  return { field, negated, tests }
}

/** The field of a name as a person may write it; null when there is none. */
export function fieldOf(name: string): FieldName | null {
  if (Object.hasOwn(FIELDS, name)) return name as FieldName
  return Object.hasOwn(ALIASES, name) ? ALIASES[name]! : null
}

/** What stands after the colon, at commas outside quotes. */
function valuesOf({ text, at, colon, end }: Token): { text: string; start: number; end: number }[] {
  const values: { text: string; start: number; end: number }[] = []
  let from = colon + 1
  for (let i = colon + 1; i <= text.length; i++) {
    if (i < text.length && text[i] !== SEPARATOR) continue
    if (i > from) values.push({ text: text.slice(from, i), start: at[from]!, end: at[i] ?? end })
    from = i + 1
  }
  return values
}

/** Stands for a comma outside quotes: no search can hold it, for control characters are refused. */
const SEPARATOR = '\u0001'

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let i = 0
  while (i < text.length) {
    if (/\s/.test(text[i]!)) {
      i++
      continue
    }
    const token = readToken(text, i)
    tokens.push(token)
    i = token.end
  }
  return tokens
}

function readToken(text: string, start: number): Token {
  const token: Token = { text: '', at: [], start, end: start, colon: -1, quoted: false }
  let quote = -1
  let i = start
  for (; i < text.length; i++) {
    const character = text[i]!
    if (character < ' ' && character !== '\t' && character !== '\n' && character !== '\r') {
      throw new QueryError('control characters cannot be searched for', i, 1)
    }
    if (character === '"') {
      quote = quote < 0 ? i : -1
      token.quoted = true
    } else if (quote < 0 && /\s/.test(character)) break
    else take(token, character, i, quote >= 0)
  }
  if (quote >= 0) throw new QueryError('the quote is not closed', quote, text.length - quote)
  token.end = i
  return token
}

function take(token: Token, character: string, at: number, quoted: boolean): void {
  if (character === ':' && !quoted && token.colon < 0) token.colon = token.text.length
  token.text += character === ',' && !quoted && token.colon >= 0 ? SEPARATOR : character
  token.at.push(at)
}
