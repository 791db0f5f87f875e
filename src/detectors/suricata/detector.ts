import type { Alert } from '../../types/alert.ts'
import { type AttackType, IDS_ALERT } from '../../types/attack.ts'
import type { Observation } from '../../types/observation.ts'
import type { Finding, Reason } from '../../types/verdict.ts'
import type { Detector } from '../detector.ts'
import { LEVEL_SCORE } from '../rules/rule.ts'

/** What is meant by the categories of Suricata's classification.config; the others only say how bad it is. */
const TYPES: readonly (readonly [RegExp, AttackType])[] = [
  [/network scan/i, 'Port Scan'],
  [/web application/i, 'Web Attack'],
  [/denial of service/i, 'DDoS'],
  [/trojan|command and control|c2|malware|crypto/i, 'Malware C&C'],
]
/** An attempted information leak is a scan where the signature says so; else it may be anything. */
const LEAK = /information leak/i
const SCAN = /\bscan/i
const ACTION =
  'Look at the signature and the flow it fired on; if it is known and harmless here, disable it in Suricata.'

/** Takes what Suricata said of a flow, where the flow comes from its `eve.json`, as evidence like that of a rule. */
export function createSuricataDetector(): Detector {
  let score = 0
  let fired = 0
  return {
    name: 'suricata',
    kind: 'rule',
    score({ flow: { alerts } }) {
      score = 0
      if (alerts === null) return 0
      for (const { detector, level } of alerts) if (detector === 'suricata') score = Math.max(score, LEVEL_SCORE[level])
      if (score > 0) fired++
      return score
    },
    explain: (observation) => {
      const alerts = told(observation)
      return alerts.map((alert): Reason => {
        const { id, title, category } = alert
        const text = `Suricata says ${title}${category === '' ? '' : ` (${category})`}`
        return {
          detector: 'suricata',
          rule: id,
          text,
          feature: 'alert',
          observed: title,
          expected: 'no alert',
          share: 1 / alerts.length,
        }
      })
    },
    nearest: (observation) => {
      const alerts = told(observation)
      if (alerts.length === 0) return []
      const from = alerts.length === 1 ? alerts[0]!.title : `${alerts.length} alerts`
      return [{ change: { feature: 'alert', label: "Suricata's alerts", unit: '', from, to: 'none' }, score }]
    },
    findings: (observation) => told(observation).map((alert) => findingOf(alert, observation)),
    counters: () => ({ flows: fired }),
  }
}

/** The worst first. */
function told({ flow: { alerts } }: Observation): Alert[] {
  const own = (alerts ?? []).filter(({ detector }) => detector === 'suricata')
  return own.sort((a, b) => LEVEL_SCORE[b.level] - LEVEL_SCORE[a.level])
}

function findingOf(alert: Alert, { context: { srcLocal, dstLocal } }: Observation): Finding {
  const { id, title, level, attack } = alert
  const type = typeOf(alert)
  // Lists of ill-reputed addresses fire on everybody who knocks: that is one story of who is knocked at.
  const isNoise = type === IDS_ALERT && level === 'medium' && dstLocal && !srcLocal
  return { type, attack, level, title, rule: id, response: ACTION, ...(isNoise && { by: 'target' }) }
}

function typeOf({ title, category }: Alert): AttackType {
  if (LEAK.test(category)) return SCAN.test(title) ? 'Port Scan' : IDS_ALERT
  return TYPES.find(([pattern]) => pattern.test(category))?.[1] ?? IDS_ALERT
}
