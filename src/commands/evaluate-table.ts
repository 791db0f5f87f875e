import { basename } from 'node:path'
import { FeatureTails } from '../detectors/ecod/tails.ts'
import { fitForest } from '../detectors/isolation-forest/fit.ts'
import { scoreSamples } from '../detectors/isolation-forest/forest.ts'
import { type LabelledTable, readTable, type TableRequest } from '../evaluate/table.ts'
import type { Feature } from '../features/feature.ts'
import { createRandom, integer } from '../math/random.ts'
import { averagePrecision, rocAuc } from '../math/ranking.ts'
import { InputError } from '../types/errors.ts'

export interface TableOptions extends TableRequest {
  /** Learn from all rows, or from those labelled benign; scored are all rows. */
  fit: 'all' | 'benign'
  seeds: number
}

export interface TableResult {
  file: string
  rows: number
  attacks: number
  columns: number
  benign: string
  benignGiven: boolean
  kinds: string[]
  left: LabelledTable['left']
  fit: 'all' | 'benign'
  fitted: number
  models: { name: string; rocAuc: number; averagePrecision: number; deviation: number; runs: number }[]
}

const TREES = 100
const SUBSAMPLE = 256
/** Rows ECOD compares with. */
const COMPARED = 65_535

/** How well the two models tell labelled rows apart. Throws an `InputError` that names file, line and column. */
export function evaluateTable(options: TableOptions): TableResult {
  const table = readTable(options)
  const { n, attack, columns } = table
  const attacks = attack.reduce((sum, value) => sum + value, 0)
  if (attacks === 0 || attacks === n)
    throw new InputError(`${options.file}: all rows have the same label: nothing can be told apart`)
  const fitted = options.fit === 'all' ? { rows: table.rows, n } : benignRows(table)
  return {
    file: options.file,
    rows: n,
    attacks,
    columns: columns.length,
    benign: table.benign,
    benignGiven: table.benignGiven,
    kinds: table.kinds,
    left: table.left,
    fit: options.fit,
    fitted: fitted.n,
    models: [
      summary(
        'Isolation Forest',
        seedsOf(options.seeds).map((seed) => separation(forestScores(table, fitted, seed), attack)),
      ),
      summary('ECOD', [separation(tailScores(table, fitted), attack)]),
    ],
  }
}

/** The same for a person. */
export function describeTable(result: TableResult): string {
  const { file, rows, attacks, columns, benign, benignGiven, kinds, left, fit, fitted, models } = result
  const lines = [
    `${basename(file)}: ${rows} rows of ${columns} columns, ${attacks} attacks; benign is "${benign}" (${benignGiven ? 'as given' : 'recognised by its name'})`,
    `learned from ${fitted} rows (${fit}), scored ${rows}`,
    ...(kinds.length === 0 ? [] : [`text, taken as the share of rows with the same: ${kinds.join(', ')}`]),
    ...left.map(({ column, why }) => `left out: ${column} (${why})`),
    ...models.map(
      ({ name, rocAuc, averagePrecision, deviation, runs }) =>
        `  ${name.padEnd(17)} ROC-AUC ${rocAuc.toFixed(4)}  average precision ${averagePrecision.toFixed(4)}` +
        (runs === 1 ? '' : `  (mean of ${runs} seeds, ROC-AUC ± ${deviation.toFixed(4)})`),
    ),
  ]
  return `${lines.join('\n')}\n`
}

interface Rows {
  rows: Float32Array
  n: number
}

function benignRows({ rows, n, attack, columns: { length: d } }: LabelledTable): Rows {
  const kept = Array.from(attack.keys()).filter((i) => attack[i] === 0)
  const out = new Float32Array(kept.length * d)
  kept.forEach((row, i) => {
    out.set(rows.subarray(row * d, (row + 1) * d), i * d)
  })
  return { rows: out, n: n === 0 ? 0 : kept.length }
}

function forestScores({ rows, n, columns: { length: d } }: LabelledTable, fitted: Rows, seed: number): Float64Array {
  const forest = fitForest(fitted.rows, fitted.n, d, { seed, trees: TREES, subsample: Math.min(SUBSAMPLE, fitted.n) })
  return scoreSamples(forest, rows, n, new Float64Array(n)).map((score) => -score)
}

function tailScores({ rows, n, columns }: LabelledTable, fitted: Rows): Float64Array {
  const d = columns.length
  const features = columns.map((name): Feature => ({ name, label: name, unit: '', scale: 'linear', of: () => 0 }))
  const tails = new FeatureTails(features, Math.min(COMPARED, fitted.n))
  const random = createRandom(1)
  const take = fitted.n <= COMPARED ? (i: number): number => i : (): number => integer(random, 0, fitted.n - 1)
  const vector = new Float64Array(d)
  for (let i = 0; i < Math.min(COMPARED, fitted.n); i++) {
    const row = take(i)
    vector.set(fitted.rows.subarray(row * d, (row + 1) * d))
    tails.add(vector)
  }
  return Float64Array.from({ length: n }, (_, i) => {
    vector.set(rows.subarray(i * d, (i + 1) * d))
    return tails.strangeness(vector)
  })
}

interface Separation {
  rocAuc: number
  averagePrecision: number
}

function separation(scores: Float64Array, attack: Uint8Array): Separation {
  return { rocAuc: rocAuc(scores, attack), averagePrecision: averagePrecision(scores, attack) }
}

function seedsOf(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1)
}

function summary(name: string, runs: readonly Separation[]): TableResult['models'][number] {
  const mean = (of: (run: Separation) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  const centre = mean((run) => run.rocAuc)
  const deviation = Math.sqrt(mean((run) => (run.rocAuc - centre) ** 2))
  return { name, rocAuc: centre, averagePrecision: mean((run) => run.averagePrecision), deviation, runs: runs.length }
}
