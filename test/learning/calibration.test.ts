import { describe, expect, it } from 'vitest'
import { attack, RATE, START, watch } from './world.ts'

const BINS = 10
/** Families that a rule, a model or both find, one after the other. */
const STAGED = [
  ['vertical-scan', 'connect'],
  ['horizontal-sweep', 'tcp'],
  ['brute-force', 'ssh'],
  ['dns-tunnel', 'questions'],
  ['exfiltration', 'https'],
  ['dga', 'dga'],
] as const

describe('how anomalous a flow is said to be', () => {
  it.each([13, 14])('is how often it is one, to 0.05 over ten bins (seed %i)', (seed) => {
    const added = STAGED.flatMap(([family, variant], i) =>
      attack(seed * 100 + i, family, variant, START + 3_600 + i * 600),
    )
    const said = new Float64Array(BINS)
    const were = new Float64Array(BINS)
    const flows = new Float64Array(BINS)
    watch({
      seed,
      seconds: 7_200,
      added,
      judged(flow, verdict) {
        const bin = Math.min(BINS - 1, Math.floor(verdict.score * BINS))
        flows[bin]!++
        said[bin]! += verdict.score
        if (flow.label !== '') were[bin]!++
      },
    })
    const error =
      said.reduce((sum, score, bin) => sum + Math.abs(score - were[bin]!), 0) / flows.reduce((a, b) => a + b)
    console.info(
      `calibration, seed ${seed}: error ${error.toFixed(4)}; flows ${flows.join(' ')}; attacks ${were.join(' ')}`,
    )
    expect(flows.reduce((a, b) => a + b)).toBe(7_200 * RATE + added.length)
    expect(error).toBeLessThanOrEqual(0.05)
  })
})
