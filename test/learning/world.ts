import { configSchema } from '../../src/config.ts'
import type { Detector } from '../../src/detectors/detector.ts'
import { createRandom, type Random } from '../../src/math/random.ts'
import { copyFlowRecord, createFlowRecord } from '../../src/net/flow-record.ts'
import { createPipeline, type Pipeline } from '../../src/pipeline.ts'
import { rulesOf } from '../../src/request.ts'
import { campaignOf } from '../../src/sources/simulator/campaigns/index.ts'
import { Conversation } from '../../src/sources/simulator/conversation.ts'
import { createNetwork, type Network } from '../../src/sources/simulator/network.ts'
import { createTraffic } from '../../src/sources/simulator/traffic.ts'
import type { EndReason, FlowRecord } from '../../src/types/flow.ts'
import type { Verdict } from '../../src/types/verdict.ts'

/** A Monday, 10:00 UTC. */
export const START = 1_764_583_200
/** Background flows a second of one household. */
export const RATE = 4
export const HOUR = 3_600

export const network: Network = createNetwork(0)

/** A flow as it was judged; `flow` and `verdict` are valid during the call. */
export type Judged = (flow: FlowRecord, verdict: Verdict, type: string | null) => void

export interface WorldOptions {
  seed: number
  seconds: number
  /** What comes on top of a household in peace. */
  added?: readonly FlowRecord[]
  kinds?: readonly Detector['kind'][]
  /** Incidents a day the model alone may raise, and whether a change of the network is told as one; both as in use unless given. */
  alertsPerDay?: number
  guarded?: boolean
  judged?: Judged
  /** Which flows of the household there are; all unless given. */
  background?: (flow: FlowRecord) => boolean
}

/** Lets a pipeline with the default settings watch a household for so long, from a cold start. */
export function watch({
  seed,
  seconds,
  added = [],
  kinds,
  alertsPerDay,
  guarded,
  judged,
  background,
}: WorldOptions): Pipeline {
  const config = configSchema.parse({ seed, flows: { cap: 16 }, detection: { alertsPerDay } })
  const pipeline = createPipeline({
    config,
    rules: rulesOf({ config, sources: [] }),
    ...(kinds && { kinds }),
    ...(guarded !== undefined && { guarded }),
    onJudged: ({ flow }, verdict, type) => judged?.(flow, verdict, type),
  })
  const pending = [...added].sort((a, b) => a.last - b.last)
  const traffic = createTraffic({ seed, start: START, rate: RATE, scenario: 'quiet' })
  let next = 0
  const offer = (flow: FlowRecord): void => {
    while (next < pending.length && pending[next]!.last <= flow.last) pipeline.flow(pending[next++]!)
    if (background?.(flow) ?? true) pipeline.flow(flow)
  }
  while (traffic.ticks < seconds * RATE) traffic.tick(offer)
  pipeline.finish()
  return pipeline
}

/** What writes one conversation: opened at a time, pushed when it is complete. */
export interface Author {
  random: Random
  talk: Conversation
  push(reason?: EndReason): void
}

/** Collects the flows that `write` pushes, labelled. */
export function flowsOf(seed: number, label: string, write: (author: Author) => void): FlowRecord[] {
  const flows: FlowRecord[] = []
  const talk = new Conversation()
  talk.record.source = 'simulator'
  const push = (reason?: EndReason): void => {
    const flow = copyFlowRecord(talk.finish(reason), createFlowRecord())
    flow.label = label
    flows.push(flow)
  }
  write({ random: createRandom(seed), talk, push })
  return flows
}

/** One run of a campaign against the household, of the size of a test. */
export function attack(seed: number, family: string, variant: string, start: number): FlowRecord[] {
  return flowsOf(seed, family, (author) => {
    const amount = (_few: number, many: number): number => many
    campaignOf(family).generate({ ...author, network, start, amount }, variant)
  })
}
