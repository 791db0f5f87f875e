import type { Level, Method, Reason } from './verdict.ts'

/** Something worth a person's time: one attack, however many flows it took. */
export interface Incident {
  id: string
  type: string
  title: string
  severity: Level
  /** 0 to 1. */
  score: number
  method: Exclude<Method, 'Normal'>
  /** ATT&CK technique ids. */
  attack: string[]
  sources: string[]
  targets: string[]
  /** Epoch seconds. */
  firstSeen: number
  lastSeen: number
  flows: number
  reasons: Reason[]
}
