import type { Basis } from './basis.ts'
import type { FlowView } from './events.ts'
import type { Level, Method, Otherwise, Reason } from './verdict.ts'

/** Something worth a person's time: one attack, however many flows it took. */
export interface Incident {
  id: string
  type: string
  title: string
  /** How bad it is if it is one. */
  severity: Level
  /** How likely it is one: chance, 0 to 1, that the flow that speaks most for it is part of an attack. */
  confidence: number
  /** The highest confidence of any verdict in it, 0 to 1. */
  score: number
  method: Exclude<Method, 'Normal'>
  /** ATT&CK technique ids. */
  attack: string[]
  /** Addresses, first seen first, at most 100 of each; `sourceCount` and `targetCount` go on counting to 65,536. */
  sources: string[]
  targets: string[]
  sourceCount: number
  targetCount: number
  /** Destination ports, first seen first, at most 100; `portCount` goes on counting. */
  ports: number[]
  portCount: number
  /** Epoch seconds. */
  firstSeen: number
  lastSeen: number
  /** When it was raised, by the clock of the traffic, epoch seconds. */
  detectedAt: number
  flows: number
  packets: number
  bytes: number
  reasons: Reason[]
  /** What would not have alerted, of the flow that opened it; null where nothing small was found. */
  otherwise: Otherwise | null
  /** What to do about it, when a rule knows. */
  response: string
  /** Absent in lists, and of incidents that ended long ago. */
  story?: Story
}

/** What an incident is made of, bounded however long it lasts. */
export interface Story {
  /** Oldest first: the first 8 steps and the last 24. */
  timeline: Evidence[]
  /** The first 100 flows and the last 100, by id; views of the first 10, and of the last 10 steps. */
  flowIds: number[]
  sample: FlowView[]
  /** All it takes to judge the flow that opened it again, and get the same. */
  basis: Basis | null
}

/** One step of an incident: it was opened, grew by a quarter, or another engine or rule joined in. */
export interface Evidence {
  /** When it was seen, by the clock of the traffic, epoch seconds. */
  time: number
  /** Id of the flow. */
  flow: number
  source: string
  destination: string
  method: Exclude<Method, 'Normal'>
  /** Detector, and rule where it was one, that said most, or joined in. */
  detector: string
  rule?: string
  text: string
  ruleScore: number
  mlScore: number
  /** Flows of the incident by then. */
  flows: number
}
