import { pick, type Random } from '../../math/random.ts'
import { InputError } from '../../types/errors.ts'
import type { Campaign } from './campaigns/campaign.ts'
import { campaignOf, campaigns } from './campaigns/index.ts'
import { shuffled, uniform } from './distributions.ts'
import type { Scenario } from './scenarios.ts'

/** The next thing to happen. */
export interface Planned {
  campaign: Campaign
  variant: string
}

/** Decides which campaign starts when, in epoch seconds of simulated time. */
export interface Schedule {
  /** Start of the next campaign; infinity when there is none. */
  readonly next: number
  take(): Planned
  /** The campaign taken last took so many flows and ended then. */
  ran(flows: number, end: number): void
}

/** Flows a model learns from before it judges, with a margin: so long there is peace. */
const PEACEFUL_TICKS = 22
/** Seconds of peace before every family is staged in turn, unless told otherwise. */
const PEACE = 600
/** Longer than an incident stays open without news, so that each attack stands alone. */
const PAUSE = 660
/** What a newcomer sees first, soon, and beyond doubt; then the first of those that take many flows. */
const OPENING = 'icmp-flood'
const FIRST_BURST = 'vertical-scan'

/** What to stage where every family is, and when to begin. */
export interface Staging {
  /** One family, or one variant of it, in place of all. */
  family?: string
  variant?: string
  /** Seconds before the first campaign. */
  peace?: number
}

/** The schedule of a scenario that begins at `start` with `rate` background flows a second. */
export function createSchedule(
  scenario: Scenario,
  random: Random,
  start: number,
  rate: number,
  staging: Staging,
): Schedule {
  if (scenario.campaigns === 'all') return inTurn(start + (staging.peace ?? PEACE), chosen(staging))
  if (scenario.campaigns === 'some') return nowAndThen(random, start + Math.max(PEACEFUL_TICKS / rate, 44), rate)
  return inTurn(Number.POSITIVE_INFINITY, [])
}

/** Every variant of the families asked for. Throws an `InputError` that lists what there is. */
function chosen({ family, variant }: Staging): Planned[] {
  const families = family === undefined ? campaigns : [campaignOf(family)]
  const all = families.flatMap((campaign) => campaign.variants.map((name) => ({ campaign, variant: name })))
  const wanted = all.filter((planned) => variant === undefined || planned.variant === variant)
  if (wanted.length > 0) return wanted
  const known = all.map((planned) => planned.variant).join(', ')
  throw new InputError(`simulator: ${family} has no variant "${variant}"; there are: ${known}`)
}

/** One after the other, with time between them to tell them apart. */
function inTurn(first: number, all: readonly Planned[]): Schedule {
  let index = 0
  let next = first
  return {
    get next() {
      return next
    },
    take: () => all[index++]!,
    ran(_flows, end) {
      next = index < all.length ? end + PAUSE : Number.POSITIVE_INFINITY
    },
  }
}

/**
 * Families in turn at random intervals. One in three takes dozens of flows, the others few, and after many it stays quiet a
 * little longer: so that most of what is seen is normal. A flood of hundreds would be all there is to see.
 */
function nowAndThen(random: Random, first: number, rate: number): Schedule {
  const bursts = campaigns.filter(({ size }) => size === 'burst')
  const others = campaigns.filter(({ size }) => size === 'few')
  let burstDeck = onTop(shuffled(random, bursts), FIRST_BURST)
  let otherDeck = onTop(shuffled(random, others), OPENING)
  let count = 0
  let next = first + uniform(random, 0, 3)
  return {
    get next() {
      return next
    },
    take() {
      if (burstDeck.length === 0) burstDeck = shuffled(random, bursts)
      if (otherDeck.length === 0) otherDeck = shuffled(random, others)
      const campaign = count++ % 3 === 1 ? burstDeck.pop()! : otherDeck.pop()!
      return { campaign, variant: count === 1 ? campaign.variants[0]! : pick(random, campaign.variants) }
    },
    ran(flows) {
      next += uniform(random, 60, 120) + flows / rate
    },
  }
}

/** The same deck, that family last: it is the next to be taken. */
function onTop(deck: Campaign[], family: string): Campaign[] {
  return [
    ...deck.filter((campaign) => campaign.family !== family),
    ...deck.filter((campaign) => campaign.family === family),
  ]
}
