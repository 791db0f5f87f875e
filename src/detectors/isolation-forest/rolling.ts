import type { Feature } from '../../features/feature.ts'
import { Calibration } from '../../math/calibration.ts'
import type { FeatureView } from '../../types/api.ts'
import type { ModelStatus } from '../../types/events.ts'
import type { Observation } from '../../types/observation.ts'
import type { Finding, Reason } from '../../types/verdict.ts'
import type { Detector, Said } from '../detector.ts'
import { isKept } from '../ecod/sampling.ts'
import { notSaved } from '../ecod/saved.ts'
import { FeatureTails } from '../ecod/tails.ts'
import { forestBasis, rescore } from './basis.ts'
import { crossScores, LEARNED_SHARE, reachOf } from './cross-score.ts'
import { createTreeGrower, fitForest, type TreeGrower, treeRandom } from './fit.ts'
import type { Forest } from './forest.ts'
import { createModelInput, type ModelInput } from './model-input.ts'
import { Reach } from './reach.ts'
import { decodeModel, encodeModel } from './saved.ts'
import { LABEL, NAME, scoreOfDecision, strangeness } from './score.ts'
import { fitScaler, type StandardScaler, standardise, unstandardise } from './standard-scaler.ts'
import { createWalk, WALK_DEPTH, type Walk } from './walk.ts'

/** Rows a tree is grown from. */
const SUBSAMPLE = 256
/** Flows learned between two trees: the whole forest is new after 1,600. */
const PER_TREE = 16
/** Scores that differ by less say nothing. */
const FINEST = 0.005

export interface RollingOptions {
  seed: number
  features: readonly Feature[]
  warmup: number
  trees: number
  window: number
  /** What explanations compare with, kept by another detector that learns the same flows; null: its own. */
  tails: FeatureTails | null
}

/**
 * A forest that keeps learning. It is grown anew after `warmup` flows and each time they have doubled, until trees are of
 * full size; from then on every 16th flow one tree, in turn, is grown anew from the last `window` flows, so that there is
 * never a pause. A flow is ranked among the scores that earlier ones had before they were learned.
 */
export class RollingForest implements Detector {
  readonly name = NAME
  readonly kind = 'model'
  private readonly options: RollingOptions
  private readonly view: ModelInput
  private readonly input: Float64Array
  /** The row last scored, as features and as the forest sees it, with its score: scored once, not again to learn. */
  private readonly seen: Float64Array
  private readonly row: Float32Array
  private strange = Number.NaN
  private rank = 1

  private readonly rows: Float32Array
  private readonly tails: FeatureTails
  private readonly calibration: Calibration
  private scaler: StandardScaler
  private reach: Reach
  private forest: Forest | null = null
  private grow: TreeGrower | null = null
  /** The forest again, laid out for one row at a time, once its trees are of full size. */
  private walk: Walk | null = null
  private seed: number
  private learned = 0
  private grown = 0
  private nextFit: number

  constructor(options: RollingOptions) {
    const { features, warmup, window, seed } = options
    this.view = createModelInput(features)
    const d = this.view.columns
    this.options = { ...options, window: Math.max(window, warmup) }
    this.seed = seed
    this.nextFit = warmup
    this.input = new Float64Array(d)
    this.seen = new Float64Array(features.length).fill(Number.NaN)
    this.row = new Float32Array(d)
    this.rows = new Float32Array(d * this.options.window)
    this.tails = options.tails ?? new FeatureTails(features, this.options.window)
    this.calibration = new Calibration(this.options.window, FINEST)
    this.scaler = { mean: new Float64Array(d), scale: new Float64Array(d).fill(1) }
    this.reach = new Reach(d)
  }

  get p(): number {
    return this.rank
  }

  get status(): ModelStatus {
    const { learned, options, forest } = this
    return { name: LABEL, state: forest === null ? 'learning' : 'active', learned, needed: options.warmup }
  }

  get bytes(): number {
    const { rows, calibration, forest, walk, options, tails } = this
    const grown = forest === null ? 0 : forest.column.byteLength + forest.threshold.byteLength + forest.leaf.byteLength
    return rows.byteLength + calibration.bytes + grown + (walk?.bytes ?? 0) + (options.tails === null ? tails.bytes : 0)
  }

  score({ features }: Observation): number {
    this.rank = 1
    if (this.forest === null) return 0
    const strange = this.judge(this.forest, features)
    this.rank = this.calibration.p(strange)
    return scoreOfDecision(-strange - this.forest.offset)
  }

  explain({ features, context }: Observation): Reason[] {
    return this.forest === null ? [] : this.tails.explain(NAME, features, context)
  }

  unusual({ features }: Observation): { index: number; usual: number }[] {
    return this.forest === null ? [] : this.tails.unusual(features)
  }

