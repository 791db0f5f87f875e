import { describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { createPipeline } from '../src/pipeline.ts'
import { rulesOf } from '../src/request.ts'
import { createTraffic } from '../src/sources/simulator/traffic.ts'
import type { Incident } from '../src/types/incident.ts'

const START = 1_700_000_000
const RATE = 0.5
const rules = rulesOf({ config: loadConfig(undefined, {}), sources: [] })

/** What is told of a household in which one host does that, and who it is. */
function watch(family: string, variant: string, scanners: readonly string[]): { incidents: Incident[]; by: string } {
  const traffic = createTraffic({
    seed: 4,
    rate: RATE,
    start: START,
    scenario: 'campaigns',
    family,
    variant,
    peace: 1_800,
  })
  const config = loadConfig(undefined, {})
  const pipeline = createPipeline({ config: { ...config, hosts: { ...config.hosts, scanners: [...scanners] } }, rules })
  while (traffic.ticks / RATE < 3_600) traffic.tick(pipeline.flow)
  const by = traffic.truth[0]!.attacker
  return { incidents: pipeline.incidents().filter(({ sources }) => sources.includes(by)), by }
}

describe('a vulnerability scanner', () => {
  it.each([
    ['vertical-scan', 'syn'],
    ['vertical-scan', 'connect'],
    ['horizontal-sweep', 'tcp'],
    ['brute-force', 'ssh'],
    ['brute-force', 'web'],
    ['lateral-movement', 'smb'],
  ])('that nobody named is told of, and not once the operator has: %s %s', (family, variant) => {
    const { incidents, by } = watch(family, variant, [])
    expect(incidents.length).toBeGreaterThan(0)
    expect(watch(family, variant, [by]).incidents.map(({ title }) => title)).toEqual([])
  })

  it('is told of all the same for what no scanner does', () => {
    const { by } = watch('icmp-tunnel', 'sessions', [])
    expect(watch('icmp-tunnel', 'sessions', [by]).incidents.map(({ type }) => type)).toEqual(['ICMP Tunnel'])
  })
})
