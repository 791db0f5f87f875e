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
  /** Addresses, first seen first, at most 100 of each; `sourceCount` and `targetCount` go on counting to 65,536. */
  sources: string[]
  targets: string[]
  sourceCount: number
  targetCount: number
  /** Epoch seconds. */
  firstSeen: number
  lastSeen: number
  /** When it was raised, by the clock of the traffic, epoch seconds. */
  detectedAt: number
  flows: number
  packets: number
  bytes: number
  reasons: Reason[]
  /** What to do about it, when a rule knows. */
  response: string
}
