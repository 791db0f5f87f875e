import { describe, expect, it } from 'vitest'
import type { Alert } from '../../types/alert.ts'
import { ATTACK_TYPES } from '../../types/attack.ts'
import type { Observation } from '../../types/observation.ts'
import { createSuricataDetector } from './detector.ts'

const alert = (rest: Partial<Alert>): Alert => ({
  detector: 'suricata',
  id: '1:1',
  title: 'T',
  category: 'Misc activity',
  level: 'medium',
  attack: [],
  ...rest,
})
const seen = (alerts: Alert[] | null) => ({ flow: { alerts } }) as unknown as Observation

describe('suricata', () => {
  it('scores by the worst alert as a rule of that level, and nothing without one', () => {
    const detector = createSuricataDetector()
    expect(detector.score(seen(null))).toBe(0)
    expect(detector.score(seen([alert({}), alert({ level: 'critical' }), alert({ level: 'low' })]))).toBe(0.95)
    expect(detector.score(seen([alert({ level: 'low' })]))).toBe(0.4)
    expect(detector.score(seen([alert({ detector: 'another' })]))).toBe(0)
    expect(detector.counters!()).toEqual({ flows: 2 })
  })

  it('tells the worst first, with its ATT&CK ids and a type that is known here', () => {
    const detector = createSuricataDetector()
    const alerts = [
      alert({ title: 'odd' }),
      alert({ title: 'bad', level: 'high', attack: ['T1046'], category: 'Detection of a Network Scan' }),
    ]
    const found = detector.findings(seen(alerts))
    expect(found.map(({ title, type, attack, level }) => [title, type, attack, level])).toEqual([
      ['bad', 'Port Scan', ['T1046'], 'high'],
      ['odd', 'IDS Alert', [], 'medium'],
    ])
    for (const { type } of found) expect(ATTACK_TYPES).toContain(type)
    const reasons = detector.explain(seen(alerts))
    expect(reasons.map(({ text }) => text)).toEqual([
      'Suricata says bad (Detection of a Network Scan)',
      'Suricata says odd (Misc activity)',
    ])
    expect(reasons.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  })
})
