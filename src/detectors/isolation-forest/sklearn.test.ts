import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { percentile } from '../../math/percentile.ts'
import { decisionFunction, type Forest, scoreSample, scoreSamples } from './forest.ts'
import { importSklearn, type SklearnTree } from './sklearn.ts'
import { fitScaler, standardise } from './standard-scaler.ts'

/** What scripts/sklearn-fixture.py writes. */
interface Fixture {
  max_samples_: number
  train: number[][]
  unseen: number[][]
  scaler: { mean_: number[]; scale_: number[] } | null
  trees: SklearnTree[]
  score_samples: { train: number[]; unseen: number[] }
  decisions: {
    contamination: number | 'auto'
    offset_: number
    decision_function: number[]
    predict: { train: number[]; unseen: number[] }
  }[]
}

const FOLDER = new URL('../../../test/fixtures/isolation-forest/', import.meta.url)
const EXACT = 1e-12

describe.each(readdirSync(FOLDER))('against scikit-learn, %s', (file) => {
  const fixture: Fixture = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
  const d = fixture.train[0]!.length
  const train = standardised(fixture)
  const unseen = Float32Array.from(fixture.unseen.flat())
  const forest = importSklearn(fixture.trees, d, fixture.max_samples_, 0)

  it('scores what it was trained on and what it never saw as scikit-learn does', () => {
    expect(worst(scoreAll(forest, train), fixture.score_samples.train)).toBeLessThanOrEqual(EXACT)
    expect(worst(scoreAll(forest, unseen), fixture.score_samples.unseen)).toBeLessThanOrEqual(EXACT)
  })

  it('scores one row as it scores many', () => {
    const batch = scoreAll(forest, unseen)
    fixture.unseen.forEach((_, i) => {
      expect(Math.abs(scoreSample(forest, unseen, i * d) - batch[i]!)).toBeLessThanOrEqual(1e-15)
    })
  })

  it.each(fixture.decisions)('decides as scikit-learn does with contamination $contamination', (decision) => {
    const scores = scoreAll(forest, train)
    forest.offset = decision.contamination === 'auto' ? -0.5 : percentile(scores, 100 * decision.contamination)
    expect(Math.abs(forest.offset - decision.offset_)).toBeLessThanOrEqual(EXACT)
    forest.offset = decision.offset_
    const decided = fixture.unseen.map((_, i) => decisionFunction(forest, unseen, i * d))
    expect(worst(decided, decision.decision_function)).toBeLessThanOrEqual(EXACT)
    expect(decided.map((value) => (value < 0 ? -1 : 1))).toEqual(decision.predict.unseen)
  })

  it('standardises as StandardScaler does', () => {
    const scaler = fitScaler(Float64Array.from(fixture.train.flat()), fixture.train.length, d)
    const expected = fixture.scaler
    if (expected === null) return expect(scaler.scale[Math.min(3, d - 1)]).toBe(1)
    expect(worst(scaler.mean, expected.mean_)).toBeLessThanOrEqual(1e-6)
    expected.scale_.forEach((scale, i) => {
      expect(Math.abs(scaler.scale[i]! / scale - 1)).toBeLessThanOrEqual(EXACT)
    })
  })
})

function standardised({ train, scaler }: Fixture): Float32Array {
  const d = train[0]!.length
  const flat = train.flat()
  if (scaler === null) return Float32Array.from(flat)
  const out = new Float32Array(flat.length)
  const own = { mean: Float64Array.from(scaler.mean_), scale: Float64Array.from(scaler.scale_) }
  train.forEach((_, i) => {
    standardise(own, flat, i * d, out, i * d)
  })
  return out
}

function scoreAll(forest: Forest, rows: Float32Array): Float64Array {
  const n = rows.length / forest.dimensions
  return scoreSamples(forest, rows, n, new Float64Array(n))
}

function worst(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  return Math.max(...Array.from(wanted, (value, i) => Math.abs(value - got[i]!)))
}
