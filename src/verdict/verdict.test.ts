import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Method, Verdict } from '../types/verdict.ts'
import { createCalibratedFusion } from './calibrated.ts'
import { createClassicFusion } from './classic.ts'
import { evidenceOf } from './evidence.ts'
import { createVerdict, type Fusion } from './fusion.ts'
import { FUSIONS } from './index.ts'
import { createStatistics, threatLevel } from './statistics.ts'

function fuse(fusion: Fusion, ruleScore: number, mlScore: number, p = 1): Verdict {
  const verdict = createVerdict()
  fusion.fuse(ruleScore, mlScore, p, verdict)
  return verdict
}

const ruleScore = fc.double({ min: 0, max: 0.95, noNaN: true })
const mlScore = fc.double({ min: 0, max: 1, noNaN: true })
const p = fc.oneof(fc.double({ min: 1e-9, max: 1, noNaN: true }), fc.constantFrom(1, 0.05, 0.0034, 0.001, 1 / 21, 1e-8))

describe('classic', () => {
  const classic = createClassicFusion()

  it.each<[number, number, Method, number]>([
    [0, 0, 'Normal', 1],
    [0.9, 0.6, 'Hybrid', 0.9],
    [0.75, 0.82, 'Hybrid', 0.82],
    [0.71, 0.51, 'Hybrid', 0.71],
    [0.71, 0.5, 'Normal', 1 - 0.71],
    [0.95, 0.5, 'Rule', 0.95],
    [0.9, 0.2, 'Rule', 0.9],
    [0.85, 0.2, 'Normal', 1 - 0.85],
    [0.2, 0.81, 'ML', 0.81],
    [0.7, 0.81, 'ML', 0.81],
    [0.2, 0.8, 'Normal', 1 - 0.8],
  ])('rules %d, model %d: %s', (rule, ml, method, confidence) => {
    expect(fuse(classic, rule, ml)).toEqual({
      anomaly: method !== 'Normal',
      method,
      confidence,
      ruleScore: rule,
      mlScore: ml,
      score: Math.max(rule, ml),
    })
  })

  it('keeps its faults: the most a forest of 20 flows says decides nothing alone, nor do two rules of 0.35', () => {
    expect(fuse(classic, 0, 0.694).method).toBe('Normal')
    expect(fuse(classic, 0.35 + 0.35, 0.694).method).toBe('Normal')
  })
})

describe('calibrated', () => {
  const calibrated = createCalibratedFusion()

  it.each<[number, number, Method]>([
    [0, 1, 'Normal'],
    [0, 0.01, 'Normal'],
    [0, 0.0034, 'Normal'],
    [0, 0.0033, 'ML'],
    [0.35, 0.003, 'ML'],
    [0.5, 0.003, 'Hybrid'],
    [0.7, 0.003, 'Hybrid'],
    [0.7, 0.04, 'Normal'],
    [0.71, 1, 'Rule'],
    [0.71, 0.05, 'Rule'],
    [0.71, 0.04, 'Hybrid'],
    [0.95, 0.0001, 'Hybrid'],
  ])('rules %d, p %d: %s', (rule, value, method) => {
    expect(fuse(calibrated, rule, 0.6, value).method).toBe(method)
  })

  it('is no surer for a suspicion of rules that may say what the model says', () => {
    const { confidence } = fuse(calibrated, 0, 0.6, 0.0033)
    expect(fuse(calibrated, 0.7, 0.6, 0.0033)).toMatchObject({ method: 'Hybrid', confidence })
    expect(fuse(calibrated, 0.75, 0.6, 0.0033).confidence).toBeGreaterThan(0.95)
  })

  it('reads sums of scores as they are written in decimals', () => {
    expect(0.35 + 0.2 + 0.15).toBeGreaterThan(0.7)
    expect(fuse(calibrated, 0.35 + 0.2 + 0.15, 0.5).method).toBe('Normal')
    expect(fuse(calibrated, 0.35 + 0.35, 0.5).method).toBe('Normal')
    expect(fuse(calibrated, 0.35 + 0.35 + 0.1, 0.5).method).toBe('Rule')
  })

  it('is surer the rarer the flow, and never gives a rule up for a model that sees nothing', () => {
    fc.assert(
      fc.property(ruleScore, mlScore, p, p, (rule, ml, one, other) => {
        const [rare, usual] = [
          fuse(calibrated, rule, ml, Math.min(one, other)),
          fuse(calibrated, rule, ml, Math.max(one, other)),
        ]
        const suspicion = ({ anomaly, confidence }: Verdict): number => (anomaly ? confidence : 1 - confidence)
        expect(suspicion(rare)).toBeGreaterThanOrEqual(suspicion(usual))
        expect(rare.score).toBeGreaterThanOrEqual(usual.score)
        expect(fuse(calibrated, rule, ml, 1).anomaly).toBe(rule > 0.7 + 1e-9)
      }),
    )
  })

  it('takes evidence that is worth 1 on average when nothing is wrong', () => {
    const steps = 1_000_000
    let sum = 0
    for (let i = 0; i < steps; i++) sum += evidenceOf(((i + 0.5) / steps) ** 5) * 5 * ((i + 0.5) / steps) ** 4
    expect(sum / steps).toBeCloseTo(1, 6)
  })
})

describe.each(Object.entries(FUSIONS))('%s', (_, create) => {
  it('gives a confidence of 0 to 1 and repeats the scores it was given', () => {
    fc.assert(
      fc.property(ruleScore, mlScore, p, (rule, ml, value) => {
        const verdict = fuse(create(), rule, ml, value)
        expect(verdict.confidence).toBeGreaterThanOrEqual(0)
        expect(verdict.confidence).toBeLessThanOrEqual(1)
        expect(verdict.score).toBeGreaterThanOrEqual(0)
        expect(verdict.score).toBeLessThanOrEqual(1)
        expect(verdict.anomaly).toBe(verdict.method !== 'Normal')
        expect([verdict.ruleScore, verdict.mlScore]).toEqual([rule, ml])
      }),
    )
  })

  it('is silent without a rule while the model learns', () => {
    expect(fuse(create(), 0, 0, 1)).toMatchObject({ anomaly: false, method: 'Normal' })
  })
})

describe('statistics', () => {
  it('count what was decided', () => {
    const statistics = createStatistics()
    expect(statistics.totals()).toMatchObject({ totalPackets: 0, anomalyRate: 0, threatLevel: 'Low' })
    const methods: Method[] = ['Normal', 'Normal', 'Normal', 'Normal', 'Normal', 'Rule', 'ML', 'ML', 'Hybrid', 'Normal']
    for (const method of methods) statistics.count({ ...createVerdict(), method, anomaly: method !== 'Normal' })
    expect(statistics.totals()).toEqual({
      totalPackets: 10,
      normal: 6,
      anomalies: 4,
      rule: 1,
      ml: 2,
      hybrid: 1,
      anomalyRate: 0.4,
      threatLevel: 'Critical',
    })
  })

  it.each([
    [0, 'Low'],
    [0.05, 'Low'],
    [0.051, 'Medium'],
    [0.1, 'Medium'],
    [0.101, 'High'],
    [0.2, 'High'],
    [0.201, 'Critical'],
    [1, 'Critical'],
  ])('a rate of %d is %s', (rate, level) => {
    expect(threatLevel(rate)).toBe(level)
  })
})
