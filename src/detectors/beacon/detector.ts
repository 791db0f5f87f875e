import { z } from 'zod'
import { type BeaconScore, beaconScore } from '../../math/beacon-score.ts'
import { percentile } from '../../math/percentile.ts'
import { formatAddress } from '../../net/address.ts'
import { PROTOCOL } from '../../net/flow-record.ts'
import type { Observation } from '../../types/observation.ts'
import type { Finding, Reason } from '../../types/verdict.ts'
import type { Detector } from '../detector.ts'
import { formatShare, formatSpan } from '../ecod/wording.ts'
import { evenEnough } from './glance.ts'
import { createTold } from './told.ts'
import { BEACON } from './tunables.ts'

const SCORE = 0.75
/** What it tells of, and where it was there before. */
export const FINDING: Finding = {
  type: 'Beacon',
  attack: ['T1071', 'T1573'],
  level: 'medium',
  response:
    'Find the program that makes these connections, on the host itself, and who runs the address. If nobody knows of it, block the address and take the host off the network.',
  title: 'Regular calls to one outside address',
}
const HABIT: Finding = {
  ...FINDING,
  level: 'low',
  response: 'See whether the program that makes these connections is one you know.',
  title: 'Regular calls that went on before we watched',
}
/** The series that was judged; null where none was told of. */
const basisSchema = z.nullable(z.object({ starts: z.array(z.number()), sizes: z.array(z.number()) }))
const NONE: BeaconScore = beaconScore([], [], 0)
const FEWEST = Math.min(...BEACON.calls.map(({ calls }) => calls))

/** Finds programs that call home: connections to one service outside, evenly spaced and alike (RITA). */
export function createBeaconDetector({ seed }: { seed: number }): Detector {
  const told = createTold({ seed, ...BEACON.told })
  const address = new Int32Array(8)
  let found = NONE
  let needed = 0
  let began = 0
  let read = 0
  let looked = 0
  let hits = 0
  let habits = 0
  let isHabit = false

  /** Connections read of a series that is worth the arithmetic: enough, of a kind that could be a beacon, at about one distance. */
  const readWorthy = ({ flow, context }: Observation): number => {
    const { beacon } = context
    if (beacon.connections < FEWEST || !couldCall(flow, context)) return 0
    if (beacon.connections > BEACON.often && beacon.connections % BEACON.every > 0 && !told.goesOn(flow)) return 0
    const length = beacon.read()
    return evenEnough(beacon.starts, length) ? length : 0
  }

  return {
    name: 'beacon',
    kind: 'rule',
    score(observation) {
      found = NONE
      const length = readWorthy(observation)
      if (length === 0) return 0
      looked++
      const { flow, context } = observation
      const { starts, sizes } = context.beacon
      const series = beaconScore(starts, sizes, length)
      needed = scoreNeeded(context)
      if (!tells(series, needed)) return 0
      isHabit = wasThere(observation, series)
      if (mayBeOlder(context, series) && !alike(sizes.subarray(0, length))) return 0
      if (!isHabit && !told.tell(flow)) return 0
      found = series
      read = length
      began = flow.opened - starts[length - 1]!
      address.set(flow.address)
      if (isHabit) habits++
      else hits++
      return scoreOf(isHabit)
    },
    explain: (observation) => (found === NONE ? [] : reasonsOf(observation, found, needed)),
    basis({ context }) {
      if (found === NONE) return null
      const { starts, sizes } = context.beacon
      return { starts: [...starts.subarray(0, read)], sizes: [...sizes.subarray(0, read)] }
    },
    recompute(observation, basis) {
      const held = basisSchema.parse(basis)
      if (held === null) return { score: 0, p: 1 }
      const series = beaconScore(held.starts, held.sizes, held.starts.length)
      const told = tells(series, scoreNeeded(observation.context))
      return { score: told ? scoreOf(wasThere(observation, series)) : 0, p: 1 }
    },
    nearest() {
      if (found === NONE) return []
      const from = Number(figure(found.score))
      const to = Math.ceil(100 * needed - 1) / 100
      const change = { feature: 'beacon_score', label: 'evenness of the calls', unit: '', from, to }
      return [{ change, score: scoreOf(isHabit) }]
    },
    findings: () =>
      found === NONE
        ? []
        : [{ ...(isHabit ? HABIT : FINDING), since: { time: began, address, within: BEACON.missed * found.interval } }],
    bytes: told.bytes,
    counters: () => ({ series_looked_at: looked, hits, habits, ...told.counters() }),
  }
}

/** Even enough, and often enough, to be told. */
function tells(series: BeaconScore, needed: number): boolean {
  return series.score >= needed && isBeacon(series)
}

