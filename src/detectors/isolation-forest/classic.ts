import type { Feature } from '../../features/feature.ts'
import { Calibration } from '../../math/calibration.ts'
import type { Observation } from '../../types/observation.ts'
import type { Detector } from '../detector.ts'
import { FeatureTails } from '../ecod/tails.ts'
import { forestBasis, rescore } from './basis.ts'
import { fitForest } from './fit.ts'
import { decisionFunction, type Forest } from './forest.ts'
import { LABEL, NAME, scoreOfDecision } from './score.ts'
import { fitScaler, type StandardScaler, standardise } from './standard-scaler.ts'

/** Features the original looked at: the first of the list. */
const FEATURES = 7
const CONTAMINATION = 0.15
const FINEST = 0.005

export interface ClassicOptions {
  seed: number
  features: readonly Feature[]
  warmup: number
  trees: number
}

/** The original: trained once on the first `warmup` flows, standardised, with 15 % of them taken for anomalies. */
export function createClassicForest({ seed, features, warmup, trees }: ClassicOptions): Detector {
  const chosen = features.slice(0, FEATURES)
  const d = chosen.length
  const training = new Float64Array(warmup * d)
  const row = new Float32Array(d)
  const tails = new FeatureTails(chosen, warmup)
  const calibration = new Calibration(warmup, FINEST)
  let learned = 0
  let rank = 1
  let trained: { scaler: StandardScaler; forest: Forest } | null = null

  function train(): void {
    const scaler = fitScaler(training, warmup, d)
    const rows = new Float32Array(warmup * d)
    for (let i = 0; i < warmup; i++) standardise(scaler, training, i * d, rows, i * d)
    const forest = fitForest(rows, warmup, d, { trees, contamination: CONTAMINATION, seed })
    for (let i = 0; i < warmup; i++) calibration.push(-decisionFunction(forest, rows, i * d))
    trained = { scaler, forest }
  }

  return {
    name: NAME,
    kind: 'model',
    get p() {
      return rank
    },
    get status() {
      return { name: LABEL, state: trained === null ? 'learning' : 'active', learned, needed: warmup } as const
    },
    score({ features: values }: Observation) {
      rank = 1
      if (trained === null) return 0
      standardise(trained.scaler, values, 0, row, 0)
      const decision = decisionFunction(trained.forest, row, 0)
      rank = calibration.p(-decision)
      return scoreOfDecision(decision)
    },
    explain: ({ features: values, context }) =>
      trained === null ? [] : tails.explain(NAME, values.subarray(0, d), context),
    unusual: ({ features: values }) => (trained === null ? [] : tails.unusual(values.subarray(0, d))),
    basis({ features: values }) {
      if (trained === null) return null
      const { scaler, forest } = trained
      standardise(scaler, values, 0, row, 0)
      const rank = calibration.place(-decisionFunction(forest, row, 0))
      return forestBasis({ forest, scaler, reach: null, learned, row, rank })
    },
    recompute({ features: values }, basis) {
      if (basis === null) return { score: 0, p: 1 }
      const { decision, p } = rescore(basis, values.slice(0, d))
      return { score: scoreOfDecision(decision), p }
    },
    findings: () => [],
    learn({ features: values }) {
      if (learned === warmup) return
      training.set(values.subarray(0, d), learned * d)
      tails.add(values.subarray(0, d))
      learned++
      if (learned === warmup) train()
    },
  }
}
