import { z } from 'zod'
import type { Feature } from '../../features/feature.ts'
import { fromBase64, toBase64 } from '../../math/base64.ts'
import { Calibration, pOfPlace } from '../../math/calibration.ts'
import { placeSchema } from '../../math/place.ts'
import { power } from '../../math/power.ts'
import type { Observation } from '../../types/observation.ts'
import type { Detector } from '../detector.ts'
import { isKept } from './sampling.ts'
import { decodeTails, encodeTails, notSaved } from './saved.ts'
import { FeatureTails } from './tails.ts'

const NAME = 'ecod'
const LABEL = 'ECOD'
/** Scores differ by this much before it means anything: a hundredth of a nat. */
const FINEST = 0.01
/** p at which the score is 0.5: what one ordinary flow in 300 has. */
const HALF = 0.0034
/** Flows up to which the scores to rank against are taken anew each time the flows have doubled. */
const SETTLED = 320
/** Flows compared with unless told otherwise. */
export const WINDOW = 4096

const basisSchema = z.nullable(
  z.object({ learned: z.number(), size: z.number(), companies: z.base64(), rank: placeSchema }),
)

export interface EcodOptions {
  /** What the vectors of the observations hold, in order. */
  features: readonly Feature[]
  /** Flows learned from before the first verdict, at least 8. Default 20. */
  warmup?: number
  /** Flows compared with, and scores ranked against, at most 65,535. Default 4,096. */
  window?: number
  /** Where what is usual is kept, empty and of that window; its own unless given. */
  tails?: FeatureTails
}

/**
 * ECOD (Li et al. 2022) over a sliding window: a flow is as strange as its features are far out in the tails of the last
 * flows learned from, each taken for itself. Nothing in it is random.
 */
export function createEcodDetector(options: EcodOptions): Detector {
  const { features, warmup = 20, window = WINDOW } = options
  const d = features.length
  const size = Math.max(window, warmup)
  const tails = options.tails ?? new FeatureTails(features, size)
  const calibration = new Calibration(size, FINEST)
  /** The first rows, kept until the scores have settled. */
  const early = new Float64Array(d * Math.max(SETTLED, warmup))
  let learned = 0
  let next = warmup
  let rank = 1

  /** What each row held would have scored had it not been learned. */
  function calibrate(): void {
    calibration.clear()
    for (let i = 0; i < learned; i++) calibration.push(tails.strangenessWithout(early.subarray(i * d, (i + 1) * d)))
    next = 2 * learned <= SETTLED ? 2 * learned : 0
  }

  return {
    name: NAME,
    kind: 'model',
    get p() {
      return rank
    },
    get status() {
      return { name: LABEL, state: learned < warmup ? 'learning' : 'active', learned, needed: warmup } as const
    },
    score({ features: values }: Observation) {
      rank = 1
      if (learned < warmup) return 0
      rank = calibration.p(tails.strangeness(values))
      return scoreOf(rank)
    },
    explain: ({ features: values, context }) => (learned < warmup ? [] : tails.explain(NAME, values, context)),
    unusual: ({ features: values }) => (learned < warmup ? [] : tails.unusual(values)),
    basis({ features: values }) {
      if (learned < warmup) return null
      const { size } = tails
      return {
        learned,
        size,
        companies: toBase64(tails.companies(values)),
        rank: calibration.place(tails.strangeness(values)),
      }
    },
    recompute(_, basis) {
      const said = basisSchema.parse(basis)
      if (said === null) return { score: 0, p: 1 }
      const companies = new Uint16Array(fromBase64(said.companies, 2, d) ?? new ArrayBuffer(0))
      const p = pOfPlace(tails.strangenessOf(companies, said.size), said.rank)
      return { score: scoreOf(p), p }
    },
    findings: () => [],
    bytes: tails.bytes + calibration.bytes + early.byteLength,
    learn({ features: values }) {
      if (isKept(learned, warmup)) {
        if (learned >= warmup) calibration.push(tails.strangeness(values))
        if (next !== 0) early.set(values, learned * d)
        tails.add(values)
      }
      learned++
      if (learned === next) calibrate()
    },
    toJSON: () =>
      encodeTails({
        features: features.map(({ name }) => name),
        learned,
        next,
        tails: tails.toArray(),
        scores: calibration.toArray(),
        early: early.slice(0, next === 0 ? 0 : learned * d),
      }),
    restore(saved) {
      const names = features.map(({ name }) => name)
      const model = decodeTails(saved, names)
      if (!tails.restore(model.tails)) throw notSaved(NAME, 'no such rows')
      calibration.clear()
      for (const score of model.scores) calibration.push(score)
      early.set(model.early)
      learned = model.learned
      next = model.next
    },
  }
}

function scoreOf(p: number): number {
  return 1 / (1 + power(p / HALF, 0.8))
}
