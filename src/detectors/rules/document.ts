import { isMap, isNode, isSeq, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { InputError } from '../../types/errors.ts'
import { parsedBefore } from './parsed.ts'
import { didYouMean } from './suggest.ts'

/** Where in a document something stands: keys and list positions from the top. */
export type Path = readonly (string | number)[]

/** A YAML file read whole, able to say where each part of it stands. */
export interface RuleDocument<T> {
  readonly content: T
  /** The error to throw for what stands at `path`: one line with file, line and column. */
  error(path: Path, message: string): InputError
}

/** Reads one YAML document and checks its shape. Throws an `InputError` naming file, line and column. */
export function readDocument<T>(text: string, file: string, schema: z.ZodType<T>): RuleDocument<T> {
  const known = parsedBefore(text)
  const result = known === undefined ? undefined : schema.safeParse(known)
  if (!result?.success) return parseWhole(text, file, schema)
  return { content: result.data, error: (path, message) => parseWhole(text, file, schema).error(path, message) }
}

function parseWhole<T>(text: string, file: string, schema: z.ZodType<T>): RuleDocument<T> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, maxAliasCount: 0 } as object)
  const at = (offset: number, message: string): InputError => {
    const { line, col } = lines.linePos(offset)
    return new InputError(`${file}:${line}:${col}: ${message}`)
  }
  const fault = document.errors[0]
  if (fault !== undefined) throw at(fault.pos[0], fault.message.split('\n')[0]!)

  const error = (path: Path, message: string): InputError => at(offsetOf(document.contents, path), message)
  let plain: unknown
  try {
    plain = document.toJS({ maxAliasCount: 0 })
  } catch {
    throw error([], 'anchors and aliases are not allowed')
  }
  const result = schema.safeParse(plain)
  if (result.success) return { content: result.data, error }
  // A misspelt key also misses the right one; the misspelling is what helps.
  const issues = result.error.issues as Issue[]
  throw error(...describeIssue(issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!, schema))
}

interface Issue {
  code: string
  path: (string | number)[]
  message: string
  keys?: string[]
}

function describeIssue(issue: Issue, schema: z.ZodType): [Path, string] {
  const key = issue.keys?.[0]
  if (issue.code !== 'unrecognized_keys' || key === undefined) {
    const name = issue.path.join('.')
    return [issue.path, name === '' ? issue.message : `${name}: ${issue.message}`]
  }
  const allowed = keysAt(schema, issue.path)
  return [[...issue.path, key], `unknown key "${key}"${didYouMean(key, allowed)}; allowed: ${allowed.join(', ')}`]
}

/** Names a strict object allows at `path`; empty where the schema is not an object there. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let node: unknown = schema
  for (const key of [...path, null]) {
    while (isWrapper(node)) node = node.def.innerType
    if (key === null) break
    node = typeof key === 'number' ? (node as { element?: unknown })?.element : (node as Shaped)?.shape?.[key]
  }
  return Object.keys((node as Shaped)?.shape ?? {})
}

interface Shaped {
  shape?: Record<string, unknown>
}

function isWrapper(node: unknown): node is { def: { innerType: unknown } } {
  return typeof node === 'object' && node !== null && 'def' in node && 'innerType' in (node.def as object)
}

/** Offset of the key, or list item, at `path`; of the nearest thing above it when it is not there. */
function offsetOf(root: unknown, path: Path): number {
  let node = root
  let offset = 0
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isNode(item.key) && String(item.key) === String(step))
      if (pair === undefined) break
      offset = startOf(pair.key) ?? offset
      node = pair.value
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step]
      offset = startOf(node) ?? offset
    } else {
      break
    }
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
