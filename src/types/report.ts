import type { Stats } from './events.ts'
import type { Incident } from './incident.ts'

/** What reading captures came to: the object `nads read --format json` prints. */
export interface ReadReport {
  input: InputSummary
  stats: Stats
  incidents: Incident[]
}

export interface InputSummary {
  files: string[]
  packets: number
  bytes: number
  flows: number
  /** Epoch seconds of the first and last packet; null without packets. */
  first: number | null
  last: number | null
  /** The input ends in the middle of a packet. */
  truncated: boolean
  /** Packets that made no flow, by reason. */
  undecoded: Record<string, number>
}