/** From here to outside, answered, and nothing that is meant to be regular. */
function couldCall(flow: Observation['flow'], context: Observation['context']): boolean {
  if (flow.forward.payload === 0 || flow.reverse.payload === 0) return false
  if (flow.protocol !== PROTOCOL.tcp && flow.protocol !== PROTOCOL.udp) return false
  if (BEACON.ports.has(flow.dstPort) || BEACON.roles.has(context.srcRole) || BEACON.roles.has(context.dstRole))
    return false
  return context.srcLocal || !context.dstLocal
}

function scoreNeeded(context: Observation['context']): number {
  const { popular, familiar, score } = BEACON
  const isPopular = context.dstTalkers >= popular.talkers && context.dstPrevalence >= popular.prevalence
  return score + (isPopular ? popular.more : 0) + (context.pairAge >= familiar.age ? familiar.more : 0)
}

function isBeacon({ size, interval, spread, calls }: BeaconScore): boolean {
  return size >= BEACON.size && calls >= callsNeeded(interval) && spread <= spreadAllowed(calls)
}

/** The two may have talked so before we watched, at a pace that things are meant to have. */
function mayBeOlder({ networkAge, pairAge }: Observation['context'], { interval }: BeaconScore): boolean {
  return networkAge - pairAge < BEACON.before.watched && interval >= BEACON.before.fast
}

/** It went on when we began to watch a network, with a server that has a name, as agents and appliances talk to their makers. */
function wasThere({ flow, context }: Observation, { interval }: BeaconScore): boolean {
  const { before, habit } = BEACON
  if (interval < habit.fast || context.localHosts < habit.hosts) return false
  const began = context.networkAge - context.pairAge
  return began < before.watched && began <= habit.intervals * interval && hasName(flow)
}

function hasName({ names }: Observation['flow']): boolean {
  return Boolean(names?.tlsSni ?? names?.httpHost ?? names?.remoteName)
}

function scoreOf(isHabit: boolean): number {
  return isHabit ? BEACON.habit.score : SCORE
}

/** All but equal. */
function alike(sizes: Float64Array): boolean {
  const { share, near } = BEACON.before
  const median = percentile(sizes, 50)
  return sizes.filter((size) => Math.abs(size - median) <= near * median).length >= share * sizes.length
}

function callsNeeded(interval: number): number {
  return BEACON.calls.find(({ below }) => interval < below)!.calls
}

function spreadAllowed(calls: number): number {
  return Math.min(BEACON.spreadMost, BEACON.spreadPerCall * (calls - 4))
}

function reasonsOf({ flow, context }: Observation, found: BeaconScore, needed: number): Reason[] {
  const { score, timing, size, histogram, duration, interval, spread, calls } = found
  const from = formatAddress(flow.address)
  const to = `${formatAddress(flow.address, 4)} port ${flow.dstPort}`
  const parts = `timing ${figure(timing)}, size ${figure(size)}, steadiness ${figure(histogram)}, presence ${figure(duration)}`
  return [
    {
      detector: 'beacon',
      feature: 'beacon_score',
      label: 'evenness of the calls',
      observed: Number(figure(score)),
      expected: `< ${figure(needed)}`,
      limit: needed,
      share: 0.5,
      text: `${from} called ${to} ${calls} times, alike in time and size: ${figure(score)} of 1, limit ${figure(needed)} (${parts})`,
    },
    {
      detector: 'beacon',
      feature: 'beacon_gap_spread',
      label: 'spread of the gaps between calls',
      observed: Number(figure(spread)),
      expected: `> ${figure(spreadAllowed(calls))}`,
      share: 0.5,
      text: `one call every ${formatSpan(interval)}, half of them within ${formatShare(spread)} of that; calls at random spread by about 70 %`,
    },
    {
      detector: 'beacon',
      feature: 'pair_age',
      label: 'time the pair is known',
      unit: 's',
      observed: context.pairAge,
      expected: 'as long as the network, and a server asked for by name',
      share: 0,
      text: beginningOf(context),
    },
  ]
}

/** What tells a program that came from one that was always there. */
function beginningOf({ networkAge, pairAge, dstTalkers }: Observation['context']): string {
  const before = networkAge - pairAge
  const when =
    before < BEACON.before.watched
      ? 'they may have gone on before we began to watch'
      : `they began ${formatSpan(before)} after we began to watch`
  const others = Math.max(0, dstTalkers - 1)
  if (others === 0) return `${when}, and no other host here talks to that address`
  return `${when}, and ${others} other ${others === 1 ? 'host here talks' : 'hosts here talk'} to that address`
}

function figure(value: number): string {
  return value.toFixed(2)
}
