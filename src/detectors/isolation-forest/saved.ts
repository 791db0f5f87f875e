import { z } from 'zod'
import { fromBase64, toBase64 } from '../../math/base64.ts'
import { checkFeatures, notSaved } from '../ecod/saved.ts'
import { createForest, type Forest, treeDepth } from './forest.ts'
import { NAME } from './score.ts'
import type { StandardScaler } from './standard-scaler.ts'

/** All that a rolling forest is. */
export interface Model {
  /** Names, in order. */
  features: string[]
  seed: number
  learned: number
  grown: number
  nextFit: number
  scaler: StandardScaler
  /** As `Reach` has it: 4 values a feature. */
  reach: Float32Array
  forest: Forest | null
  rows: Float32Array
  scores: Float64Array
  tails: Uint16Array | null
}

const VERSION = 1
const count = z.number().int().min(0)
const schema = z.strictObject({
  detector: z.literal(NAME),
  version: z.literal(VERSION),
  features: z.array(z.string()),
  seed: z.number().int(),
  learned: count,
  grown: count,
  nextFit: count,
  mean: z.base64(),
  scale: z.base64(),
  reach: z.base64(),
  forest: z
    .strictObject({
      subsample: count.min(1).max(4096),
      offset: z.number(),
      column: z.base64(),
      threshold: z.base64(),
      leaf: z.base64(),
    })
    .nullable(),
  rows: z.base64(),
  scores: z.base64(),
  tails: z.base64().nullable(),
})

/** A model as JSON: numbers in bulk are base64 of their little-endian bytes. */
export function encodeModel({ scaler, reach, forest, rows, scores, tails, ...rest }: Model): z.infer<typeof schema> {
  return {
    detector: NAME,
    version: VERSION,
    ...rest,
    mean: toBase64(scaler.mean),
    scale: toBase64(scaler.scale),
    reach: toBase64(reach),
    forest: forest === null ? null : encodeForest(forest),
    rows: toBase64(rows),
    scores: toBase64(scores),
    tails: tails && toBase64(tails),
  }
}

/** What `encodeModel` gave. Throws an `InputError` when it is not that, or was made of other features, trees or flows. */
export function decodeModel(
  saved: unknown,
  expected: { features: readonly string[]; columns: number; window: number; trees: number },
): Model {
  const parsed = schema.safeParse(saved)
  if (!parsed.success) throw notSaved(NAME, z.prettifyError(parsed.error))
  const { mean, scale, reach, forest, rows, scores, tails, detector, version, ...rest } = parsed.data
  const d = expected.columns
  checkFeatures(rest.features, expected.features)
  const held = Math.min(rest.learned, expected.window)
  return {
    ...rest,
    scaler: { mean: new Float64Array(bytes(mean, 8, d)), scale: new Float64Array(bytes(scale, 8, d)) },
    reach: new Float32Array(bytes(reach, 4, 4 * d)),
    forest: forest === null ? null : decodeForest(forest, expected.trees, d),
    rows: new Float32Array(bytes(rows, 4, d * held)),
    scores: new Float64Array(bytes(scores, 8)),
    tails: tails === null ? null : new Uint16Array(bytes(tails, 2 * expected.features.length)),
  }
}

function encodeForest({ subsample, offset, column, threshold, leaf }: Forest) {
  return { subsample, offset, column: toBase64(column), threshold: toBase64(threshold), leaf: toBase64(leaf) }
}

function decodeForest(saved: NonNullable<z.infer<typeof schema>['forest']>, trees: number, d: number): Forest {
  const forest = createForest(trees, treeDepth(saved.subsample), d)
  forest.subsample = saved.subsample
  forest.offset = saved.offset
  const column = new Uint8Array(bytes(saved.column, 1, forest.column.length))
  if (column.some((value) => value >= d)) throw notSaved(NAME, 'a tree asks for a feature there is not')
  forest.column.set(column)
  forest.threshold.set(new Float32Array(bytes(saved.threshold, 4, forest.threshold.length)))
  forest.leaf.set(new Float64Array(bytes(saved.leaf, 8, forest.leaf.length)))
  return forest
}

function bytes(base64: string, elementBytes: number, count?: number): ArrayBuffer {
  const buffer = fromBase64(base64, elementBytes, count)
  if (buffer === null) throw notSaved(NAME, 'it is cut short')
  return buffer
}
