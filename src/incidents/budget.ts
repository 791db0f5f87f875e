import { createWordHash } from '../math/hash.ts'
import type { FlowRecord } from '../types/flow.ts'
import { createEvidence } from './evidence.ts'

const DAY = 86_400
/** Rates are not drawn from less than this: an hour. */
const SHORTEST = 3_600
/**
 * What a host does in one minute is of one piece, and chance is reckoned for pieces that do not depend on each other: so many
 * times the evidence is asked for.
 */
const STRICT = 20
/** Evidence that is so many times what is needed is far beyond doubt. */
const FAR = 1_000
/** Flows of one conversation say the same thing again and again: seconds in which they count once. */
const ONCE = 600
/** Conversations remembered for that; one that is pushed out may count again. */
const CONVERSATIONS = 65_536

export interface BudgetOptions {
  seed: number
  /** Hosts whose evidence is held. */
  cap: number
  /** Incidents a day the model alone may raise. */
  perDay: number
}

/**
 * A number of alerts a day in place of a threshold. A host's evidence must pass what chance would pass far less often than
 * `perDay` times a day, given how many conversations there are (the bound of an e-process at 1 / alpha); and what passes is
 * paid from a purse that fills at that rate and is empty at first.
 */
export interface Budget {
  /**
   * Weighs one flow's e-values for both its entities, four words each; which of them has now passed the limit, if any. 0 for
   * what is no host.
   */
  weigh(
    flow: FlowRecord,
    entities: Int32Array,
    source: number,
    target: number,
    time: number,
  ): 'source' | 'target' | null
  /**
   * Pays for an incident of the entity at `entities[offset]`, whose evidence is used up by it; false, and nothing is paid, when
   * the purse is empty. What is far beyond doubt may be told on credit, one at a time.
   */
  pay(entities: Int32Array, offset: number, time: number): boolean
  /** Evidence a host needs, as a factor. */
  limit(time: number): number
  /** From now on the model may raise so many a day; what the purse earned until now stays in it, as far as it still has room. */
  allow(perDay: number): void
  /** Whether the evidence against the entity is far beyond what is needed. */
  isFar(entities: Int32Array, offset: number, time: number): boolean
  /** What is in the purse and what it is drawn from, as plain JSON, for `restore`. */
  save(): Savings
  restore(saved: Savings): void
  readonly bytes: number
  counters(): Record<string, number>
}

/** `purse` in alerts; conversations counted, in so many seconds. */
export interface Savings {
  purse: number
  updates: number
  watched: number
}

/** The purse holds half a day's alerts at most. */
export function createBudget({ seed, cap, ...options }: BudgetOptions): Budget {
  let { perDay } = options
  const evidence = createEvidence({ seed, cap })
  const conversations = createConversations(seed)
  let began = Number.NaN
  let updates = 0
  const most = (): number => Math.max(1, perDay / 2)
  let purse = 0
  let restored = 0
  let filled = 0
  let last = 0
  let refused = 0

  const limit = (time: number): number => {
    const watched = Math.max(SHORTEST, restored + (time - began || 0))
    return STRICT * Math.max(1, ((updates / watched) * DAY) / perDay)
  }

  const fill = (time: number): void => {
    purse = Math.min(most(), purse + (Math.max(0, time - filled || 0) * perDay) / DAY)
    filled = Math.max(filled, time)
  }

  const isFar = (entities: Int32Array, offset: number, time: number): boolean =>
    evidence.of(entities, offset) > Math.log(FAR * limit(time))

  return {
    limit,
    weigh(flow, entities, source, target, time) {
      if (Number.isNaN(began)) began = filled = time
      last = Math.max(last, time)
      if (!conversations.isNew(flow, time)) return null
      updates += target > 0 ? 2 : 1
      const bySource = evidence.add(entities, 0, Math.log(source), time)
      const byTarget = target > 0 ? evidence.add(entities, 4, Math.log(target), time) : 0
      const larger = Math.max(bySource, byTarget)
      if (larger < Math.log(limit(time))) return null
      return bySource >= byTarget ? 'source' : 'target'
    },
    pay(entities, offset, time) {
      fill(time)
      if (purse < 1 && (purse < 0 || !isFar(entities, offset, time))) {
        refused++
        return false
      }
      purse--
      evidence.forget(entities, offset)
      return true
    },
    allow(rate) {
      fill(last)
      perDay = rate
    },
    isFar,
    save() {
      fill(last)
      return { purse, updates, watched: restored + (last - began || 0) }
    },
    restore(saved) {
      purse = Math.min(purse + saved.purse, most())
      updates += saved.updates
      restored += saved.watched
    },
    bytes: evidence.bytes + conversations.bytes,
    counters: () => ({ ...evidence.counters(), over_budget: refused }),
  }
}

/** Remembers when a conversation (both hosts, responder's port, protocol) last counted: one slot per hash, newest wins. */
function createConversations(seed: number) {
  const hash = createWordHash({ key0: seed | 0, key1: 0x636f6e76 })
  const key = new Int32Array(9)
  const out = new Int32Array(2)
  const tags = new Int32Array(CONVERSATIONS)
  const times = new Float64Array(CONVERSATIONS).fill(Number.NEGATIVE_INFINITY)
  return {
    bytes: tags.byteLength + times.byteLength,
    isNew(flow: FlowRecord, time: number): boolean {
      key.set(flow.address)
      key[8] = (flow.protocol << 16) | flow.dstPort
      hash(key, 9, out)
      const slot = out[0]! & (CONVERSATIONS - 1)
      if (tags[slot] === out[1] && time - times[slot]! < ONCE) return false
      tags[slot] = out[1]!
      times[slot] = time
      return true
    },
  }
}
