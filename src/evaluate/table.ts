import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { InputError } from '../types/errors.ts'
import { readNpz } from './npz.ts'
import { readMaybeXz } from './truth.ts'

/** Labelled rows of numbers, row after row. */
export interface LabelledTable {
  columns: string[]
  rows: Float32Array
  n: number
  /** 1 where the label is not the benign one. */
  attack: Uint8Array
  /** The benign label, and whether it was given or recognised. */
  benign: string
  benignGiven: boolean
  /** Columns of text, taken as the share of rows with the same text; and those left out, with the reason. */
  kinds: string[]
  left: { column: string; why: string }[]
}

export interface TableRequest {
  file: string
  label?: string
  benign?: string
  drop: readonly string[]
}

/** What sets call a row that is no attack, in lower case. */
const BENIGN = ['normal', 'normal.', 'benign', 'background', '0', '0.0', 'false', 'no', '-']
/** Written for a number that is not there. */
const MISSING = new Set(['', '-', '?', 'nan', 'na', 'n/a', 'null', 'none'])
/** A column with more other text than this share of its rows is one of kinds. */
const STRAY = 0.01
/** A column of no more values than this, each of which goes with one label, is the label in other words. */
const FEW = 100
/** ... where each of them is in so many rows on average. */
const REPEATED = 10

/** Reads a CSV (plain, .gz, .xz; separated by comma, semicolon or tab; with a header) or an .npz. Throws an `InputError`. */
export function readTable(request: TableRequest): LabelledTable {
  return request.file.endsWith('.npz') ? readArrays(request) : readCsv(request)
}

function readArrays({ file, label = 'y', benign = '0' }: TableRequest): LabelledTable {
  const arrays = parseArrays(file)
  const { X } = arrays
  const y = arrays[label]
  if (X === undefined || y === undefined) {
    const found = Object.keys(arrays).join(', ')
    throw new InputError(`${file}: needs the arrays X and ${label}; found: ${found === '' ? 'none' : found}`)
  }
  const [n = 0, d = 0] = X.shape
  if (y.values.length !== n) throw new InputError(`${file}: ${label}: has ${y.values.length} values for ${n} rows of X`)
  return {
    columns: Array.from({ length: d }, (_, j) => `X${j}`),
    rows: Float32Array.from(X.values),
    n,
    attack: Uint8Array.from(y.values, (value) => Number(value !== Number(benign))),
    benign,
    benignGiven: true,
    kinds: [],
    left: [],
  }
}

function parseArrays(file: string) {
  const bytes = readMaybeXz(file)
  try {
    return readNpz(bytes)
  } catch (error) {
    throw new InputError(`${file}: is not an .npz of plain numbers (${(error as Error).message})`)
  }
}

function readCsv({ file, label, benign, drop }: TableRequest): LabelledTable {
  const { columns, separator, lines } = readLines(file)
  if (label === undefined) throw new InputError(`${file}: --label must name a column; there are ${columns.join(', ')}`)
  const at = [label, ...drop].map((name) => columnNamed(name, columns, file))
  const cells = lines.map((line, i) => {
    const split = splitLine(line, separator)
    if (split.length !== columns.length)
      throw new InputError(`${file}:${i + 2}: has ${split.length} columns, the header has ${columns.length}`)
    return split
  })
  if (cells.length === 0) throw new InputError(`${file}: has no rows`)
  const labels = cells.map((row) => row[at[0]!]!)
  const normal = benign ?? recognise(labels, file, label)
  if (!labels.includes(normal)) throw new InputError(`${file}: ${label}: no row is "${normal}"; ${someOf(labels)}`)
  const attack = Uint8Array.from(labels, (value) => Number(value !== normal))
  const left: LabelledTable['left'] = drop.map((column) => ({ column, why: 'asked for' }))
  const used: Column[] = []
  columns.forEach((name, j) => {
    if (at.includes(j)) return
    const column = readColumn(cells, j, name, file)
    if (givesAway(cells, j, attack)) left.push({ column: name, why: 'each of its values has one label' })
    else used.push(column)
  })
  const rows = new Float32Array(cells.length * used.length)
  used.forEach(({ values }, j) => {
    for (let i = 0; i < values.length; i++) rows[i * used.length + j] = values[i]!
  })
  return {
    columns: used.map(({ name }) => name),
    rows,
    n: cells.length,
    attack,
    benign: normal,
    benignGiven: benign !== undefined,
    kinds: used.filter(({ kind }) => kind).map(({ name }) => name),
    left,
  }
}

