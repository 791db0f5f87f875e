import type { Alert } from '../../types/alert.ts'
import type { Level } from '../../types/verdict.ts'
import { listAt, type Row, rowAt, textAt } from '../flow-log/json.ts'
import { cleaned } from '../flow-log/text.ts'

/** Characters of a signature that are kept. */
const TITLE_MAX = 200
/** Suricata's priorities, 1 first. */
const LEVELS: readonly Level[] = ['high', 'medium', 'low', 'informational']
const TECHNIQUES_MAX = 8

/** What Suricata's `alert` object says; null when it names no signature. */
export function alertOf(row: Row): Alert | null {
  const alert = rowAt(row, 'alert')
  const title = cleaned(textAt(alert, 'signature')).slice(0, TITLE_MAX)
  if (title === '') return null
  const id = `${textAt(alert, 'gid') || '1'}:${textAt(alert, 'signature_id')}`
  return {
    detector: 'suricata',
    id: cleaned(id).slice(0, 32),
    title,
    category: cleaned(textAt(alert, 'category')).slice(0, TITLE_MAX),
    level: levelOf(alert),
    attack: techniquesOf(alert),
  }
}

function levelOf(alert: Row): Level {
  const severity = Number(textAt(alert, 'severity') || 3)
  const metadata = rowAt(alert, 'metadata')
  const isCritical = listAt(metadata, 'signature_severity').some((word) => word === 'Critical')
  if (severity <= 1 && isCritical) return 'critical'
  return LEVELS[Math.min(LEVELS.length, Math.max(1, Math.round(severity) || 3)) - 1]!
}

function techniquesOf(alert: Row): string[] {
  const ids = listAt(rowAt(alert, 'metadata'), 'mitre_technique_id').slice(0, TECHNIQUES_MAX)
  const known = ids.filter((id): id is string => typeof id === 'string' && /^T\d{4}(\.\d{3}|_\d{3})?$/.test(id))
  return [...new Set(known.map((id) => id.replace('_', '.')))]
}
