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
const seen = (alerts: Alert[] | null, context = { srcLocal: true, dstLocal: true }) =>
  ({ flow: { alerts }, context }) as unknown as Observation

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

  it('calls a scan so by its category, or where a leak is attempted by its signature', () => {
    const detector = createSuricataDetector()
    const leak = 'Attempted Information Leak'
    const types = [
      alert({ title: 'ET SCAN Potential SSH Scan', category: leak }),
      alert({ title: 'ET EXPLOIT Router', category: leak }),
      alert({ category: 'Detection of a Network Scan' }),
      alert({ title: 'ET SCAN Suspicious inbound', category: 'Potentially Bad Traffic' }),
    ].map((one) => detector.findings(seen([one]))[0]!.type)
    expect(types).toEqual(['Port Scan', 'IDS Alert', 'Port Scan', 'IDS Alert'])
  })

  it('tells of who is knocked at where somebody outside is ill reputed, and of who does it where it is worse, or one of ours', () => {
    const detector = createSuricataDetector()
    const by = (rest: Partial<Alert>, srcLocal: boolean) =>
      detector.findings(seen([alert(rest)], { srcLocal, dstLocal: true }))[0]!.by
    expect([by({}, false), by({}, true), by({ level: 'high' }, false)]).toEqual(['target', undefined, undefined])
    expect(by({ category: 'Detection of a Network Scan' }, false)).toBeUndefined()
  })
})
