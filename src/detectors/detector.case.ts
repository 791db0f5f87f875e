import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createExtractor, createFeatureVector } from '../features/extract.ts'
import { createHostContext } from '../hosts/context.ts'
import { createRandom, integer, pick, type Random } from '../math/random.ts'
import { createFlowRecord, PROTOCOL } from '../net/flow-record.ts'
import type { ConnState, FlowRecord } from '../types/flow.ts'
import type { Observation } from '../types/observation.ts'
import type { Detector } from './detector.ts'

export interface DetectorCase {
  /** A new detector that has seen nothing. */
  create: (seed: number) => Detector
  /** Enough ordinary flows to learn from that a model judges; 0 for what does not learn. */
  flows: number
}

const extract = createExtractor()

/** What the pipeline would hand to a detector: features drawn, nothing known of hosts. */
export function observe(flow: FlowRecord): Observation {
  const features = createFeatureVector()
  const observation = { flow, context: createHostContext(), features }
  extract(observation, features)
  return observation
}

/** An ordinary flow of a small network: web, names, some mail. */
export function ordinaryFlow(random: Random, time: number): FlowRecord {
  const flow = createFlowRecord()
  const [protocol, service, dstPort] = pick(random, [
    [PROTOCOL.tcp, 'https', 443],
    [PROTOCOL.tcp, 'http', 80],
    [PROTOCOL.udp, 'dns', 53],
    [PROTOCOL.tcp, 'imaps', 993],
  ] as const)
  const sent = dstPort === 53 ? 1 : integer(random, 5, 40)
  const received = dstPort === 53 ? 1 : integer(random, 5, 60)
  Object.assign(flow, { first: time, last: time + 3 * random(), protocol, service, dstPort, connState: 'SF' })
  flow.srcPort = integer(random, 49_152, 65_535)
  flow.address.set([
    0,
    0,
    0xffff,
    0xc0a80000 | integer(random, 2, 40),
    0,
    0,
    0xffff,
    0x0a000000 | integer(random, 1, 200),
  ])
  fill(flow.forward, sent, integer(random, 40, 200), protocol === PROTOCOL.tcp)
  fill(flow.reverse, received, integer(random, 60, 1200), protocol === PROTOCOL.tcp)
  return flow
}

/** What no ordinary flow looks like: a torrent of large packets to nobody. */
export function grossFlow(time: number): FlowRecord {
  const flow = createFlowRecord()
  Object.assign(flow, { first: time, last: time + 0.5, protocol: PROTOCOL.icmp, connState: 'S0' })
  flow.address.set([0, 0, 0xffff, 0xc0a80007 | 0, 0, 0, 0xffff, 0x0a000001])
  fill(flow.forward, 90_000, 1400, false)
  return flow
}

function fill(direction: FlowRecord['forward'], packets: number, size: number, tcp: boolean): void {
  Object.assign(direction, { packets, bytes: packets * size, payload: packets * (size - 28) })
  Object.assign(direction, { lengthMin: size / 2, lengthMax: 1.5 * size, lengthMean: size, lengthDeviation: size / 4 })
  if (tcp) Object.assign(direction, { syn: 1, fin: 1, ack: packets, psh: packets >> 1 })
}

/** Every check that holds of every detector, whatever it looks for. */
export function detectorCases(name: string, { create, flows }: DetectorCase): void {
  const traffic = (seed: number, count: number): FlowRecord[] => {
    const random = createRandom(seed)
    return Array.from({ length: count }, (_, i) => ordinaryFlow(random, 1_700_000_000 + 2 * i))
  }
  const trained = (seed: number): Detector => {
    const detector = create(seed)
    for (const flow of traffic(5, flows)) step(detector, flow)
    return detector
  }
  const trace = (detector: Detector, list: FlowRecord[]): number[][] => list.map((flow) => step(detector, flow))

  describe(`${name}, as every detector`, () => {
    it('gives the same scores when seeded the same', () => {
      const list = [...traffic(6, 200), grossFlow(1_700_001_000)]
      expect(trace(trained(1), list)).toEqual(trace(trained(1), list))
    })

    it('is silent while it learns, and says how far it is', () => {
      const detector = create(1)
      for (const flow of traffic(5, flows)) {
        if (detector.status?.state !== 'learning') break
        detector.score(observe(grossFlow(flow.first)))
        expect(detector.explain(observe(grossFlow(flow.first)))).toEqual([])
        expect(step(detector, flow)).toEqual([0, 1])
      }
      if (detector.learn !== undefined) expect(detector.status?.state).toBe('active')
    })

    it('explains without changing anything, in sentences whose shares add up to at most 1', () => {
      const [asked, left] = [trained(2), trained(2)]
      for (const flow of [...traffic(7, 30), grossFlow(1_700_001_000)]) {
        const observation = observe(flow)
        asked.score(observation)
        const reasons = asked.explain(observation)
        expect(asked.explain(observation)).toEqual(reasons)
        expect(reasons.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-9)
        for (const { detector, text } of reasons)
          expect([detector, text]).toEqual([asked.name, expect.stringMatching(/\w/)])
        expect(step(asked, flow)).toEqual(step(left, flow))
      }
    })

    it('scores between 0 and 1 and goes on, whatever a record says', () => {
      const detector = trained(3)
      const number = fc.constantFrom(0, 1, 1e-9, 65_535, 2 ** 32, 1e15, 1e308, -1)
      const direction = fc.record(
        Object.fromEntries(Object.keys(createFlowRecord().forward).map((key) => [key, number])),
      )
      const state = fc.constantFrom<ConnState>('S0', 'SF', 'REJ', 'OTH')
      const times = fc.record({
        first: number,
        last: number,
        protocol: fc.constantFrom(...Object.values(PROTOCOL)),
        connState: state,
      })
      fc.assert(
        fc.property(times, direction, direction, (change, forward, reverse) => {
          const flow = Object.assign(createFlowRecord(), change)
          Object.assign(flow.forward, forward)
          Object.assign(flow.reverse, reverse)
          const [score, p] = step(detector, flow)
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(1)
          expect(p).toBeGreaterThan(0)
          expect(p).toBeLessThanOrEqual(1)
          expect(detector.explain(observe(flow)).filter(({ text }) => /NaN|Infinity|undefined/.test(text))).toEqual([])
        }),
        { numRuns: 400 },
      )
    })

    if (create(1).toJSON === undefined) return
    it('goes on after being saved and restored as if nothing had happened', () => {
      const before = trained(4)
      const after = create(99)
      after.restore?.(JSON.parse(JSON.stringify(before)))
      expect(after.status).toEqual(before.status)
      const list = [...traffic(8, 300), grossFlow(1_700_002_000)]
      expect(trace(after, list)).toEqual(trace(before, list))
    })
  })
}

/** Score, p, then learn, as the pipeline does. */
function step(detector: Detector, flow: FlowRecord): number[] {
  const observation = observe(flow)
  const score = detector.score(observation)
  const p = detector.p ?? 1
  detector.learn?.(observation)
  return [score, p]
}
