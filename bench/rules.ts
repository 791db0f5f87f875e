import { fileURLToPath } from 'node:url'
import { createRuleDetector } from '../src/detectors/rules/detector.ts'
import { createFields } from '../src/detectors/rules/fields.ts'
import { loadRules } from '../src/detectors/rules/load.ts'
import { createExtractor, createFeatureVector } from '../src/features/extract.ts'
import { FEATURES } from '../src/features/index.ts'
import { createHosts } from '../src/hosts/hosts.ts'
import { copyFlowRecord, createFlowRecord } from '../src/net/flow-record.ts'
import { createSimulator } from '../src/sources/simulator/simulator.ts'
import type { Observation } from '../src/types/observation.ts'
import { measure } from './measure.ts'

/** Prints what all rules cost a flow: of a household's traffic, and of one in which every other flow is half open. */
const FLOWS = 20_000

const rules = loadRules([fileURLToPath(new URL('../rules', import.meta.url))], createFields(FEATURES))
const extract = createExtractor()

/** Flows as the rules see them, kept: the rules alone are measured. */
async function observed(scenario: string): Promise<Observation[]> {
  const hosts = createHosts({ seed: 1 })
  const kept: Observation[] = []
  const simulator = createSimulator({ seed: 1, scenario, start: 1_700_000_000, rate: 10, flows: FLOWS })
  await simulator.run(
    {
      frame() {},
      flush() {},
      tick() {},
      flow(record) {
        const observation = {
          flow: copyFlowRecord(record, createFlowRecord()),
          context: { ...hosts.observe(record) },
          features: createFeatureVector(),
        }
        extract(observation, observation.features)
        kept.push(observation)
      },
    },
    new AbortController().signal,
  )
  return kept
}

/** The same flows with every other one a SYN that nobody answers: what a flood or a sweep looks like to the rules. */
function halfOpen(observations: readonly Observation[]): Observation[] {
  return observations.map((observation, i) => {
    if (i % 2 === 0) return observation
    const flow = Object.assign(createFlowRecord(), { protocol: 6, dstPort: i & 0xffff, connState: 'S0' })
    flow.last = flow.first = observation.flow.last
    flow.address.set([0, 0, 0xffff, i, 0, 0, 0xffff, 0x0a000002])
    flow.forward.packets = flow.forward.syn = 1
    const changed = { flow, context: observation.context, features: createFeatureVector() }
    extract(changed, changed.features)
    return changed
  })
}

function bench(name: string, observations: readonly Observation[]): void {
  const detector = createRuleDetector({ rules, seed: 1 })
  measure(`${rules.length} rules, ${name}`, observations.length, () => {
    for (const observation of observations) detector.score(observation)
  })
}

const household = await observed('quiet')
bench('a household', household)
bench('every other flow half open', halfOpen(household))
