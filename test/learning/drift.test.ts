import { describe, expect, it } from 'vitest'
import { integer } from '../../src/math/random.ts'
import { PROTOCOL } from '../../src/net/flow-record.ts'
import { exponential } from '../../src/sources/simulator/distributions.ts'
import { close, connect, localPath, outsidePath, tls, upload } from '../../src/sources/simulator/tcp.ts'
import type { FlowRecord } from '../../src/types/flow.ts'
import { flowsOf, HOUR, network, START, watch } from './world.ts'

const BEGINS = START + 2 * HOUR
const ENDS = START + 4 * HOUR
/** Seconds after which it must be quiet. */
const LEARNED = 1_800

/** Every device uploads about a megabyte to port 8443 every four minutes. */
function uploads(seed: number, inside: boolean): FlowRecord[] {
  const destination = inside ? network.nas : network.outside(-970_846_201, 'backup.example')
  return flowsOf(seed, 'uploads', ({ random, talk, push }) => {
    for (const source of network.devices.filter((device) => device !== destination)) {
      for (let time = BEGINS + exponential(random, 240); time < ENDS; time += exponential(random, 240)) {
        const path = inside ? localPath(random) : outsidePath(random)
        const srcPort = integer(random, 32_768, 60_999)
        talk.open({ protocol: PROTOCOL.tcp, source, destination, srcPort, dstPort: 8_443 }, time)
        connect(talk, path)
        tls(talk, random, path)
        upload(talk, random, path, Math.round(1e6 * (0.3 + 1.4 * random())))
        close(talk, path)
        push()
      }
    }
  })
}

describe('a new service that everybody begins to use', () => {
  it.each([
    ['outside', 1, false],
    ['inside', 2, true],
  ])('%s makes at most one incident of the network and three others, and is quiet within 30 min', (_, seed, inside) => {
    const added = uploads(seed, inside)
    let late = 0
    let lateAnomalies = 0
    const pipeline = watch({
      seed,
      seconds: ENDS - START,
      added,
      judged(flow, { anomaly }) {
        if (flow.label === '' || flow.last < BEGINS + LEARNED) return
        late++
        if (anomaly) lateAnomalies++
      },
    })
    const raised = pipeline.incidents().filter(({ detectedAt }) => detectedAt >= BEGINS)
    const ofAll = raised.filter(({ type }) => type === 'Network Changed')
    console.info(`drift: ${raised.length} incidents; anomalous after 30 min: ${lateAnomalies} of ${late}`)
    expect(late).toBeGreaterThan(200)
    expect(ofAll.length).toBeLessThanOrEqual(1)
    expect(raised.length - ofAll.length).toBeLessThanOrEqual(3)
    expect(raised.filter(({ detectedAt }) => detectedAt > BEGINS + LEARNED)).toEqual([])
    expect(lateAnomalies / late).toBeLessThan(0.02)
  })
})
