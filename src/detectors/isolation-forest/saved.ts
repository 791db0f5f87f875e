import { z } from 'zod'
import { InputError } from '../../types/errors.ts'
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
  tails: Uint16Array
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
  tails: z.base64(),
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
    tails: toBase64(tails),
  }
}

/** What `encodeModel` gave. Throws an `InputError` when it is not that, or was made of other features, trees or flows. */
export function decodeModel(
  saved: unknown,
  expected: { features: readonly string[]; window: number; trees: number },
): Model {
  const parsed = schema.safeParse(saved)
  if (!parsed.success)
    throw new InputError(`not a saved ${NAME} model: ${z.prettifyError(parsed.error).split('\n')[0]}`)
  const { mean, scale, reach, forest, rows, scores, tails, detector, version, ...rest } = parsed.data
  const d = expected.features.length
  checkFeatures(rest.features, expected.features)
  const held = Math.min(rest.learned, expected.window)
  return {
    ...rest,
    scaler: { mean: doubles(mean, d, 'mean'), scale: doubles(scale, d, 'scale') },
    reach: new Float32Array(bytes(reach, 16 * d, 'reach')),
    forest: forest === null ? null : decodeForest(forest, expected.trees, d),
    rows: new Float32Array(bytes(rows, 4 * d * held, 'rows')),
    scores: new Float64Array(bytes(scores, null, 'scores')),
    tails: new Uint16Array(bytes(tails, 2 * d * held, 'tails')),
  }
}

function encodeForest({ subsample, offset, column, threshold, leaf }: Forest) {
  return { subsample, offset, column: toBase64(column), threshold: toBase64(threshold), leaf: toBase64(leaf) }
}

function decodeForest(saved: NonNullable<z.infer<typeof schema>['forest']>, trees: number, d: number): Forest {
  const forest = createForest(trees, treeDepth(saved.subsample), d)
  forest.subsample = saved.subsample
  forest.offset = saved.offset
  const column = new Uint8Array(bytes(saved.column, forest.column.byteLength, 'trees'))
  if (column.some((value) => value >= d))
    throw new InputError(`not a saved ${NAME} model: a tree asks for a feature there is not`)
  forest.column.set(column)
  forest.threshold.set(new Float32Array(bytes(saved.threshold, forest.threshold.byteLength, 'trees')))
  forest.leaf.set(doubles(saved.leaf, forest.leaf.length, 'trees'))
  return forest
}

function checkFeatures(saved: readonly string[], expected: readonly string[]): void {
  const at = expected.findIndex((name, i) => name !== saved[i])
  if (at < 0 && saved.length === expected.length) return
  const place = at < 0 ? expected.length : at
  const [was, is] = [saved[place] ?? 'nothing', expected[place] ?? 'nothing']
  throw new InputError(`the saved model was made of other features: number ${place} was ${was} and is ${is} now`)
}

function doubles(base64: string, length: number, what: string): Float64Array {
  return new Float64Array(bytes(base64, 8 * length, what))
}

function bytes(base64: string, length: number | null, what: string): ArrayBuffer {
  const buffer = Uint8Array.from(Buffer.from(base64, 'base64')).buffer
  if (length === null ? buffer.byteLength % 8 === 0 : buffer.byteLength === length) return buffer
  throw new InputError(`not a saved ${NAME} model: ${what} of ${buffer.byteLength} bytes, not ${length ?? 'doubles'}`)
}

function toBase64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}
