import type { Counter, SourceStats, Stats } from './events.ts'
import type { Interval, KeptIncident, StoreStatus, SuppressionDraft, Talker } from './history.ts'

/** Who is asking, as `/api/session` tells it. */
export interface SessionState {
  name: string
  access: 'anyone' | 'viewer' | 'admin'
  /** Nobody has a password yet, and the one-time link waits to be used. */
  setUp: boolean
  /** Somebody has a password or a token. */
  accounts: boolean
}

/** What the Overview shows. */
export interface Overview {
  /** Epoch seconds. */
  from: number
  to: number
  /** Length of an interval. */
  seconds: number
  timeline: Interval[]
  talkers: Talker[]
  /** Open incidents that are not suppressed, by severity. */
  open: Record<string, number>
  /** The worst of them, at most 5. */
  worst: Omit<KeptIncident, 'story'>[]
  stats: Stats
}

/** How the program fares. */
export interface Health {
  status: 'ok' | 'degraded'
  /** In words, what is wrong; empty when nothing is. */
  problems: string[]
  store: StoreStatus
  /** What was lost, anywhere. */
  losses: Counter[]
  clients: number
}

/** Where flows come from. */
export interface SourceState extends SourceStats {
  /** What cannot be found there. */
  blind: string[]
}

/** A rule as people see it. */
export interface RuleView {
  id: string
  title: string
  description: string
  status: string
  type: string
  level: string
  attack: string[]
  response: string
  falsePositives: string[]
  tunables: string[]
  /** The file's name, and whether it is one of the operator's own. */
  file: string
  own: boolean
  /** It was edited on the page, and whether there is one of its id under it that it takes the place of. */
  edited: boolean
  replaces: boolean
  /** Incidents kept that it speaks in. */
  incidents: number
}

/** What is wrong with a rule's text. */
export interface RuleProblem {
  line: number | null
  message: string
}

/** What a rule would have found in the flows kept. */
export interface RuleTrial {
  /** Flows looked at, of which it matched so many, in so many incidents. */
  flows: number
  matched: number
  incidents: number
  /** Epoch seconds. */
  from: number
  to: number
  /** The first of them. */
  examples: { time: number; source: string; destination: string; dstPort: number }[]
}

/** A capture somebody brought, judged apart from live traffic. Its name comes from outside: text nodes only. */
export interface CaptureView {
  id: string
  name: string
  bytes: number
  author: string
  /** Epoch seconds, of the machine. */
  added: number
  state: 'waiting' | 'judging' | 'done' | 'failed'
  /** Share judged, 0 to 1. */
  progress: number
  /** Why it failed, in words; null otherwise. */
  problem: string | null
  /** What came of it; null until it is done. */
  result: CaptureResult | null
}

export interface CaptureResult {
  packets: number
  flows: number
  incidents: number
  /** Epoch seconds of the first and last packet; null without packets. */
  first: number | null
  last: number | null
  /** It ends in the middle of a packet. */
  truncated: boolean
  /** Packets that made no flow, by reason. */
  undecoded: Record<string, number>
}

/** All captures, newest first, and what may be brought. */
export interface CaptureList {
  items: CaptureView[]
  maxBytes: number
  /** Captures kept at once. */
  kept: number
}

/** What is usual of one feature in the last flows learned from. */
export interface FeatureView {
  name: string
  label: string
  unit: string
  /** Least, 1st, 25th, 50th, 75th and 99th percentile, most; null of kinds. */
  quantiles: number[] | null
  /** Shares of flows, the commonest first; null of amounts. */
  kinds: { word: string; share: number }[] | null
  /** How far the newer half of these flows is from the older half, 0 to 1 (Kolmogorov-Smirnov). */
  drift: number
}

/** What the model has learned. */
export interface ModelView {
  features: FeatureView[]
  /** Flows these are drawn from. */
  flows: number
  /** Drift that chance alone passes once in a thousand features. */
  chance: number
  /** Scores from which on a flow is anomalous, and is enough for an incident by itself, where no rule speaks; null without such. */
  cut: { anomalous: number; alone: number } | null
  /** The model that can be gone back to: when it was set aside (epoch seconds), and flows it had learned from. */
  previous: { saved: number; learned: number } | null
}

/** How much is kept and how often the models may speak: of the settings, or as an admin said on the page. */
export interface Limits {
  /** Days flows are kept, and incidents with all else. */
  flowDays: number
  incidentDays: number
  /** Flows, and gigabytes on disk, above which the oldest flows go. */
  maxFlows: number
  maxGigabytes: number
  /** Incidents a day the models alone may raise about traffic that is normal. */
  alertsPerDay: number
}

/** What people set on the page, to be taken to another installation. Searches are the browser's and come beside. */
export interface Bundle {
  version: 1
  /** Those in force. */
  suppressions: SuppressionDraft[]
  /** Rules edited on the page. */
  rules: { id: string; text: string }[]
  /** Those said on the page; null where the settings hold. */
  limits: Limits | null
}

/** What came of taking a bundle in. */
export interface BundleTaken {
  suppressions: number
  rules: number
  limits: boolean
  /** Left out, and why. */
  problems: string[]
}

/** An output: where incidents are told of, beside the page. */
export interface OutputView {
  name: string
  kind: string
  /** In words, without secrets. */
  target: string
  /** Incidents of this severity and above are told of, at most so many an hour. */
  severity: string
  perHour: number
  sent: number
  /** Held back by that cap. */
  held: number
  /** Given up, for nothing arrived for long, or too many waited. */
  lost: number
  waiting: number
  /** Why the last one did not arrive; null when it did. */
  problem: string | null
}