interface Column {
  name: string
  values: Float64Array
  kind: boolean
}

/** Numbers as they are, what is missing as 0; text as the share of rows that have the same. */
function readColumn(cells: readonly string[][], j: number, name: string, file: string): Column {
  let stray = -1
  let strays = 0
  const values = Float64Array.from(cells, (row, i) => {
    const text = row[j]!
    const value = MISSING.has(text.toLowerCase()) ? 0 : Number(text)
    if (!Number.isNaN(value)) return Math.max(-3.4e38, Math.min(3.4e38, value))
    strays++
    if (stray < 0) stray = i
    return 0
  })
  if (strays === 0) return { name, values, kind: false }
  if (strays < STRAY * cells.length)
    throw new InputError(`${file}:${stray + 2}: ${name}: "${cells[stray]![j]!.slice(0, 40)}" is not a number`)
  const counts = new Map<string, number>()
  for (const row of cells) counts.set(row[j]!, (counts.get(row[j]!) ?? 0) + 1)
  return { name, values: Float64Array.from(cells, (row) => counts.get(row[j]!)! / cells.length), kind: true }
}

function givesAway(cells: readonly string[][], j: number, attack: Uint8Array): boolean {
  const labelOf = new Map<string, number>()
  for (let i = 0; i < cells.length; i++) {
    const text = cells[i]![j]!
    if ((labelOf.get(text) ?? attack[i]) !== attack[i]) return false
    labelOf.set(text, attack[i]!)
    if (labelOf.size > FEW) return false
  }
  return labelOf.size > 1 && cells.length >= REPEATED * labelOf.size
}

function recognise(labels: readonly string[], file: string, column: string): string {
  const seen = new Map(labels.map((label) => [label.toLowerCase(), label]))
  const found = BENIGN.find((name) => seen.has(name))
  if (found !== undefined) return seen.get(found)!
  throw new InputError(`${file}: ${column}: which value is benign? Say so with --benign; ${someOf(labels)}`)
}

function someOf(labels: readonly string[]): string {
  const different = [...new Set(labels)]
  return `found: ${different.slice(0, 10).join(', ')}${different.length > 10 ? ' ...' : ''}`
}

function columnNamed(name: string, columns: readonly string[], file: string): number {
  const at = columns.indexOf(name)
  if (at < 0) throw new InputError(`${file}:1: no column "${name}"; there are ${columns.join(', ')}`)
  return at
}

function readLines(file: string): { columns: string[]; separator: string; lines: string[] } {
  const text = unpack(file)
    .toString('utf8')
    .replace(/^\ufeff/, '')
  const [header = '', ...lines] = text.split(/\r?\n/)
  while (lines.at(-1) === '') lines.pop()
  const separator = [',', ';', '\t'].find((one) => header.includes(one))
  if (separator === undefined) throw new InputError(`${file}:1: is no header of columns separated by , ; or tab`)
  return { columns: splitLine(header, separator), separator, lines }
}

function unpack(file: string): Buffer {
  if (!file.endsWith('.gz')) return readMaybeXz(file)
  try {
    return gunzipSync(readFileSync(file))
  } catch (error) {
    throw new InputError(`${file}: cannot be unpacked (${(error as NodeJS.ErrnoException).code ?? 'not gzip'})`)
  }
}

/** Cells without the blanks around them; a cell in double quotes may hold separators (RFC 4180). */
function splitLine(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim())
  const cells: string[] = []
  const pattern = new RegExp(`(?:^|${separator})\\s*(?:"((?:[^"]|"")*)"|([^${separator}]*))`, 'y')
  for (let match = pattern.exec(line); match !== null && match[0] !== ''; match = pattern.exec(line))
    cells.push((match[1]?.replaceAll('""', '"') ?? match[2] ?? '').trim())
  return cells
}
