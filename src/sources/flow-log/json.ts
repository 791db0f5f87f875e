/** Deepest nesting read: what every log needs is on the first levels. */
const DEPTH_MAX = 32
const QUOTE = 0x22
const ESCAPE = 0x5c
/** How each character changes the depth. */
const NESTING = new Int8Array(128)
for (const character of '{[') NESTING[character.charCodeAt(0)] = 1
for (const character of '}]') NESTING[character.charCodeAt(0)] = -1

export type Row = Readonly<Record<string, unknown>>

/** The object a line of JSON holds; null for what is none, or is nested deeper than 32. Never throws. */
export function objectOf(line: string): Row | null {
  if (isDeep(line)) return null
  try {
    const value: unknown = JSON.parse(line)
    return isRow(value) ? value : null
  } catch {
    return null
  }
}

/** True for an object that is no list. */
export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object under `key`, an empty one when there is none: nothing but the row's own keys is looked at. */
export function rowAt(row: Row, key: string): Row {
  const value = Object.hasOwn(row, key) ? row[key] : null
  return isRow(value) ? value : EMPTY
}

const EMPTY: Row = Object.freeze(Object.create(null))

/** A text or number under `key` as text, `''` when there is neither. */
export function textAt(row: Row, key: string): string {
  const value = Object.hasOwn(row, key) ? row[key] : ''
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/** A list under `key`, an empty one when there is none. */
export function listAt(row: Row, key: string): readonly unknown[] {
  const value = Object.hasOwn(row, key) ? row[key] : null
  return Array.isArray(value) ? value : []
}

/** Looked at before it is parsed, for a parser that recurses would run out of stack. */
function isDeep(line: string): boolean {
  let depth = 0
  for (let i = 0; i < line.length && depth <= DEPTH_MAX; i++) {
    const code = line.charCodeAt(i)
    if (code === QUOTE) i = endOfText(line, i + 1)
    else if (code < 128) depth += NESTING[code]!
  }
  return depth > DEPTH_MAX
}

function endOfText(line: string, from: number): number {
  let i = from
  while (i < line.length && line.charCodeAt(i) !== QUOTE) i += line.charCodeAt(i) === ESCAPE ? 2 : 1
  return i
}
