import type { Detector } from '../src/detectors/detector.ts'
import { createEcodDetector } from '../src/detectors/ecod/detector.ts'
import { createIsolationForestDetector } from '../src/detectors/isolation-forest/detector.ts'
import { createExtractor, createFeatureVector } from '../src/features/extract.ts'
import { FEATURES } from '../src/features/index.ts'
import { createHostContext } from '../src/hosts/context.ts'
import { createRandom } from '../src/math/random.ts'
import { createFlowRecord } from '../src/net/flow-record.ts'
import { createVerdict } from '../src/verdict/fusion.ts'
import { createFusion } from '../src/verdict/index.ts'
import { measure } from './measure.ts'

/** Prints what a flow costs after the flow table: features, each model's score and learning, the verdict. */
const FLOWS = 8192
const random = createRandom(1)
const extract = createExtractor()
const flows = Array.from({ length: FLOWS }, () => {
  const flow = createFlowRecord()
  Object.assign(flow, { first: 1e9 * random(), protocol: 6, service: 'https', connState: 'SF' })
  flow.last = flow.first + 10 * random()
  for (const direction of [flow.forward, flow.reverse]) {
    for (const key of Object.keys(direction) as (keyof typeof direction)[])
      direction[key] = Math.floor(100 * random() ** 4)
  }
  return { flow, context: createHostContext(), features: createFeatureVector() }
})
for (const observation of flows) extract(observation, observation.features)

const forest = trained(createIsolationForestDetector({ seed: 1, features: FEATURES }))
const ecod = trained(createEcodDetector({ features: FEATURES }))
const fusion = createFusion('calibrated')
const verdict = createVerdict()
let next = 0
const observation = () => flows[next++ % FLOWS]!

report(`extract ${FEATURES.length} features`, () => {
  const each = observation()
  extract(each, each.features)
})
report('isolation forest: score', () => forest.score(observation()))
report('isolation forest: learn', () => forest.learn?.(observation()))
report('ecod: score', () => ecod.score(observation()))
report('ecod: learn', () => ecod.learn?.(observation()))
report('ecod: explain', () => ecod.explain(observation()))
report('fuse', () => fusion.fuse(random(), random(), random(), verdict))

function trained(detector: Detector): Detector {
  for (const each of flows) detector.learn?.(each)
  return detector
}

function report(what: string, call: () => unknown): void {
  measure(what, FLOWS, () => {
    for (let i = 0; i < FLOWS; i++) call()
  })
}
