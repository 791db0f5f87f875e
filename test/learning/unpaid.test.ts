import { expect, it } from 'vitest'
import { integer } from '../../src/math/random.ts'
import { PROTOCOL } from '../../src/net/flow-record.ts'
import { connect, localPath, upload } from '../../src/sources/simulator/tcp.ts'
import type { FlowRecord } from '../../src/types/flow.ts'
import { attack, flowsOf, HOUR, network, RATE, START, watch } from './world.ts'

const FLOOD = START + 1.5 * HOUR
const LASTS = 2_400
/** Seconds at its beginning, when nothing can have been learned of it, and at its end, when it would long have been. */
const PART = 300

/** Four flows of one host for every flow of the household, each of a kind nobody here has. */
function flood(): FlowRecord[] {
  return flowsOf(9, 'flood', ({ random, talk, push }) => {
    for (let i = 0; i < 4 * RATE * LASTS; i++) {
      const ends = { source: network.console, destination: network.nas, srcPort: integer(random, 1_024, 65_000) }
      talk.open({ protocol: PROTOCOL.tcp, ...ends, dstPort: 7_777 }, FLOOD + i / (4 * RATE))
      connect(talk, localPath(random))
      upload(talk, random, localPath(random), integer(random, 300_000, 400_000))
      push()
    }
  })
}

it('a flood no rule knows, met with an empty budget, is not learned', () => {
  // What there is of a purse goes to something else first.
  const before = attack(5, 'vertical-scan', 'connect', START + HOUR)
  const early = { flows: 0, anomalous: 0 }
  const late = { flows: 0, anomalous: 0 }
  const pipeline = watch({
    seed: 31,
    seconds: FLOOD - START + LASTS,
    added: [...before, ...flood()],
    kinds: ['model'],
    judged(flow, { anomaly }) {
      if (flow.label !== 'flood') return
      const part = flow.last < FLOOD + PART ? early : flow.last > FLOOD + LASTS - PART ? late : null
      if (part === null) return
      part.flows++
      if (anomaly) part.anomalous++
    },
  })
  const told = pipeline.incidents().filter(({ detectedAt }) => detectedAt >= FLOOD)
  const { counters } = pipeline.stats()
  const held = counters.find(({ name }) => name === 'learning.suspects')?.value
  const [first, last] = [early.anomalous / early.flows, late.anomalous / late.flows]
  console.info(
    `flood without budget: ${told.length} incidents, ${held ?? 0} held back; anomalous at first ${first.toFixed(3)}, at last ${last.toFixed(3)}`,
  )
  expect(told).toEqual([])
  expect(held).toBeGreaterThan(0)
  expect(first).toBeGreaterThan(0.9)
  expect(last).toBeGreaterThanOrEqual(0.9 * first)
})