  basis({ features }: Observation): unknown {
    const { forest, scaler, reach, learned, row, calibration } = this
    if (forest === null) return null
    const strange = this.judge(forest, features)
    return forestBasis({ forest, scaler, reach, learned, row, rank: calibration.place(strange) })
  }

  recompute({ features }: Observation, basis: unknown): Said {
    if (basis === null) return { score: 0, p: 1 }
    const input = new Float64Array(this.view.columns)
    this.view.write(features, input)
    const { decision, p } = rescore(basis, input)
    return { score: scoreOfDecision(decision), p }
  }

  /** A model names nothing. */
  findings(): Finding[] {
    return []
  }

  learn({ features }: Pick<Observation, 'features'>): void {
    const { learned, row, options } = this
    const kept = isKept(learned, options.warmup)
    if (this.forest !== null && kept) this.calibration.push(this.judge(this.forest, features))
    else this.prepare(features)
    if (kept && this.options.tails === null) this.tails.add(features)
    this.rows.set(row, (learned % options.window) * row.length)
    this.reach.add(row, 0)
    this.strange = Number.NaN
    this.learned++
    if (this.learned % (options.window >> 1) === 0) this.reach.renew()
    if (this.learned === this.nextFit) this.fit()
    else if (this.grow !== null && this.learned % PER_TREE === 0) this.replaceTree(this.grow)
  }

  distributions(): FeatureView[] {
    return this.tails.distributions()
  }

  retrain(): boolean {
    if (this.forest === null) return false
    this.fit()
    return true
  }

  toJSON(): unknown {
    const { seed, learned, grown, nextFit, scaler, reach, forest, rows, row, options, calibration, tails } = this
    return encodeModel({
      features: options.features.map(({ name }) => name),
      seed,
      learned,
      grown,
      nextFit,
      scaler,
      reach: reach.toArray(),
      forest,
      rows: rows.slice(0, row.length * Math.min(learned, options.window)),
      scores: calibration.toArray(),
      // What another keeps, another saves.
      tails: options.tails === null ? tails.toArray() : null,
    })
  }

  restore(saved: unknown): void {
    const { features, window, trees } = this.options
    const { columns } = this.view
    const model = decodeModel(saved, { features: features.map(({ name }) => name), columns, window, trees })
    if (this.options.tails === null && (model.tails === null || !this.tails.restore(model.tails)))
      throw notSaved(NAME, 'no such rows')
    this.rows.set(model.rows)
    this.calibration.clear()
    for (const score of model.scores) this.calibration.push(score)
    this.seed = model.seed
    this.learned = model.learned
    this.grown = model.grown
    this.nextFit = model.nextFit
    this.scaler = model.scaler
    this.reach = new Reach(columns, model.reach)
    this.setForest(model.forest)
  }

  /** How strange a feature vector is. */
  private judge(forest: Forest, features: Float64Array): number {
    if (Number.isNaN(this.strange) || !equal(this.seen, features)) {
      this.prepare(features)
      this.seen.set(features)
      this.strange = strangeness(forest, this.reach, this.row, 0, this.walk)
    }
    return this.strange
  }

  /** Leaves what the forest sees of a feature vector in `row`. */
  private prepare(features: Float64Array): void {
    this.strange = Number.NaN
    this.view.write(features, this.input)
    standardise(this.scaler, this.input, 0, this.row, 0)
  }

  private fit(): void {
    const { seed, rows, learned, options } = this
    const { window, trees } = options
    const d = this.row.length
    const n = Math.min(learned, window)
    unstandardise(this.scaler, rows, n)
    this.scaler = fitScaler(rows, n, d)
    for (let i = 0; i < n; i++) standardise(this.scaler, rows, i * d, rows, i * d)
    this.reach = reachOf(rows, n, d)

    const subsample = Math.min(SUBSAMPLE, Math.floor(LEARNED_SHARE * n))
    const how = { seed: seed + this.grown, trees, subsample }
    this.grown += trees
    this.calibration.clear()
    for (const score of crossScores(rows, n, d, how)) this.calibration.push(score)
    const complete = subsample === Math.min(SUBSAMPLE, Math.floor(LEARNED_SHARE * window))
    this.nextFit = complete ? 0 : 2 * learned
    this.setForest(fitForest(rows, n, d, how))
  }

  private setForest(forest: Forest | null): void {
    this.forest = forest
    this.grow = forest !== null && this.nextFit === 0 ? createTreeGrower(forest) : null
    this.walk = forest !== null && forest.depth === WALK_DEPTH && forest.trees % 4 === 0 ? createWalk(forest) : null
    this.strange = Number.NaN
  }

  private replaceTree(grow: TreeGrower): void {
    const { learned, options, rows, seed } = this
    const tree = (learned / PER_TREE) % options.trees
    grow(tree, rows, Math.min(learned, options.window), treeRandom(seed, this.grown++))
    this.walk?.copy(tree)
  }
}

function equal(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
