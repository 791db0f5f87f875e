import { createRandom, pick, type Random } from '../../math/random.ts'
import { copyFlowRecord, createFlowRecord } from '../../net/flow-record.ts'
import type { AttackType } from '../../types/attack.ts'
import { InputError } from '../../types/errors.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { kinds } from './benign/index.ts'
import { createPolls, type Polls } from './benign/polls.ts'
import { createStanding, STANDING_PER_HOME, type StandingConnections } from './benign/standing.ts'
import type { Campaign, Scene } from './campaigns/campaign.ts'
import { Conversation } from './conversation.ts'
import { shuffled, weighted } from './distributions.ts'
import { createNetwork, type Network } from './network.ts'
import { type Scenario, scenarioOf } from './scenarios.ts'
import { createSchedule, type Planned, type Schedule, type Staging } from './schedule.ts'
import { writeUniformNoise } from './uniform-noise.ts'

export interface TrafficOptions extends Staging {
  seed: number
  /** Name of a scenario; `home` unless given. */
  scenario?: string
  /** Background flows per second of simulated time; 0.5 unless given. */
  rate?: number
  /** Epoch seconds of the first flow. */
  start: number
}

/** What really happened, for scoring. Times are epoch seconds; addresses are empty where there is no single one. */
export interface Truth {
  family: string
  type: AttackType
  attack: readonly string[]
  variant: string
  attacker: string
  victim: string
  start: number
  end: number
  flows: number
}

/** A pure generator: the same options give the same flows, byte for byte. */
export interface Traffic {
  /** Makes the flows of the next tick, 1 / rate seconds after the one before; the record is only valid during `push`. */
  tick(push: (flow: FlowRecord) => void): void
  /** Ticks made so far. */
  readonly ticks: number
  /** Campaigns started so far, in that order. */
  readonly truth: readonly Truth[]
}

/** A household of some fifteen devices makes about so many flows a second. */
const FLOWS_PER_HOME = 4
const MAX_HOMES = 256
/** At most one tick in so many tells of a connection that stands, once a minute. */
const STANDING_SHARE = 6
/** Slower traffic has no room for what devices do by the clock, flows a second. */
const LEAST_FOR_POLLS = 0.2

/** Throws an `InputError` for a scenario or rate there is not. */
export function createTraffic(options: TrafficOptions): Traffic {
  const { seed, start, rate = 0.5 } = options
  if (!(rate > 0 && rate <= 1e6))
    throw new InputError(`simulator.rate: ${rate} is not a number above 0 and up to 1000000`)
  const scenario = scenarioOf(options.scenario ?? 'home')
  const networks = Array.from({ length: Math.min(MAX_HOMES, Math.ceil(rate / FLOWS_PER_HOME)) }, (_, i) =>
    createNetwork(i),
  )
  const homes: Homes = (random) => (networks.length === 1 ? networks[0]! : pick(random, networks))
  const standing = createStanding(createRandom(~seed), networks, standingOf(rate, networks.length), start)
  const polls = rate < LEAST_FOR_POLLS ? null : createPolls(createRandom(seed ^ 0x33333333), networks, start)
  const background = createBackground(scenario, createRandom(seed), homes, standing, polls)
  const attacks = createAttacks(createRandom(seed ^ 0x5bd1e995), homes)
  const schedule = createSchedule(scenario, createRandom(seed ^ 0x27d4eb2f), start, rate, options)
  let ticks = 0
  let id = 0
  return {
    get ticks() {
      return ticks
    },
    truth: attacks.truth,
    tick(push) {
      const time = start + ticks++ / rate
      const deliver = (flow: FlowRecord): void => {
        flow.id = ++id
        push(flow)
      }
      while (schedule.next <= time) attacks.begin(schedule, scenario.campaigns === 'all')
      attacks.due(time, deliver)
      deliver(background(time))
    },
  }
}

type Homes = (random: Random) => Network

/** Connections that stand: as many as the homes have, or as there is room for. */
function standingOf(rate: number, homes: number): number {
  return Math.min(homes * STANDING_PER_HOME, Math.floor((rate * 60) / STANDING_SHARE))
}

/** One benign flow per call, its last packet at the time given. */
function createBackground(
  scenario: Scenario,
  random: Random,
  homes: Homes,
  standing: StandingConnections,
  polls: Polls | null,
): (time: number) => FlowRecord {
  const talk = new Conversation()
  talk.record.source = 'simulator'
  if (scenario.background === 'uniform') {
    return (time) => {
      writeUniformNoise(random, talk.record, time)
      return talk.record
    }
  }
  // Whoever learns from the first flows should have seen every common kind once.
  const first = shuffled(
    random,
    kinds.filter((kind) => kind.day >= 1 || kind.night >= 2),
  )
  const weights = Array.from({ length: 24 }, (_, hour) =>
    kinds.map((kind) => blend(kind.night, kind.day, daylight(hour))),
  )
  return (time) => {
    const due = standing.next(time, talk) ?? polls?.next(time, talk)
    if (due) return due
    const hour = Math.floor((time / 3600) % 24)
    const kind = first.pop() ?? kinds[weighted(random, weights[hour]!)]!
    kind.write({ random, network: homes(random), talk })
    return talk.finishAt(time)
  }
}

/** 0 in the small hours, 1 around the afternoon. */
function daylight(hour: number): number {
  return Math.min(1, Math.max(0, 0.6 - 0.9 * Math.cos((2 * Math.PI * (hour - 2.5)) / 24)))
}

function blend(night: number, day: number, share: number): number {
  return night + (day - night) * share
}

interface Attacks {
  readonly truth: Truth[]
  begin(schedule: Schedule, large: boolean): void
  /** Delivers what ended by `time`, in that order. */
  due(time: number, deliver: (flow: FlowRecord) => void): void
}

function createAttacks(random: Random, homes: Homes): Attacks {
  const truth: Truth[] = []
  const talk = new Conversation()
  talk.record.source = 'simulator'
  let pending: FlowRecord[] = []
  return {
    truth,
    begin(schedule, large) {
      const start = schedule.next
      const flows: FlowRecord[] = []
      const planned = schedule.take()
      const scene = createScene(random, homes(random), talk, start, large, planned.campaign, flows)
      const { attacker, victim } = planned.campaign.generate(scene, planned.variant)
      const end = flows.reduce((latest, flow) => Math.max(latest, flow.last), start)
      truth.push({ ...describe(planned), attacker, victim, start, end, flows: flows.length })
      pending = [...pending, ...flows].sort((a, b) => a.last - b.last)
      schedule.ran(flows.length, end)
    },
    due(time, deliver) {
      let count = 0
      while (count < pending.length && pending[count]!.last <= time) deliver(pending[count++]!)
      if (count > 0) pending = pending.slice(count)
    },
  }
}

function describe({ campaign, variant }: Planned) {
  const { family, type, attack } = campaign
  return { family, type, attack, variant }
}

function createScene(
  random: Random,
  network: Network,
  talk: Conversation,
  start: number,
  large: boolean,
  campaign: Campaign,
  flows: FlowRecord[],
): Scene {
  return {
    random,
    network,
    talk,
    start,
    amount: (few, many) => Math.round((large ? many : few) * (0.9 + 0.2 * random())),
    push(reason) {
      const flow = copyFlowRecord(talk.finish(reason), createFlowRecord())
      flow.label = campaign.family
      flows.push(flow)
    },
  }
}
