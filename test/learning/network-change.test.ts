import { describe, expect, it } from 'vitest'
import { integer, pick } from '../../src/math/random.ts'
import { PROTOCOL } from '../../src/net/flow-record.ts'
import { connect, localPath, upload } from '../../src/sources/simulator/tcp.ts'
import type { FlowRecord } from '../../src/types/flow.ts'
import type { Incident } from '../../src/types/incident.ts'
import { flowsOf, HOUR, network, START, watch } from './world.ts'

const BEGINS = START + 1.5 * HOUR
const LASTS = 1_200

/** A program rolled out to every device copies what it has to all others: a connection every few seconds, with much to say. */
function copies(seed: number): FlowRecord[] {
  return flowsOf(seed, 'copies', ({ random, talk, push }) => {
    for (const source of network.devices) {
      const others = network.devices.filter((device) => device !== source)
      for (let time = BEGINS + 120 * random(); time < BEGINS + LASTS; time += 4 + 4 * random()) {
        const ends = {
          source,
          destination: pick(random, others),
          srcPort: integer(random, 32_768, 60_999),
          dstPort: 9_995,
        }
        talk.open({ protocol: PROTOCOL.tcp, ...ends }, time)
        connect(talk, localPath(random))
        upload(talk, random, localPath(random), integer(random, 1_500_000, 2_500_000))
        push()
      }
    }
  })
}

/** Incidents of the model where it may raise as many as it will. */
function raised(guarded: boolean): Incident[] {
  const seconds = BEGINS - START + LASTS
  const pipeline = watch({ seed: 4, seconds, added: copies(8), kinds: ['model'], alertsPerDay: 1_000, guarded })
  return pipeline.incidents().filter(({ lastSeen }) => lastSeen >= BEGINS)
}

describe('what everybody begins at once', () => {
  it('is one change of the network, where without the guard it is an incident of each', () => {
    const [without, withGuard] = [raised(false), raised(true)]
    const ofAll = withGuard.filter(({ type }) => type === 'Network Changed')
    console.info(
      `drift, everybody at once: ${without.length} incidents without the guard, with it ${ofAll.length} of the network and ${withGuard.length - ofAll.length} others`,
    )
    expect(without.length).toBeGreaterThan(3)
    expect(ofAll).toHaveLength(1)
    expect(withGuard.length - ofAll.length).toBeLessThanOrEqual(3)
  })
})
