import { createWordHash, type WordHash } from '../../math/hash.ts'
import type { Observation } from '../../types/observation.ts'
import type { Correlation, Leg } from './correlation.ts'
import { Distinct } from './distinct.ts'
import { Groups } from './groups.ts'
import { createKey, hasValue, writeField } from './key.ts'
import { Tally } from './tally.ts'

export interface WindowCaps {
  /** Groups of all rules, and of one. */
  groups: number
  groupsPerRule: number
  /** Different values held of all groups together. */
  values: number
  /** Groups with more different values than are held exactly, estimated by a sketch. */
  sketches: number
}

export const WINDOW_CAPS: WindowCaps = { groups: 65_536, groupsPerRule: 16_384, values: 262_144, sketches: 256 }

/** A record this many seconds before its group's window means that the clock was set back: the group begins anew. */
const CLOCK_STEP = 600

/**
 * What the correlations have counted, per group, over sliding windows. Time is the end of each flow record; records may
 * come out of order, and one older than its group's window counts for nothing.
 */
export class Windows {
  private readonly correlations: readonly Correlation[]
  private readonly hash: WordHash
  private readonly key: Int32Array
  private readonly halves = new Int32Array(2)
  private readonly groups: Groups
  private readonly tally = new Tally()
  private readonly distinct: Distinct
  private late = 0
  private clockSteps = 0

  constructor(correlations: readonly Correlation[], seed: number, caps: WindowCaps = WINDOW_CAPS) {
    this.correlations = correlations
    this.hash = createWordHash({ key0: seed, key1: Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995 })
    this.key = createKey(1 + Math.max(0, ...correlations.map(({ groupBy }) => groupBy.length)))
    const counting = correlations.map((_, owner) => owner).filter((owner) => isCounted(correlations[owner]!))
    this.groups = new Groups(correlations.length, { total: caps.groups, perOwner: caps.groupsPerRule }, (slot) =>
      this.clear(slot),
    )
    this.distinct = new Distinct(caps, (slot) => this.groups.evictFrom(counting, slot))
  }

  /** Counts a flow that its rule's detection matched, and returns what its group has come to. */
  count(owner: number, observation: Observation): number {
    const { type, field, groupBy, timespan, legs } = this.correlations[owner]!
    if (type === 'temporal') return this.countLegs(owner, legs, timespan, observation)
    if (field !== null && !hasValue(field, observation)) return 0
    const slot = this.slotOf(owner, groupBy, observation)
    const time = this.enter(slot, observation.flow.last, timespan)
    if (type === 'event_count') return this.tally.add(slot, time, timespan, 1)
    if (type === 'value_sum') return this.tally.add(slot, time, timespan, amountOf(field!, observation))
    const words = writeField(field!, observation, this.key, 0)
    this.hash(this.key, words, this.halves)
    return this.distinct.add(slot, this.halves[0]!, time, this.groups.clock[slot]! - timespan)
  }

  /** How many of the legs the group has seen, where this flow is one of the last; 0 where it is not. */
  private countLegs(owner: number, legs: readonly Leg[], timespan: number, observation: Observation): number {
    let count = 0
    for (let i = 0; i < legs.length; i++) {
      const leg = legs[i]!
      count = 0
      if (!leg.test(observation)) continue
      const slot = this.slotOf(owner, leg.groupBy, observation)
      const time = this.enter(slot, observation.flow.last, timespan)
      count = this.distinct.add(slot, i, time, this.groups.clock[slot]! - timespan)
    }
    return count
  }

  /** Moves the group's clock on by a flow that ended at `last`, and returns that time as it is counted. */
  private enter(slot: number, last: number, timespan: number): number {
    const { clock } = this.groups
    const time = Math.max(0, last)
    if (time < clock[slot]! - timespan - CLOCK_STEP) {
      this.clockSteps++
      this.clear(slot)
      clock[slot] = time
    }
    if (time > clock[slot]!) clock[slot] = time
    else if (time <= clock[slot]! - timespan) this.late++
    return time
  }

  counters(): Record<string, number> {
    return {
      groups: this.groups.size,
      groupsEvicted: this.groups.evictions,
      values: this.distinct.size,
      valuesDropped: this.distinct.dropped,
      countsSaturated: this.distinct.saturated,
      late: this.late,
      clockSteps: this.clockSteps,
    }
  }

  private slotOf(owner: number, groupBy: Correlation['groupBy'], observation: Observation): number {
    const { key, halves } = this
    let words = 0
    for (let i = 0; i < groupBy.length; i++) words = writeField(groupBy[i]!, observation, key, words)
    this.hash(key, words, halves)
    return this.groups.slotOf(owner, halves[0]!, halves[1]!)
  }

  private clear(slot: number): void {
    this.tally.clear(slot)
    this.distinct.clear(slot)
  }
}

/** Types that count different values. */
function isCounted({ type }: Correlation): boolean {
  return type === 'value_count' || type === 'temporal'
}

function amountOf(field: NonNullable<Correlation['field']>, observation: Observation): number {
  return field.kind === 'number' ? Math.max(0, field.get(observation)) : 0
}
