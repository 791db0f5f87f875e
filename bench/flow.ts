import { loadConfig } from '../src/config.ts'
import { copyFlowRecord, createFlowRecord } from '../src/net/flow-record.ts'
import { createPipeline } from '../src/pipeline.ts'
import { rulesOf } from '../src/request.ts'
import { createSimulator } from '../src/sources/simulator/simulator.ts'
import type { FlowRecord } from '../src/types/flow.ts'
import { report, sized, stopwatch } from './measure.ts'

/**
 * Prints what all detection of a flow costs, behind the flow table: hosts, features, rules, models, learning, incidents. Flows of a
 * household and of every attack the simulator knows are made first, then judged from a cold start, several times over: the first
 * time is the compiler's. Of each run the second half counts, when models have learned enough to judge.
 */
const FLOWS = sized(60_000, 6_000)
const ROUNDS = sized(5, 2)

const flows = await gather()
const config = loadConfig(undefined, {})
const rules = rulesOf({ config, sources: [] })
const half = flows.length >> 1
const means: number[] = []
const wall: number[] = []
const cpu: number[] = []
for (let round = 0; round <= ROUNDS; round++) {
  const pipeline = createPipeline({ config, rules })
  for (let i = 0; i < half; i++) pipeline.flow(flows[i]!)
  const times = new Float64Array(flows.length - half)
  const spent = stopwatch()
  // Every other round each call is looked at by the clock, the others by CPU time, which costs more to ask for.
  const byClock = round % 2 === 1
  for (let i = 0; i < times.length; i++) {
    const lap = byClock ? clock() : stopwatch()
    pipeline.flow(flows[half + i]!)
    times[i] = lap()
  }
  if (round === 0) continue
  if (byClock) means.push(spent() / times.length)
  for (const time of times) (byClock ? wall : cpu).push(time)
}
report('all detection of a flow: mean', means)
reportAt('by the clock', wall, [0.5, 0.99])
reportAt('CPU of the process meanwhile', cpu, [0.5, 0.99, 0.999])

/** What the simulator makes, kept. */
async function gather(): Promise<FlowRecord[]> {
  const kept: FlowRecord[] = []
  const simulator = createSimulator({ seed: 1, scenario: 'home', start: 1_700_000_000, rate: 10, flows: FLOWS })
  const sink = {
    frame() {},
    flush() {},
    tick() {},
    flow: (record: FlowRecord) => void kept.push(copyFlowRecord(record, createFlowRecord())),
  }
  await simulator.run(sink, new AbortController().signal)
  return kept
}

function clock(): () => number {
  const start = performance.now()
  return () => (performance.now() - start) * 1e6
}

function reportAt(how: string, times: number[], quantiles: readonly number[]): void {
  const sorted = Float64Array.from(times).sort()
  for (const q of quantiles) {
    const name = q === 0.5 ? 'median' : `${100 * q}th percentile`
    report(`all detection of a flow: ${name}, ${how}`, [sorted[Math.floor(sorted.length * q)]!])
  }
}
