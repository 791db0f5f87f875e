import { createHash } from 'node:crypto'
import { z } from 'zod'
import { fromBase64, toBase64 } from '../../math/base64.ts'
import { type Place, pOfPlace } from '../../math/calibration.ts'
import { placeSchema } from '../../math/place.ts'
import { type Forest, leafOf, scoreOfLeaves } from './forest.ts'
import { Reach } from './reach.ts'
import { strangenessOf } from './score.ts'
import { type StandardScaler, standardise } from './standard-scaler.ts'

/**
 * What one score of a forest rests on. Not the trees, which are 330 kB: the leaf each of them came to, and the cell of the
 * feature space (lowest, exclusive, and highest value of each column) in which all of them come to those very leaves.
 */
const schema = z.object({
  /** First 16 digits of the SHA-256 of the trees, and flows learned from by then. */
  model: z.string(),
  learned: z.number(),
  subsample: z.number(),
  offset: z.number(),
  mean: z.base64(),
  scale: z.base64(),
  low: z.base64(),
  high: z.base64(),
  leaves: z.base64(),
  reach: z.base64().nullable(),
  rank: placeSchema,
})

export type ForestBasis = z.infer<typeof schema>

export interface Judged {
  forest: Forest
  scaler: StandardScaler
  /** Null for a forest that does not look beyond what it learned; it ranks decisions, not strangeness. */
  reach: Reach | null
  learned: number
  /** The row as the forest sees it. */
  row: Float32Array
  rank: Place
}

/** Writes down how `row` came to its score. */
export function forestBasis({ forest, scaler, reach, learned, row, rank }: Judged): ForestBasis {
  const low = new Float32Array(row.length).fill(Number.NEGATIVE_INFINITY)
  const high = new Float32Array(row.length).fill(Number.POSITIVE_INFINITY)
  const leaves = Float64Array.from({ length: forest.trees }, (_, tree) => leafOf(forest, tree, row, low, high))
  const hash = createHash('sha256').update(forest.column).update(forest.threshold).update(forest.leaf)
  return {
    model: hash.digest('hex').slice(0, 16),
    learned,
    subsample: forest.subsample,
    offset: forest.offset,
    mean: toBase64(scaler.mean),
    scale: toBase64(scaler.scale),
    low: toBase64(low),
    high: toBase64(high),
    leaves: toBase64(leaves),
    reach: reach === null ? null : toBase64(reach.toArray()),
    rank,
  }
}

/**
 * Decision (below 0 is an outlier) and p of `input`, features as the model sees them before they are standardised; NaN where
 * it is not the flow that `saved` was written of.
 */
export function rescore(saved: unknown, input: Float64Array): { decision: number; p: number } {
  const basis = schema.parse(saved)
  const d = input.length
  const row = new Float32Array(d)
  standardise({ mean: doubles(basis.mean), scale: doubles(basis.scale) }, input, 0, row, 0)
  const [low, high] = [singles(basis.low), singles(basis.high)]
  if (row.some((value, j) => value <= low[j]! || value > high[j]!)) return { decision: Number.NaN, p: Number.NaN }
  const sample = scoreOfLeaves(doubles(basis.leaves), basis.subsample)
  const decision = sample - basis.offset
  if (basis.reach === null) return { decision, p: pOfPlace(-decision, basis.rank) }
  const strange = strangenessOf(sample, new Reach(d, singles(basis.reach)), row, 0)
  return { decision: -strange - basis.offset, p: pOfPlace(strange, basis.rank) }
}

function doubles(text: string): Float64Array {
  return new Float64Array(fromBase64(text, 8) ?? new ArrayBuffer(0))
}

function singles(text: string): Float32Array {
  return new Float32Array(fromBase64(text, 4) ?? new ArrayBuffer(0))
}
