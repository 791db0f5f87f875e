import { createWordHash, type WordHash } from '../../math/hash.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Observation } from '../../types/observation.ts'
import { type Beginning, Beginnings } from './beginnings.ts'
import type { Correlation } from './correlation.ts'
import { Distinct } from './distinct.ts'
import type { Field } from './field.ts'
import { Groups } from './groups.ts'
import { createKey, type HashedKey, hasValue, writeField } from './key.ts'
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
  private readonly owners: readonly Owner[]
  private readonly hash: WordHash
  private readonly key: Int32Array
  private readonly halves = new Int32Array(2)
  private readonly groups: Groups
  private readonly tally = new Tally()
  private readonly distinct: Distinct
  private readonly beginnings = new Beginnings()
  /** The group that `count` last counted in. */
  slot = 0
  private flow = 0
  private late = 0
  private clockSteps = 0

  constructor(correlations: readonly Correlation[], seed: number, caps: WindowCaps = WINDOW_CAPS) {
    const keys = new Map<string, HashedKey>()
    this.owners = correlations.map((correlation) => {
      const { field, legs, groupBy } = correlation
      return {
        correlation,
        group: keyOf(groupBy, keys),
        value: keyOf(field === null ? [] : [field], keys),
        legs: legs.map((leg) => keyOf(leg.groupBy, keys)),
      }
    })
    this.hash = createWordHash({ key0: seed, key1: Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995 })
    this.key = createKey(1 + Math.max(0, ...[...keys.values()].map(({ fields }) => fields.length)))
    const counting = correlations.map((_, owner) => owner).filter((owner) => isCounted(correlations[owner]!))
    this.groups = new Groups(correlations.length, { total: caps.groups, perOwner: caps.groupsPerRule }, (slot) =>
      this.clear(slot),
    )
    this.distinct = new Distinct(caps, (slot) => this.groups.evictFrom(counting, slot))
  }

  /** Another flow is at hand. */
  begin(): void {
    this.flow++
  }

  /** Counts a flow that its rule's detection matched, and returns what its group has come to. */
  count(index: number, observation: Observation): number {
    const owner = this.owners[index]!
    const { type, field, timespan } = owner.correlation
    if (type === 'temporal') return this.countLegs(index, owner, observation)
    if (field !== null && !hasValue(field, observation)) return 0
    const slot = this.slotOf(index, owner.group, observation)
    const time = this.enter(slot, observation.flow, timespan)
    if (type === 'event_count') return this.tally.add(slot, time, timespan, 1)
    if (type === 'value_sum') return this.tally.add(slot, time, timespan, amountOf(field!, observation))
    this.read(owner.value, observation)
    return this.distinct.add(slot, owner.value.a, time, this.groups.clockOf(slot) - timespan)
  }

  /** How many of the legs the group has seen, where this flow is one of the last; 0 where it is not. */
  private countLegs(index: number, { correlation, legs }: Owner, observation: Observation): number {
    const { timespan } = correlation
    let count = 0
    for (let i = 0; i < legs.length; i++) {
      count = 0
      if (!correlation.legs[i]!.test(observation)) continue
      const slot = this.slotOf(index, legs[i]!, observation)
      const time = this.enter(slot, observation.flow, timespan)
      count = this.distinct.add(slot, i, time, this.groups.clockOf(slot) - timespan)
    }
    return count
  }

  /** Moves the group's clock on by a flow, and returns that time as it is counted. */
  private enter(slot: number, flow: FlowRecord, timespan: number): number {
    const time = Math.max(0, flow.last)
    const clock = this.groups.clockOf(slot)
    this.slot = slot
    if (time > clock + timespan) this.beginnings.set(slot, flow)
    if (time > clock) {
      this.groups.setClock(slot, time)
    } else if (time < clock - timespan - CLOCK_STEP) {
      this.clockSteps++
      this.clear(slot)
      this.groups.setClock(slot, time)
      this.beginnings.set(slot, flow)
    } else if (time <= clock - timespan) {
      this.late++
    }
    return time
  }

  /** Where the evidence of a group that `count` counted in began. */
  beginningOf(slot: number): Beginning {
    return this.beginnings.of(slot)
  }

  /** Of all its tables. */
  get bytes(): number {
    return this.groups.bytes + this.tally.bytes + this.distinct.bytes + this.beginnings.bytes
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

  private slotOf(index: number, key: HashedKey, observation: Observation): number {
    this.read(key, observation)
    return this.groups.slotOf(index, key.a, key.b)
  }

  private read(key: HashedKey, observation: Observation): void {
    if (key.flow === this.flow) return
    let words = 0
    for (let i = 0; i < key.fields.length; i++) words = writeField(key.fields[i]!, observation, this.key, words)
    this.hash(this.key, words, this.halves)
    key.a = this.halves[0]!
    key.b = this.halves[1]!
    key.flow = this.flow
  }

  private clear(slot: number): void {
    this.tally.clear(slot)
    this.distinct.clear(slot)
  }
}

/** A correlation with the keys it reads of a flow, each shared with the others that read the same. */
interface Owner {
  readonly correlation: Correlation
  readonly group: HashedKey
  readonly value: HashedKey
  readonly legs: readonly HashedKey[]
}

function keyOf(fields: readonly Field[], keys: Map<string, HashedKey>): HashedKey {
  const name = fields.map((field) => field.name).join()
  const key = keys.get(name) ?? { fields, a: 0, b: 0, flow: 0 }
  keys.set(name, key)
  return key
}

/** Types that count different values. */
function isCounted({ type }: Correlation): boolean {
  return type === 'value_count' || type === 'temporal'
}

function amountOf(field: NonNullable<Correlation['field']>, observation: Observation): number {
  return field.kind === 'number' ? Math.max(0, field.get(observation)) : 0
}
