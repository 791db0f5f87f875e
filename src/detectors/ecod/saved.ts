import { z } from 'zod'
import { fromBase64, toBase64 } from '../../math/base64.ts'
import { InputError } from '../../types/errors.ts'

/** All that the detector has learned. */
export interface SavedTails {
  /** Names, in order. */
  features: string[]
  learned: number
  next: number
  tails: Uint16Array
  scores: Float64Array
  early: Float64Array
}

const NAME = 'ecod'
const VERSION = 1
const count = z.number().int().min(0)
const schema = z.strictObject({
  detector: z.literal(NAME),
  version: z.literal(VERSION),
  features: z.array(z.string()),
  learned: count,
  next: count,
  tails: z.base64(),
  scores: z.base64(),
  early: z.base64(),
})

/** As JSON: numbers in bulk are base64 of their bytes. */
export function encodeTails({ tails, scores, early, ...rest }: SavedTails): z.infer<typeof schema> {
  const bulk = { tails: toBase64(tails), scores: toBase64(scores), early: toBase64(early) }
  return { detector: NAME, version: VERSION, ...rest, ...bulk }
}

/** What `encodeTails` gave. Throws an `InputError` when it is not that, or was made of other features. */
export function decodeTails(saved: unknown, features: readonly string[]): SavedTails {
  const parsed = schema.safeParse(saved)
  if (!parsed.success) throw notSaved(NAME, z.prettifyError(parsed.error))
  const { features: names, learned, next } = parsed.data
  checkFeatures(names, features)
  const d = features.length
  const tails = fromBase64(parsed.data.tails, 2 * d)
  const scores = fromBase64(parsed.data.scores, 8)
  const early = fromBase64(parsed.data.early, 8, next === 0 ? 0 : d * learned)
  if (tails === null || scores === null || early === null) throw notSaved(NAME, 'it is cut short')
  return {
    features: names,
    learned,
    next,
    tails: new Uint16Array(tails),
    scores: new Float64Array(scores),
    early: new Float64Array(early),
  }
}

/** What to throw at something that is not a saved model. */
export function notSaved(detector: string, why: string): InputError {
  return new InputError(`not a saved ${detector} model: ${why.split('\n')[0]}`)
}

/** Throws an `InputError` that names the first feature in which a saved model differs from what is expected. */
export function checkFeatures(saved: readonly string[], expected: readonly string[]): void {
  const longest = saved.length > expected.length ? saved : expected
  const at = longest.findIndex((_, i) => saved[i] !== expected[i])
  if (at < 0) return
  const [was, is] = [saved[at] ?? 'nothing', expected[at] ?? 'nothing']
  throw new InputError(`the saved model was made of other features: number ${at} was ${was} and is ${is} now`)
}
