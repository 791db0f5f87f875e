import { allOf, anyOf, type Condition, not } from './condition.ts'
import { didYouMean } from './suggest.ts'

/** Deepest nesting of parentheses and `not` a condition may have. */
const DEPTH = 64

/**
 * Compiles Sigma's `condition`: names of selections joined by `and`, `or`, `not` and parentheses, and
 * `1 of name*`, `any of name*`, `all of name*`, `... of them`. Throws the error that `fault` makes of a message.
 */
export function compileExpression(
  text: string,
  selections: ReadonlyMap<string, Condition>,
  fault: (message: string) => Error,
): Condition {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? []
  let at = 0
  let depth = 0

  const fail = (expected: string): Error => {
    const got = tokens[at] === undefined ? 'the end' : `"${tokens[at]}"`
    return fault(`condition: expected ${expected}, got ${got}`)
  }
  const accept = (word: string): boolean => {
    if (tokens[at]?.toLowerCase() !== word) return false
    at++
    return true
  }
  const nested = <T>(read: () => T): T => {
    if (++depth > DEPTH) throw fault(`condition: nested deeper than ${DEPTH}`)
    const result = read()
    depth--
    return result
  }

  const either = (): Condition => {
    const parts = [both()]
    while (accept('or')) parts.push(both())
    return anyOf(parts)
  }
  const both = (): Condition => {
    const parts = [single()]
    while (accept('and')) parts.push(single())
    return allOf(parts)
  }
  const single = (): Condition => {
    if (accept('not')) return not(nested(single))
    if (accept('(')) {
      const inner = nested(either)
      if (!accept(')')) throw fail('")"')
      return inner
    }
    if (tokens[at + 1]?.toLowerCase() === 'of') return quantified()
    return named()
  }
  const named = (): Condition => {
    const name = tokens[at]
    const selection = name === undefined ? undefined : selections.get(name)
    if (selection !== undefined) {
      at++
      return selection
    }
    const known = [...selections.keys()]
    throw fail(`a selection (${known.join(', ')})${name === undefined ? '' : didYouMean(name, known)}`)
  }
  const quantified = (): Condition => {
    const quantifier = tokens[at]!.toLowerCase()
    const join = quantifier === 'all' ? allOf : quantifier === '1' || quantifier === 'any' ? anyOf : null
    if (join === null) throw fail('"1", "any" or "all" before "of"')
    at += 2
    const pattern = tokens[at]
    if (pattern === undefined) throw fail('the name of selections, such as selection*, or "them"')
    const parts = [...selections].filter(([name]) => covers(pattern, name)).map(([, condition]) => condition)
    if (parts.length === 0) throw fail(`a pattern that some selection (${[...selections.keys()].join(', ')}) matches`)
    at++
    return join(parts)
  }

  const condition = either()
  if (at < tokens.length) throw fail('"and", "or" or the end')
  return condition
}

/** As in Sigma, `them` leaves out names that begin with an underscore. */
function covers(pattern: string, name: string): boolean {
  if (pattern.toLowerCase() === 'them') return !name.startsWith('_')
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}
