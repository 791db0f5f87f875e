import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readNpz } from '../../src/evaluate/npz.ts'

/** Labelled rows, row after row; `outlier` is 1 where the label says so. */
export interface LabelledRows {
  rows: Float32Array
  n: number
  d: number
  outlier: Uint8Array
}

const DATA = process.env.NADS_DATA ?? '../shared/data'

/** Path of a file of the developer data set, or null, saying so once, where it is absent. With CI=true that is an error. */
export function findData(name: string): string | null {
  const path = resolve(DATA, name)
  if (existsSync(path)) return path
  if (process.env.CI === 'true') throw new Error(`missing: ${path} (NADS_DATA names the folder)`)
  console.log(`skipped, not found: ${path}`)
  return null
}

/** Whether `xz` can be run, saying so where it cannot. With CI=true that is an error. */
export function findXz(): boolean {
  if (spawnSync('xz', ['--version']).status === 0) return true
  if (process.env.CI === 'true') throw new Error('missing: the command xz')
  console.log('skipped, not on PATH: xz')
  return false
}

/** An ADBench set: `X` and `y` of an .npz file. */
export function readAdbench(path: string): LabelledRows {
  const { X, y } = readNpz(readFileSync(path))
  if (X === undefined || y === undefined) throw new Error(`${path}: no X and y`)
  const [n = 0, d = 0] = X.shape
  return { rows: Float32Array.from(X.values), n, d, outlier: Uint8Array.from(y.values) }
}

/** NSL-KDD: its 38 numeric columns, an outlier being whatever is not of class Normal. Needs the `xz` command. */
export function readNslKdd(path: string): LabelledRows {
  const text = execFileSync('xz', ['-dc', path], { encoding: 'latin1', maxBuffer: 2 ** 30 })
  const [header = '', ...lines] = text.trimEnd().split('\n')
  const names = header.split(',')
  const left = new Set(['Protocol.Type', 'Service', 'Flag', 'Subclass', 'Difficulty.Level', 'Class', 'Type'])
  const columns = names.map((_, i) => i).filter((i) => !left.has(names[i]!.trim()))
  const label = names.indexOf('Class')
  const rows = new Float32Array(lines.length * columns.length)
  const outlier = new Uint8Array(lines.length)
  lines.forEach((line, i) => {
    const fields = line.split(',')
    columns.forEach((column, j) => {
      rows[i * columns.length + j] = Number(fields[column])
    })
    outlier[i] = fields[label] === 'Normal' ? 0 : 1
  })
  return { rows, n: lines.length, d: columns.length, outlier }
}

/** The rows that are not outliers. */
export function inliers({ rows, n, d, outlier }: LabelledRows): { rows: Float32Array; n: number } {
  const kept: number[] = []
  for (let i = 0; i < n; i++) if (outlier[i] === 0) kept.push(i)
  const out = new Float32Array(kept.length * d)
  kept.forEach((row, i) => {
    out.set(rows.subarray(row * d, (row + 1) * d), i * d)
  })
  return { rows: out, n: kept.length }
}

/** The different rows of a set, and which of them each row is: repeated rows need scoring once. */
export function distinctRows({ rows, n, d }: LabelledRows): { rows: Float32Array; n: number; which: Uint32Array } {
  const out = new Float32Array(n * d)
  const places = new Map<string, number>()
  const which = Uint32Array.from({ length: n }, (_, i) => {
    const row = rows.subarray(i * d, (i + 1) * d)
    const key = row.join()
    const place = places.get(key) ?? places.size
    if (place === places.size) {
      places.set(key, place)
      out.set(row, place * d)
    }
    return place
  })
  return { rows: out, n: places.size, which }
}
