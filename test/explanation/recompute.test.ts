import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { createDetectors } from '../../src/detectors/index.ts'
import { FEATURES } from '../../src/features/index.ts'
import { observationOf } from '../../src/judge/basis.ts'
import { differences, recompute } from '../../src/judge/recompute.ts'
import { type RunRequest, rulesOf } from '../../src/request.ts'
import { run } from '../../src/run.ts'
import type { Basis } from '../../src/types/basis.ts'
import type { Incident } from '../../src/types/incident.ts'
import { createFusion } from '../../src/verdict/index.ts'
import { attack, START, watch } from '../learning/world.ts'

const golden = resolve(import.meta.dirname, '../golden')
const clock = { now: () => 0, sleep: async () => {} }
const config = loadConfig(undefined, {})
const request: RunRequest = { config, sources: [] }

/** As JSON and back, as a store gives it, judged by detectors that know nothing. */
function again(basis: Basis) {
  const stored = JSON.parse(JSON.stringify(basis)) as Basis
  const detectors = createDetectors({ ...config.detection, seed: 99, rules: rulesOf(request), features: FEATURES })
  return { stored, found: recompute(stored, { detectors, fusion: createFusion('calibrated'), features: FEATURES }) }
}

function check(incidents: readonly Incident[]): void {
  for (const { story } of incidents) {
    const { stored, found } = again(story!.basis!)
    expect(differences(stored, found)).toEqual([])
    expect(JSON.stringify(stored).length).toBeLessThan(20_000)
  }
}

/** Attacks that rules, a model and both find. */
const STAGED = [
  ['vertical-scan', 'connect'],
  ['horizontal-sweep', 'tcp'],
  ['brute-force', 'ssh'],
  ['dns-tunnel', 'questions'],
  ['exfiltration', 'https'],
  ['beacon', 'https'],
] as const

describe('what is stored with an incident', () => {
  it.each(readdirSync(golden))('is enough to judge it again: %s', async (name) => {
    const sources: RunRequest['sources'] = [{ name: 'read', kind: 'read', files: [join(golden, name, 'input.pcap')] }]
    const { incidents } = await run({ config, sources }, { clock, signal: new AbortController().signal })
    check(incidents)
  })

  it('is enough to judge every incident of an hour again, and says what would not have alerted', () => {
    const added = STAGED.flatMap(([family, variant], i) => attack(i + 1, family, variant, START + 1_800 + i * 300))
    const incidents = watch({ seed: 1, seconds: 3_900, added }).incidents()
    expect(incidents.length).toBeGreaterThanOrEqual(5)
    check(incidents)
    for (const { otherwise, type, method } of incidents) console.info(`${type}, ${method}: ${otherwise?.text}`)
    expect(incidents.filter(({ otherwise }) => otherwise === null)).toEqual([])
  })

  it('does not pass for that of another flow', () => {
    const added = attack(1, 'horizontal-sweep', 'tcp', START + 600)
    const basis = watch({ seed: 1, seconds: 900, added })
      .incidents()
      .map(({ story }) => story!.basis!)
      .find(({ detectors }) => detectors.some(({ p }) => p < 1))!
    const forged = { ...basis, features: { ...basis.features, forward_bytes: 1e9 } }
    const { stored, found } = again(forged)
    expect(differences(stored, found)).not.toEqual([])
    expect(observationOf(stored, FEATURES).features).not.toEqual(observationOf(basis, FEATURES).features)
  })
})
