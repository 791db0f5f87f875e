import type { Level } from './verdict.ts'

/** What another detector said of a flow. All texts are printable and cut. */
export interface Alert {
  /** The detector that says so, such as `suricata`. */
  detector: string
  /** Of the rule that fired, unique in its detector. */
  id: string
  title: string
  category: string
  level: Level
  /** ATT&CK technique ids. */
  attack: string[]
}
