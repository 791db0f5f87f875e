import { InputError } from '../../types/errors.ts'
import { listAt, type Row, textAt } from './json.ts'

/** The cells of a log's lines under the names asked for, whatever the order of its columns. */
export class Columns {
  /** One per name asked for; empty where the log has no such column, or nothing in it. */
  readonly cells: string[]
  readonly #names: readonly string[]
  #indices: number[] = []
  #width = 0
  readonly #known = new Set<string>()

  constructor(names: readonly string[]) {
    this.#names = names.map((name) => name.toLowerCase())
    this.cells = names.map(() => '')
  }

  /** Takes a header. A name that comes twice counts where it comes first. */
  header(columns: readonly string[]): void {
    const lower = columns.map((column) => column.trim().toLowerCase())
    this.#indices = this.#names.map((name) => lower.indexOf(name))
    this.#width = columns.length
    for (const name of lower) if (this.#names.includes(name)) this.#known.add(name)
  }

  /** True when some header, or some object, had that column. */
  has(name: string): boolean {
    return this.#known.has(name.toLowerCase())
  }

  /** Takes a line; false when it does not fit the header. */
  line(values: readonly string[]): boolean {
    if (values.length !== this.#width) return false
    for (let i = 0; i < this.cells.length; i++) this.cells[i] = set(values[this.#indices[i]!])
    return true
  }

  /** Takes an object that has the names as keys. */
  object(row: Row, names: readonly string[]): void {
    for (let i = 0; i < names.length; i++) {
      const list = listAt(row, names[i]!)
      this.cells[i] = list.length > 0 ? listed(list) : set(textAt(row, names[i]!))
      if (this.cells[i] !== '') this.#known.add(this.#names[i]!)
    }
  }
}

/** A list as Zeek's own form writes it. */
function listed(list: readonly unknown[]): string {
  const texts = list.map((item) => (typeof item === 'string' ? item : typeof item === 'number' ? String(item) : ''))
  return texts.map((text) => text.replaceAll(',', '\\x2c')).join(',')
}

/** What Zeek writes for nothing is nothing. */
function set(value: string | undefined): string {
  return value === undefined || value === '-' || value === '(empty)' ? '' : value
}

/** Cuts a line at `separator`; between double quotes it is text, and two of them stand for one (RFC 4180). */
export function split(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator)
  const cells: string[] = []
  let at = 0
  do {
    const quoted = line[at] === '"' ? closingQuote(line, at + 1) : -1
    const isQuoted = quoted >= 0 && (quoted + 1 === line.length || line.startsWith(separator, quoted + 1))
    const end = isQuoted ? quoted + 1 : line.indexOf(separator, at)
    const cell = line.slice(at, end < 0 ? line.length : end)
    // In a megabyte of quotes five times as fast as `replaceAll`.
    cells.push(isQuoted ? cell.slice(1, -1).split('""').join('"') : cell)
    at = end < 0 ? line.length + 1 : end + separator.length
  } while (at <= line.length)
  return cells
}

function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from)
  while (at >= 0 && line[at + 1] === '"') at = line.indexOf('"', at + 2)
  return at
}

/** Throws an `InputError` naming what `needed` has and `columns` has not. */
export function checkColumns(shown: string, columns: readonly string[], needed: readonly string[]): void {
  const lower = columns.map((column) => column.trim().toLowerCase())
  const missing = needed.filter((name) => !lower.includes(name.toLowerCase()))
  if (missing.length === 0) return
  const what = missing.length === 1 ? 'column' : 'columns'
  throw new InputError(`${shown}: a log of flows needs the ${what} ${missing.join(', ')}`)
}

/** The first line of `text` without its end. */
export function firstLine(text: string): string {
  const end = text.indexOf('\n')
  const line = end < 0 ? text : text.slice(0, end)
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
