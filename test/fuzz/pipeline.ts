import { type Config, loadConfig } from '../../src/config.ts'
import { createPipeline } from '../../src/pipeline.ts'
import { rulesOf } from '../../src/request.ts'
import { createDice, mutate } from './mutate.ts'
import { PACKETS } from './samples.ts'
import { checkNames } from './targets.ts'

/** Links one packet in 16 is said to have come by. */
const LINKS = [0, 9, 101, 113, 276] as const

/** Bytes of the longest packet, and packets that lie in one buffer. */
const LENGTH_MAX = 2048
const TOGETHER = 256

export interface MutatedReport {
  packets: number
  flows: number
  undecoded: number
  incidents: number
}

/** `count` mutated packets from frame to verdict; throws when anything does, or a flow or score is not what it must be. */
export function judgeMutated(count: number, seed: number, config: Config): MutatedReport {
  const dice = createDice(seed)
  let flows = 0
  let inFlows = 0
  const pipeline = createPipeline({
    config,
    rules: rulesOf({ config, sources: [] }),
    onJudged({ flow, features }, verdict) {
      flows++
      inFlows += flow.forward.packets + flow.reverse.packets
      if (!(flow.last >= flow.first) || !(verdict.confidence >= 0 && verdict.confidence <= 1))
        throw new Error(JSON.stringify(flow))
      for (const value of features) if (Number.isNaN(value)) throw new Error(`a feature of ${JSON.stringify(flow)}`)
      checkNames(flow.names)
    },
  })
  const intake = pipeline.intake('mutated')
  const buffer = new Uint8Array(LENGTH_MAX * TOGETHER)
  const places = Array.from({ length: TOGETHER }, (_, i) => buffer.subarray(i * LENGTH_MAX, (i + 1) * LENGTH_MAX))
  for (let i = 0; i < count; i++) {
    const place = i % TOGETHER
    if (place === 0) intake.flush()
    const size = mutate(PACKETS, places[place]!, dice)
    const captured = (dice() & 7) === 0 ? dice() % (size + 1) : size
    const length = (dice() & 15) === 0 ? dice() : size
    const time = (dice() & 4095) === 0 ? dice() : 1_700_000_000 + i / 10_000
    const link = (dice() & 15) === 0 ? LINKS[dice() % LINKS.length]! : 1
    intake.frame(buffer, place * LENGTH_MAX, captured, length, time, link)
  }
  pipeline.finish()
  const undecoded = Object.values(pipeline.undecoded()).reduce((sum, value) => sum + value, 0)
  if (inFlows + undecoded !== count)
    throw new Error(`of ${count} packets ${inFlows} are in flows and ${undecoded} not decoded`)
  return { packets: count, flows, undecoded, incidents: pipeline.incidents().length }
}

export const defaults = (): Config => loadConfig(undefined, {})
