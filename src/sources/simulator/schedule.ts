import { pick, type Random } from '../../math/random.ts'
import type { Campaign } from './campaigns/campaign.ts'
import { campaigns } from './campaigns/index.ts'
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
const WARM_UP = 600
/** Longer than an incident stays open without news, so that each attack stands alone. */
const PAUSE = 660
/** What a newcomer sees first, soon, and beyond doubt; then the first of those that take many flows. */
const OPENING = 'icmp-flood'
const FIRST_BURST = 'vertical-scan'

/** The schedule of a scenario that begins at `start` with `rate` background flows a second. */
export function createSchedule(scenario: Scenario, random: Random, start: number, rate: number): Schedule {
  if (scenario.campaigns === 'all') return inTurn(start)
  if (scenario.campaigns === 'some') return nowAndThen(random, start + Math.max(PEACEFUL_TICKS / rate, 44), rate)
  return { next: Number.POSITIVE_INFINITY, take: () => inTurn(start).take(), ran: () => {} }
}

/** Every variant of every family, one after the other, with time between them to tell them apart. */
function inTurn(start: number): Schedule {
  const all = campaigns.flatMap((campaign) => campaign.variants.map((variant) => ({ campaign, variant })))
  let index = 0
  let next = start + WARM_UP
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
