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

/** A stretch of simulated traffic; without a family nobody attacks, and what is learned is known in the trials that follow. */
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

/** An incident, and when it was first told under each name it had: attack type to epoch seconds. */
export interface Told {
  incident: Incident
  names: ReadonlyMap<string, number>
}

/** What came of a trial. */
export interface Watched {
  staged: Staged | null
  incidents: Record<Engine, readonly Told[]>
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
  unexplained: Incident[]
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
  /** Hours before the attacks in which nobody attacks and everybody learns. */
  quietHours: number
  /** Has each engine judge the same traffic. */
  watch: (trial: Trial) => Watched
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
 * Stages every variant by itself, at an hour of its own, in a network that was watched undisturbed before. So a result
 * depends on nothing but seed, quiet hours, family and variant: not on what else is staged, nor on what an earlier attack
 * left open.
 */
export function selftest({ seed, variants, quietHours, watch, progress }: SelftestOptions): SelftestResult {
  const engines = byEngine((): EngineResult => ({ found: 0, named: 0, unexplained: [], hours: 0 }))
  if (quietHours > 0) {
    progress?.(0, variants.length)
    count(engines, watch({ seed, start: START - quietHours * 3_600, peace: quietHours * 3_600 }))
  }
  const campaigns = variants.map((variant, i): CampaignResult => {
    progress?.(i, variants.length)
    const watched = watch(trialOf(seed, variant))
    return { ...watched.staged!, outcomes: count(engines, watched) }
  })
  const missed = campaigns.filter(({ outcomes }) => !outcomes.hybrid.found).map(({ family }) => family)
  return { seed, campaigns, engines, missed: [...new Set(missed)] }
}

/**
 * Was the campaign told of, how soon, and by which name? An incident raised before it does not count, unless it takes
 * another name because of it.
 */
export function scoreCampaign(staged: Staged, told: readonly Told[]): Outcome {
  const own = told.filter(({ incident }) => belongs(incident, staged))
  const timely = own
    .flatMap(({ names }) => [...names])
    .filter(([, time]) => time >= staged.start && time <= staged.end + GRACE)
  const rightNames: readonly string[] = [staged.type, ...(ALSO[staged.type] ?? [])]
  return {
    found: timely.length > 0,
    named: timely.some(([name]) => rightNames.includes(name)),
    delay: timely.length === 0 ? null : Math.min(...timely.map(([, time]) => time - staged.start)),
    incidents: own.map(({ incident }) => incident),
  }
}

/** Overlaps in time and names everybody who took part. */
function belongs({ firstSeen, lastSeen, sources, targets }: Incident, staged: Staged): boolean {
  if (firstSeen > staged.end + GRACE || lastSeen < staged.start) return false
  return [staged.attacker, staged.victim].every(
    (host) => host === '' || sources.includes(host) || targets.includes(host),
  )
}

/** One of each, in the order of `ENGINES`. */
export function byEngine<T>(of: (engine: Engine) => T): Record<Engine, T> {
  return { rules: of('rules'), model: of('model'), hybrid: of('hybrid') }
}

/** Adds a trial to the sums. */
function count(
  engines: Record<Engine, EngineResult>,
  { staged, incidents, seconds }: Watched,
): Record<Engine, Outcome> {
  return byEngine((name) => {
    const outcome = staged === null ? NOTHING : scoreCampaign(staged, incidents[name])
    const engine = engines[name]
    if (outcome.found) engine.found++
    if (outcome.named) engine.named++
    engine.hours += seconds / 3_600
    const all = incidents[name].map(({ incident }) => incident)
    engine.unexplained.push(...all.filter((incident) => !outcome.incidents.includes(incident)))
    return outcome
  })
}

const NOTHING: Outcome = { found: false, named: false, delay: null, incidents: [] }

function trialOf(seed: number, { family, variant }: Variant): Trial {
  let mixed = seed
  for (const letter of `${family} ${variant}`) mixed = Math.imul(mixed ^ letter.codePointAt(0)!, 0x01000193)
  const hour = Math.floor(createRandom(mixed)() * DAY)
  return { family, variant, seed: mixed >>> 0, start: START + hour, peace: PEACE }
}
