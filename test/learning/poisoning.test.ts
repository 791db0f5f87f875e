import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/math/random.ts'
import type { FlowRecord } from '../../src/types/flow.ts'
import { attack, HOUR, network, RATE, START, watch } from './world.ts'

/** Seconds a flood may go on unnoticed. */
const NOTICED = 30

/** SYN in the name of others, four for every flow of the household, for an hour. */
function flood(from: number): FlowRecord[] {
  const random = createRandom(3)
  const target = network.nas
  const rounds: FlowRecord[] = []
  for (let seed = 1; rounds.length < 4 * RATE * HOUR; seed++) rounds.push(...attack(seed, 'syn-flood', 'plain', from))
  return rounds.slice(0, 4 * RATE * HOUR).map((flow, i) => {
    const shift = from + (i + random()) / (4 * RATE) - flow.first
    flow.first += shift
    flow.opened += shift
    flow.last += shift
    flow.address[7] = target.address
    flow.dstMac = target.mac
    return flow
  })
}

/** Share of a second attack's flows that the model finds anomalous, and what it saw of the first. */
function recall(floods: boolean) {
  const at = START + (floods ? 2 : 1) * HOUR + 60
  const first = floods ? flood(START + HOUR) : []
  const second = attack(77, 'vertical-scan', 'connect', at)
  let found = 0
  const pipeline = watch({
    seed: 21,
    seconds: at - START + 600,
    added: [...first, ...second],
    judged(flow, verdict) {
      if (flow.label === 'vertical-scan' && (verdict.method === 'ML' || verdict.method === 'Hybrid')) found++
    },
  })
  return { recall: found / second.length, incidents: pipeline.incidents() }
}

describe('a flood of 80 % of all flows, for an hour', () => {
  const before = recall(false)
  const after = recall(true)

  it('stays in alarm at least 95 % of the time', () => {
    const nas = '192.168.1.10'
    const alarm = after.incidents.filter(({ type, targets }) => type === 'DDoS' && targets.includes(nas))
    expect(alarm).toHaveLength(1)
    const [{ detectedAt, lastSeen }] = alarm as [(typeof alarm)[0]]
    const share = (Math.min(lastSeen, START + 2 * HOUR) - detectedAt) / (START + 2 * HOUR - detectedAt)
    console.info(
      `flood: found after ${(detectedAt - START - HOUR).toFixed(1)} s, in alarm ${(100 * share).toFixed(1)} %`,
    )
    expect(detectedAt - START - HOUR).toBeLessThan(NOTICED)
    expect(share).toBeGreaterThanOrEqual(0.95)
  })

  it('teaches the model nothing: it recalls a port scan at least 90 % as well as before', () => {
    console.info(
      `recall of a port scan by the model: ${before.recall.toFixed(3)} before, ${after.recall.toFixed(3)} after`,
    )
    expect(before.recall).toBeGreaterThan(0.5)
    expect(after.recall).toBeGreaterThanOrEqual(0.9 * before.recall)
  })
})
