import { describe, expect, it } from 'vitest'
import { runSelftest } from '../commands/selftest.ts'
import { loadConfig } from '../config.ts'
import { rulesOf } from '../request.ts'
import type { Incident } from '../types/incident.ts'
import { byEngine, type Staged, scoreCampaign, selftest, type Told, type Trial } from './selftest.ts'
import { selftestJson, selftestText } from './selftest-report.ts'

const STAGED: Staged = {
  family: 'vertical-scan',
  variant: 'syn',
  type: 'Port Scan',
  attack: ['T1046'],
  attacker: '203.0.113.9',
  victim: '192.168.1.10',
  start: 1_000,
  end: 1_010,
}

const INCIDENT: Incident = {
  id: 'nads-000001',
  type: 'Port Scan',
  title: 'Port Scan from 203.0.113.9 to 192.168.1.10',
  severity: 'high',
  confidence: 0.6,
  score: 0.9,
  method: 'Rule',
  attack: ['T1046'],
  sources: ['203.0.113.9'],
  targets: ['192.168.1.10'],
  sourceCount: 1,
  targetCount: 1,
  ports: [22],
  portCount: 1,
  firstSeen: 1_001,
  lastSeen: 1_009,
  detectedAt: 1_002,
  flows: 12,
  packets: 24,
  bytes: 1_200,
  reasons: [],
  otherwise: null,
  response: '',
}

function told(change: Partial<Incident> = {}): Told {
  const incident = { ...INCIDENT, ...change }
  return { incident, names: new Map([[incident.type, incident.detectedAt]]) }
}

describe('an incident tells of a campaign', () => {
  const changes: [string, Partial<Incident>, { found: boolean; named: boolean; own: number }][] = [
    ['of both hosts, in time and by name', {}, { found: true, named: true, own: 1 }],
    ['under another name', { type: 'DDoS' }, { found: true, named: false, own: 1 }],
    ['too late', { detectedAt: 1_041 }, { found: false, named: false, own: 1 }],
    ['raised before it began', { firstSeen: 900, detectedAt: 950 }, { found: false, named: false, own: 1 }],
    ['of the attacker and somebody else', { targets: ['192.168.1.11'] }, { found: false, named: false, own: 0 }],
    ['of another time', { firstSeen: 2_000, lastSeen: 2_010 }, { found: false, named: false, own: 0 }],
  ]
  it.each(changes)('%s', (_, change, { found, named, own }) => {
    const outcome = scoreCampaign(STAGED, [told(change)])
    expect([outcome.found, outcome.named, outcome.incidents.length]).toEqual([found, named, own])
    expect(outcome.delay === null).toBe(!found)
  })

  it('raised before it began, when it is named because of it', () => {
    const names = new Map([
      ['Unclassified anomaly', 950],
      ['Port Scan', 1_004],
    ])
    const outcome = scoreCampaign(STAGED, [{ incident: { ...INCIDENT, firstSeen: 900, detectedAt: 950 }, names }])
    expect(outcome).toMatchObject({ found: true, named: true, delay: 4 })
  })

  it('needs no attacker where the campaign has none', () => {
    expect(scoreCampaign({ ...STAGED, attacker: '' }, [told({ sources: ['198.18.0.1'] })]).found).toBe(true)
  })
})

describe('selftest', () => {
  const FAMILIES = ['icmp-flood', 'dga']

  it('finds and names the attacks it stages, and says the same again', () => {
    const config = loadConfig(undefined, {}, { seed: 5 })
    const result = runSelftest(config, FAMILIES, 0)
    expect(result.missed).toEqual([])
    expect(result.campaigns).toHaveLength(3)
    expect(result.engines.hybrid).toMatchObject({ found: 3, named: 3 })
    expect(result.engines.rules.found).toBe(3)
    expect(result.engines.model.named).toBe(0)
    for (const { outcomes } of result.campaigns) expect(outcomes.hybrid.delay).toBeLessThan(90)

    const text = selftestText(result)
    expect(text).toContain('No family was missed.')
    expect(text.split('\n').filter((line) => line.startsWith('icmp-flood'))).toHaveLength(2)
    expect(JSON.parse(JSON.stringify(selftestJson(result)))).toMatchObject({
      engines: { hybrid: { found: 3, of: 3 } },
    })

    // A variant fares the same whatever else is staged.
    const alone = runSelftest(config, ['dga'], 0)
    expect(alone.campaigns).toEqual(result.campaigns.filter(({ family }) => family === 'dga'))
  })

  it('misses a family without rules while the model still learns, and says so', () => {
    const disabled = rulesOf({ config: loadConfig(undefined, {}), sources: [] }).map(({ id }) => id)
    const blind = loadConfig(undefined, {}, { 'rules.disabled': disabled, 'detection.warmup': 100_000 })
    const result = runSelftest(blind, ['dga'], 0)
    expect(result.missed).toEqual(['dga'])
    expect(selftestText(result)).toContain('Missed: dga')
  })

  it('counts what belongs to no campaign by the hour', () => {
    const watch = ({ family, peace }: Trial) => ({
      staged: family === undefined ? null : STAGED,
      incidents: byEngine(() => (family === undefined ? [told(), told()] : [told()])),
      seconds: peace,
    })
    const result = selftest({ seed: 1, variants: [{ family: 'a', variant: 'b' }], quietHours: 3.5, watch })
    expect(result.engines.hybrid).toMatchObject({ found: 1, named: 1, hours: 4 })
    expect(result.engines.hybrid.unexplained).toHaveLength(2)
    expect(selftestText(result)).toContain('0.500')
  })
})
