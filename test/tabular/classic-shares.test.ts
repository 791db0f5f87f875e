import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createIsolationForestDetector } from '../../src/detectors/isolation-forest/detector.ts'
import { createRuleDetector } from '../../src/detectors/rules/detector.ts'
import { createFields } from '../../src/detectors/rules/fields.ts'
import { loadRules } from '../../src/detectors/rules/load.ts'
import { createExtractor, createFeatureVector } from '../../src/features/extract.ts'
import { FEATURES } from '../../src/features/index.ts'
import { createHostContext } from '../../src/hosts/context.ts'
import { createRandom, integer, pick, type Random } from '../../src/math/random.ts'
import { createFlowRecord, PROTOCOL } from '../../src/net/flow-record.ts'
import { createClassicFusion } from '../../src/verdict/classic.ts'
import { createVerdict } from '../../src/verdict/fusion.ts'
import { createStatistics } from '../../src/verdict/statistics.ts'

const RUNS = 1_000
const FLOWS = 500
const WITHIN = 0.5

const CLASSIC = fileURLToPath(new URL('../../rules/classic', import.meta.url))
const PROTOCOLS = [
  [PROTOCOL.tcp, ''],
  [PROTOCOL.udp, ''],
  [PROTOCOL.icmp, ''],
  [PROTOCOL.tcp, 'http'],
  [PROTOCOL.tcp, 'https'],
] as const

it(
  `the classic mode gives the shares of the original formulas, ${RUNS} runs of ${FLOWS} flows`,
  () => {
    const statistics = createStatistics()
    for (let seed = 1; seed <= RUNS; seed++) run(seed, statistics)
    const { totalPackets, hybrid, rule, ml } = statistics.totals()
    const shares = [hybrid, rule, ml].map((count) => (100 * count) / totalPackets)
    const [both, rules, model] = shares as [number, number, number]
    console.info(
      `shares of ${RUNS} runs of ${FLOWS} flows: Hybrid ${both.toFixed(2)} %, Rule ${rules.toFixed(2)} %, ML ${model.toFixed(2)} %`,
    )
    expect(Math.abs(both - 0.97)).toBeLessThanOrEqual(WITHIN)
    expect(Math.abs(rules - 8.2)).toBeLessThanOrEqual(WITHIN)
    expect(model).toBe(0)
  },
  10 * 60_000,
)

/** The original's own traffic: everything uniform. */
function run(seed: number, statistics: ReturnType<typeof createStatistics>): void {
  const random = createRandom(seed)
  const rules = createRuleDetector({ rules: loadRules([CLASSIC], createFields(FEATURES)), seed })
  const model = createIsolationForestDetector({ seed, features: FEATURES, mode: 'classic' })
  const fusion = createClassicFusion()
  const extract = createExtractor()
  const features = createFeatureVector()
  const verdict = createVerdict()
  const observation = { flow: createFlowRecord(), context: createHostContext(), features }
  for (let i = 0; i < FLOWS; i++) {
    draw(observation.flow, random)
    extract(observation, features)
    fusion.fuse(rules.score(observation), model.score(observation), 1, verdict)
    statistics.count(verdict)
    model.learn?.(observation)
  }
}

function draw(flow: ReturnType<typeof createFlowRecord>, random: Random): void {
  const [protocol, service] = pick(random, PROTOCOLS)
  flow.protocol = protocol
  flow.service = service
  flow.address.set([
    0,
    0,
    0xffff,
    0xc0a80000 | integer(random, 0, 0xffff) | 0,
    0,
    0,
    0xffff,
    0x0a000000 | integer(random, 0, 0xffff),
  ])
  flow.forward.packets = integer(random, 25, 3050)
  flow.forward.bytes = integer(random, 1000, 101_000)
}
