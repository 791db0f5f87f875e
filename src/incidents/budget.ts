import { createWordHash } from '../math/hash.ts'
import type { FlowRecord } from '../types/flow.ts'
import { createEvidence } from './evidence.ts'

const DAY = 86_400
/** Rates are not drawn from less than this: an hour. */
const SHORTEST = 3_600
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
 * A number of alerts a day in place of a threshold. A host's evidence must pass what chance would pass `perDay` times a day,
 * given how many conversations there are (the bound of an e-process at 1 / alpha); and what passes is paid from a purse that
 * fills at that rate, so that traffic whose flows depend on each other cannot raise more.
 */
export interface Budget {
  /** Weighs one flow's e-value for both hosts; which of them has now passed the limit, if any. */
  weigh(flow: FlowRecord, e: number, time: number, targetIsHost: boolean): 'source' | 'target' | null
  /** Pays for an incident; false, and nothing is paid, when the purse is empty. */
  pay(time: number): boolean
  /** Evidence a host needs, as a factor. */
  limit(time: number): number
  counters(): Record<string, number>
}

/** The purse starts with one alert and holds a day's at most. */
export function createBudget({ seed, cap, perDay }: BudgetOptions): Budget {
  const evidence = createEvidence({ seed, cap })
  const conversations = createConversations(seed)
  let began = Number.NaN
  let updates = 0
  let purse = 1
  let filled = 0
  let refused = 0

  const limit = (time: number): number => {
    const watched = Math.max(SHORTEST, time - began || 0)
    return Math.max(1, ((updates / watched) * DAY) / perDay)
  }

  return {
    limit,
    weigh(flow, e, time, targetIsHost) {
      if (Number.isNaN(began)) began = filled = time
      if (!conversations.isNew(flow, time)) return null
      updates += 2
      const logE = Math.log(e)
      const source = evidence.add(flow.address, 0, logE)
      const target = targetIsHost ? evidence.add(flow.address, 4, logE) : 0
      const most = Math.max(source, target)
      if (most <= 0 || most < Math.log(limit(time))) return null
      return source >= target ? 'source' : 'target'
    },
    pay(time) {
      purse = Math.min(Math.max(1, perDay), purse + (Math.max(0, time - filled) * perDay) / DAY)
      filled = Math.max(filled, time)
      if (purse < 1) {
        refused++
        return false
      }
      purse--
      return true
    },
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
