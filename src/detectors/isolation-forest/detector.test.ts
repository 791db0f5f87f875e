import { describe, expect, it } from 'vitest'
import { FEATURES } from '../../features/index.ts'
import { createRandom } from '../../math/random.ts'
import { InputError } from '../../types/errors.ts'
import { detectorCases, grossFlow, observe, ordinaryFlow } from '../detector.case.ts'
import type { Detector } from '../detector.ts'
import { createIsolationForestDetector, type IsolationForestOptions } from './detector.ts'

const create = (options: Partial<IsolationForestOptions> = {}): Detector =>
  createIsolationForestDetector({ seed: 1, features: FEATURES, ...options })

detectorCases('isolation forest', { create: (seed) => create({ seed }), flows: 400 })
detectorCases('isolation forest of few flows', { create: (seed) => create({ seed, window: 50 }), flows: 30 })
detectorCases('classic isolation forest', { create: (seed) => create({ seed, mode: 'classic' }), flows: 25 })

/** Learns `count` ordinary flows, and says the p of each. */
function train(detector: Detector, count: number, seed = 3): number[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const observation = observe(ordinaryFlow(random, 1_700_000_000 + 2 * i))
    detector.score(observation)
    const p = detector.p!
    detector.learn!(observation)
    return p
  })
}

describe('training anew', () => {
  it('grows another forest from what is remembered, the same for the same seed, and finds what it found', () => {
    const [one, two] = [create(), create()]
    expect(one.retrain!()).toBe(false)
    for (const detector of [one, two]) {
      train(detector, 600)
      const before = JSON.stringify(detector.toJSON!())
      expect(detector.retrain!()).toBe(true)
      expect(JSON.stringify(detector.toJSON!())).not.toBe(before)
      detector.score(observe(grossFlow(1_700_002_000)))
      expect(detector.p).toBeLessThan(0.0034)
      train(detector, 100, 5)
    }
    expect(JSON.stringify(one.toJSON!())).toBe(JSON.stringify(two.toJSON!()))
  })

  it('knows the quantiles of every feature', () => {
    const detector = create()
    train(detector, 600)
    const features = detector.distributions!()
    expect(features.map(({ name }) => name)).toEqual(FEATURES.map(({ name }) => name))
    for (const { quantiles, kinds, drift } of features) {
      expect(quantiles ?? []).toEqual((quantiles ?? []).toSorted((a, b) => a - b))
      if (kinds !== null) expect(kinds.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
      expect(drift).toBeGreaterThanOrEqual(0)
      expect(drift).toBeLessThanOrEqual(1)
    }
  })
})

describe('learning', () => {
  it.each(['rolling', 'classic'] as const)('%s: learns from 20 flows, then judges', (mode) => {
    const detector = create({ mode })
    train(detector, 7)
    expect(detector.status).toEqual({ name: 'Isolation Forest', state: 'learning', learned: 7, needed: 20 })
    train(detector, 12)
    expect(detector.score(observe(grossFlow(1_700_000_100)))).toBe(0)
    train(detector, 1)
    expect(detector.status).toMatchObject({ state: 'active', learned: 20 })
    expect(detector.score(observe(grossFlow(1_700_000_100)))).toBeGreaterThan(0.5)
  })

  it('finds a gross flow directly after 20 flows, and better after 2,000', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const detector = create({ seed })
      train(detector, 20, seed)
      detector.score(observe(grossFlow(1_700_000_100)))
      expect(detector.p).toBeLessThan(0.0034)
    }
    const detector = create()
    train(detector, 2000)
    detector.score(observe(grossFlow(1_700_004_100)))
    expect(detector.p).toBeLessThan(0.0001)
  })

  it('calls few ordinary flows strange, at whatever stage', () => {
    const [early, late] = [[], []] as [number[], number[]]
    for (let seed = 1; seed <= 10; seed++) {
      const ps = train(create({ seed }), 1500, seed)
      early.push(...ps.slice(20, 320))
      late.push(...ps.slice(320))
    }
    const share = (list: number[], limit: number): number => list.filter((p) => p < limit).length / list.length
    expect(share(early, 0.0034)).toBeLessThan(0.01)
    expect(share(late, 0.0034)).toBeLessThan(0.005)
    expect(share(late, 0.05)).toBeLessThan(0.06)
    expect(share(late, 0.05)).toBeGreaterThan(0.04)
  })

  it('forgets: what becomes usual is no longer strange', () => {
    const detector = create({ window: 512 })
    train(detector, 600)
    const strange = observe(grossFlow(1_700_001_200))
    detector.score(strange)
    const before = detector.p!
    for (let i = 0; i < 2000; i++)
      detector.learn!(i % 4 === 0 ? strange : observe(ordinaryFlow(createRandom(i), 1_700_001_200)))
    detector.score(strange)
    expect(before).toBeLessThan(0.001)
    expect(detector.p).toBeGreaterThan(0.05)
  })
})

describe('explanation', () => {
  it('names what is unusual, with the range it left', () => {
    const detector = create()
    train(detector, 400)
    const observation = observe(grossFlow(1_700_000_900))
    detector.score(observation)
    const reasons = detector.explain(observation)
    expect(reasons).toHaveLength(3)
    expect(reasons[0]).toMatchObject({ detector: 'isolation-forest', feature: 'forward_packets', observed: 90_000 })
    expect(reasons[0]!.text).toMatch(/^90,000 packets sent; here 99 % of flows stay at or below [\d,]+ \([\d,]+ x\)$/)
    expect(reasons[0]!.expected).toMatch(/^1 to \d\d$/)
  })
})

describe('a saved model', () => {
  const saved = (): Record<string, unknown> => {
    const detector = create()
    train(detector, 400)
    return JSON.parse(JSON.stringify(detector))
  }

  it('of other features is refused, naming the first that differs', () => {
    const other = createIsolationForestDetector({ seed: 1, features: [...FEATURES.slice(0, 3), ...FEATURES.slice(4)] })
    const message = 'the saved model was made of other features: number 3 was time_of_day and is src_entropy now'
    expect(() => other.restore!(saved())).toThrow(new InputError(message))
    const fewer = createIsolationForestDetector({ seed: 1, features: FEATURES.slice(0, 5) })
    expect(() => fewer.restore!(saved())).toThrow(/number 5 was dst_entropy and is nothing now/)
  })

  it.each<[string, (model: Record<string, unknown>) => unknown]>([
    ['no object', () => 'text'],
    ['a missing part', ({ rows: _, ...rest }) => rest],
    ['rows cut short', (model) => ({ ...model, rows: 'AAAA' })],
    ['a tree cut short', (model) => ({ ...model, forest: { ...(model.forest as object), leaf: 'AAAA' } })],
    [
      'a column there is not',
      (model) => ({ ...model, forest: { ...(model.forest as object), column: all255(model) } }),
    ],
  ])('with %s is refused in one line, and nothing changes', (_, damage) => {
    const detector = create()
    train(detector, 30)
    const before = JSON.stringify(detector)
    expect(() => detector.restore!(damage(saved()))).toThrow(InputError)
    expect(() => detector.restore!(damage(saved()))).toThrow(/^not a saved isolation-forest model: [^\n]+$/)
    expect(JSON.stringify(detector)).toBe(before)
  })
})

function all255(model: Record<string, unknown>): string {
  const { column } = model.forest as { column: string }
  return Buffer.alloc(Buffer.from(column, 'base64').length, 255).toString('base64')
}
