import { createRandom } from '../math/random.ts'
import type { AttackType } from '../types/attack.ts'
import type { Incident } from '../types/incident.ts'
import { GRACE } from './score.ts'

/** Who judges: rules without a model, the model without rules, or both as in use. */
export const ENGINES = ['rules', 'model', 'hybrid'] as const
export type Engine = (typeof ENGINES)[number]

/** One way of one family of attack. */
export interface Variant {
  family: string
  variant: string
}

/** A stretch of simulated traffic to judge from a cold start; without a family nobody attacks. */
export interface Trial extends Partial<Variant> {
  seed: number
  /** Epoch seconds. */
  start: number
  /** Seconds before the campaign, or in all when there is none. */
  peace: number
}

/** A campaign as it was staged. Addresses are empty where there is no one such host; times are epoch seconds. */
export interface Staged extends Variant {
  type: AttackType
  attack: readonly string[]
  attacker: string
  victim: string
  start: number
  end: number
}

/** What came of a trial. */
export interface Watched {
  staged: Staged | null
  incidents: readonly Incident[]
  /** Length of the traffic. */
  seconds: number
}

export interface Outcome {
  found: boolean
  named: boolean
  /** Start of the campaign to the incident, seconds of traffic; null when missed. */
  delay: number | null
  /** Incidents that belong to the campaign. */
  incidents: readonly Incident[]
}

export interface CampaignResult extends Staged {
  outcomes: Record<Engine, Outcome>
}

export interface EngineResult {
  found: number
  named: number
  /** Incidents that belong to no campaign, in so many hours of traffic. */
  unexplained: readonly Incident[]
  hours: number
}

export interface SelftestResult {
  seed: number
  campaigns: CampaignResult[]
  engines: Record<Engine, EngineResult>
  /** Families of which rules and model together missed a variant. */
  missed: string[]
}

export interface SelftestOptions {
  seed: number
  /** What to stage, in this order. */
  variants: readonly Variant[]
  /** Hours of traffic in which nobody attacks. */
  quietHours: number
  /** Runs a trial through the pipeline. */
  watch: (engine: Engine, trial: Trial) => Watched
  progress?: (done: number, total: number) => void
}

/** Half an hour of a household's life comes before each campaign. */
const PEACE = 1_800
/** A Monday, 00:00 UTC. */
const START = 1_764_547_200
const DAY = 86_400

/** What else a campaign of a type may rightly be called. */
const ALSO: Readonly<Partial<Record<AttackType, readonly string[]>>> = {
  Beacon: ['Malware C&C'],
  'Long Connection': ['Malware C&C'],
}

/**
 * Stages every variant by itself, in a network of its own at an hour of its own, and watches an undisturbed one besides. So
 * a result depends on nothing but seed, family and variant: not on what else is staged, nor on what an earlier attack left
 * open.
 */
export function selftest({ seed, variants, quietHours, watch, progress }: SelftestOptions): SelftestResult {
  const total = ENGINES.length * (variants.length + 1)
  let done = 0
  const run = (engine: Engine, trial: Trial): Watched => {
    progress?.(done++, total)
    return watch(engine, trial)
  }
  const undisturbed = { seed, start: START, peace: quietHours * 3_600 }
  const engines = byEngine((engine) => tally(quietHours === 0 ? [] : [run(engine, undisturbed)]))
  const campaigns = variants.map((variant): CampaignResult => {
    const trial = trialOf(seed, variant)
    const watched = byEngine((engine) => run(engine, trial))
    const outcomes = byEngine((engine) => count(engines[engine], watched[engine]))
    return { ...watched.hybrid.staged!, outcomes }
  })
  const missed = campaigns.filter(({ outcomes }) => !outcomes.hybrid.found).map(({ family }) => family)
  return { seed, campaigns, engines, missed: [...new Set(missed)] }
}

/** Did `incidents` tell of the campaign, how soon, and by which name? */
export function scoreCampaign(staged: Staged, incidents: readonly Incident[]): Outcome {
  const own = incidents.filter((incident) => belongs(incident, staged))
  const timely = own.filter(({ detectedAt }) => detectedAt >= staged.start && detectedAt <= staged.end + GRACE)
  const names = [staged.type, ...(ALSO[staged.type] ?? [])]
  return {
    found: timely.length > 0,
    named: timely.some(({ type }) => names.includes(type)),
    delay: timely.length === 0 ? null : Math.min(...timely.map(({ detectedAt }) => detectedAt - staged.start)),
    incidents: own,
  }
}

/** Overlaps in time and names everybody who took part. */
function belongs({ firstSeen, lastSeen, sources, targets }: Incident, staged: Staged): boolean {
  if (firstSeen > staged.end + GRACE || lastSeen < staged.start) return false
  return [staged.attacker, staged.victim].every(
    (host) => host === '' || sources.includes(host) || targets.includes(host),
  )
}

function byEngine<T>(of: (engine: Engine) => T): Record<Engine, T> {
  return { rules: of('rules'), model: of('model'), hybrid: of('hybrid') }
}

function tally(undisturbed: readonly Watched[]): EngineResult {
  const unexplained = undisturbed.flatMap(({ incidents }) => incidents)
  return { found: 0, named: 0, unexplained, hours: undisturbed.reduce((sum, { seconds }) => sum + seconds / 3_600, 0) }
}

function count(engine: EngineResult, { staged, incidents, seconds }: Watched): Outcome {
  const outcome = scoreCampaign(staged!, incidents)
  if (outcome.found) engine.found++
  if (outcome.named) engine.named++
  engine.hours += seconds / 3_600
  engine.unexplained = [...engine.unexplained, ...incidents.filter((incident) => !outcome.incidents.includes(incident))]
  return outcome
}

function trialOf(seed: number, { family, variant }: Variant): Trial {
  let mixed = seed
  for (const letter of `${family} ${variant}`) mixed = Math.imul(mixed ^ letter.codePointAt(0)!, 0x01000193)
  const hour = Math.floor(createRandom(mixed)() * DAY)
  return { family, variant, seed: mixed >>> 0, start: START + hour, peace: PEACE }
}
