import { describe, expect, it } from 'vitest'
import type { Feature } from '../../features/feature.ts'
import { FEATURES } from '../../features/index.ts'
import { createHostContext } from '../../hosts/context.ts'
import { createRandom } from '../../math/random.ts'
import { detectorCases, grossFlow, observe, ordinaryFlow } from '../detector.case.ts'
import { createEcodDetector } from './detector.ts'
import { FeatureTails } from './tails.ts'
import { phrase } from './wording.ts'

detectorCases('ecod', { create: () => createEcodDetector({ features: FEATURES }), flows: 400 })
detectorCases('ecod of few flows', { create: () => createEcodDetector({ features: FEATURES, window: 50 }), flows: 30 })

/** Three amounts and a kind, drawn independently. */
const COLUMNS: readonly Feature[] = [
  column('packets', 'packets', 'packets', 'log'),
  column('bytes', 'bytes sent', 'B', 'log'),
  column('share', 'share of packets sent', '', 'linear'),
  { ...column('protocol', 'protocol', '', 'linear'), words: ['TCP', 'UDP', 'ICMP'] },
]

function column(name: string, label: string, unit: Feature['unit'], scale: Feature['scale']): Feature {
  return { name, label, unit, scale, of: () => 0 }
}

function learnedTails(flows: number): FeatureTails {
  const random = createRandom(1)
  const tails = new FeatureTails(COLUMNS, 4096)
  for (let i = 0; i < flows; i++) {
    tails.add(Float64Array.of(10 + 90 * random(), Math.exp(8 + random()), random() / 2, random() < 0.99 ? 0 : 1))
  }
  return tails
}

describe('tails', () => {
  it('surprise by how few flows go as far', () => {
    const tails = learnedTails(1000)
    expect(tails.surprise(0, 55)).toBeCloseTo(0, 0)
    expect(tails.surprise(0, 99.2)).toBeGreaterThan(3)
    expect(tails.surprise(0, 1000)).toBeCloseTo(Math.log(1001 / 2), 10)
    expect(tails.surprise(0, 0)).toBeCloseTo(Math.log(1001 / 2), 10)
    expect(tails.surprise(3, 0)).toBeCloseTo(0, 1)
    expect(tails.surprise(3, 2)).toBeCloseTo(Math.log(1001), 10)
  })

  it('explain in sentences a person can check', () => {
    const tails = learnedTails(1000)
    const [first, second, third] = tails.explain('ecod', Float64Array.of(4100, 14e6, 0.2, 2), createHostContext())
    expect(first).toMatchObject({ feature: 'bytes', observed: 14e6, expected: '3.07 kB to 8.06 kB' })
    expect(first!.text).toBe('bytes sent 14 MB; here 99 % of flows stay at or below 8.06 kB (1,700 x)')
    expect(second!.text).toBe('4,100 packets; here 99 % of flows stay at or below 100 (41 x)')
    expect(third).toMatchObject({ text: 'protocol ICMP; no flow here', observed: 'ICMP', expected: 'TCP' })
  })

  it('say all flows where there are too few for percentiles', () => {
    const [first] = learnedTails(30).explain('ecod', Float64Array.of(1, 5000, 0.2, 0), createHostContext())
    expect(first!.text).toMatch(/^1 packets; here all 30 flows learned from reach 1\d$/)
  })

  it.each([
    [1, 0.95],
    [3, 0.9],
  ])('name %i altered features first', (count, share) => {
    const detector = createEcodDetector({ features: FEATURES })
    const random = createRandom(2)
    for (let i = 0; i < 2000; i++) detector.learn!(observe(ordinaryFlow(random, 1_700_000_000 + 2 * i)))
    const amounts = FEATURES.map((feature, i) => ({ ...feature, i })).filter(
      ({ scale, clock }) => scale === 'log' && clock !== true,
    )
    let right = 0
    for (let round = 0; round < 300; round++) {
      const altered = Array.from({ length: count }, (_, k) => amounts[(round * 7 + k * 11) % amounts.length]!)
      const observation = observe(ordinaryFlow(random, 1_700_005_000))
      for (const { i } of altered) observation.features[i] = 100 * (1000 + observation.features[i]!)
      detector.score(observation)
      const named = detector.explain(observation).slice(0, count)
      right += Number(altered.every(({ name }) => named.some(({ feature }) => feature === name)))
    }
    expect(right / 300).toBeGreaterThanOrEqual(share)
  })
})

describe('ranking', () => {
  it.each([1, 2, 3, 4, 5])('finds a gross flow after 20 flows and calls few ordinary ones strange, seed %i', (seed) => {
    const detector = createEcodDetector({ features: FEATURES })
    const random = createRandom(seed)
    const learn = (count: number): number[] =>
      Array.from({ length: count }, (_, i) => {
        const observation = observe(ordinaryFlow(random, 1_700_000_000 + 2 * i))
        detector.score(observation)
        const p = detector.p!
        detector.learn!(observation)
        return p
      })
    learn(20)
    detector.score(observe(grossFlow(1_700_000_100)))
    expect(detector.p).toBeLessThan(0.0034)
    const strange = learn(3000).filter((p) => p < 0.01).length
    expect(strange / 3000).toBeLessThan(0.02)
  })
})

describe('wording', () => {
  it.each<[Feature, number, string]>([
    [column('x', 'packets per second', 'packets/s', 'log'), 12_400, '12,400 packets per second'],
    [column('x', 'bytes sent', 'B', 'log'), 14_200_000, 'bytes sent 14.2 MB'],
    [column('x', 'bytes', 'B', 'log'), 1e21, 'bytes 1,000 EB'],
    [column('x', 'duration', 's', 'log'), 0.0421, 'duration 42.1 ms'],
    [column('x', 'duration', 's', 'log'), 3600, 'duration 3,600 s'],
    [column('x', 'time of day', 'h', 'linear'), 22.25, 'time of day 22:15'],
    [column('x', 'entropy', 'bit', 'linear'), 2.5, 'entropy 2.5 bit'],
    [COLUMNS[3]!, 2, 'protocol ICMP'],
  ])('%#', (feature, value, text) => {
    expect(phrase(feature, value)).toBe(text)
  })
})
