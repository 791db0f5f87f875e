import { createBudget } from '../src/incidents/budget.ts'
import { createCorrelator } from '../src/incidents/correlate.ts'
import type { Anomaly } from '../src/incidents/entry.ts'
import { createRandom, integer } from '../src/math/random.ts'
import { createFlowRecord, PROTOCOL } from '../src/net/flow-record.ts'
import { createVerdict } from '../src/verdict/fusion.ts'
import { measure } from './measure.ts'

/** Prints what an anomalous flow costs: joining an incident that is open, opening one, and what any flow's evidence costs. */
const FLOWS = 20_000
const HOSTS = 2_000
const random = createRandom(1)
const flow = Object.assign(createFlowRecord(), { protocol: PROTOCOL.tcp, connState: 'REJ', first: 1e9, last: 1e9 })
const verdict = { ...createVerdict(), anomaly: true, method: 'Rule' as const, confidence: 0.9, score: 0.9 }
const finding = {
  ...{
    type: 'Port Scan' as const,
    level: 'high' as const,
    attack: ['T1046'],
    response: 'Look.',
    by: 'source' as const,
  },
}
const reason = { detector: 'rules', text: 'why', feature: 'flows', observed: 3, expected: '<= 2', share: 1 }
const anomaly: Anomaly = { flow, now: 1e9, verdict, findings: [finding], explain: () => [reason] }

const joined = createCorrelator({ quiet: 300, cap: 1_000, history: 1_000 })
measure('a flow joins one of 50 open incidents', FLOWS, () => {
  for (let i = 0; i < FLOWS; i++) joined.add(next(i % 50))
})
const opened = createCorrelator({ quiet: 300, cap: 1_000, history: 1_000 })
let host = 0
measure('a flow opens an incident, at the cap', 2_000, () => {
  for (let i = 0; i < 2_000; i++) opened.add(next(host++))
})
const budget = createBudget({ seed: 1, cap: 65_536, perDay: 5 })
const entities = new Int32Array(8)
measure('the evidence of a flow is weighed', FLOWS, () => {
  for (let i = 0; i < FLOWS; i++) {
    next(integer(random, 0, HOSTS - 1))
    entities.set(flow.address)
    budget.weigh(flow, entities, 0.9, 0.9, flow.last)
  }
})

/** The next anomaly, of that host. */
function next(source: number): Anomaly {
  flow.address.set([0, 0, 0xffff, 0x0a000000 | source, 0, 0, 0xffff, 0x5db80000 | integer(random, 0, 4_095)])
  flow.dstPort = integer(random, 1, 1_024)
  flow.first = flow.last = flow.last + 1e-3
  anomaly.now = flow.last
  return anomaly
}
