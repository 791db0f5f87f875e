import { describe, expect, it } from 'vitest'
import { configSchema } from '../../src/config.ts'
import { createPipeline } from '../../src/pipeline.ts'
import { rulesOf } from '../../src/request.ts'
import { createTraffic, type Truth } from '../../src/sources/simulator/traffic.ts'
import type { Incident } from '../../src/types/incident.ts'
import { START } from '../learning/world.ts'

/** What is shown to who starts it for the first time, at so many flows a second for so long, and what really happened. */
function look(rate: number, seconds: number, seed: number): { incidents: Incident[]; truth: readonly Truth[] } {
  const config = configSchema.parse({ seed, flows: { cap: 16 } })
  const rules = rulesOf({
    config,
    sources: [{ name: 'simulator', kind: 'simulator', ...config.simulator, scenario: 'home', rate }],
  })
  const pipeline = createPipeline({ config, rules })
  const traffic = createTraffic({ seed, start: START, scenario: 'home', rate })
  while (traffic.ticks < seconds * rate) traffic.tick(pipeline.flow)
  pipeline.finish()
  return { incidents: pipeline.incidents(), truth: traffic.truth }
}

function isPartOf({ firstSeen, lastSeen, sources, targets }: Incident, truth: Truth): boolean {
  const takesPart = (host: string): boolean => host === '' || sources.includes(host) || targets.includes(host)
  const overlaps = firstSeen <= truth.end + 30 && lastSeen >= truth.start
  return overlaps && takesPart(truth.attacker) && takesPart(truth.victim)
}

describe('the simulated household with the classic pack', () => {
  it.each([
    [0.5, 7_200, 1],
    [0.5, 7_200, 2],
    [20, 180, 1],
    [20, 180, 2],
    [100, 180, 1],
  ])('at %d flows a second for %d s is told only of what is staged (seed %i)', (rate, seconds, seed) => {
    const { incidents, truth } = look(rate, seconds, seed)
    const unfounded = incidents.filter((incident) => !truth.some((one) => isPartOf(incident, one)))
    expect(incidents.length).toBeGreaterThan(0)
    expect(unfounded.map(({ title }) => title)).toEqual([])
  })
})
