import { createEvidence } from './evidence.ts'

const DAY = 86_400
/** Rates are not drawn from less than this: an hour. */
const SHORTEST = 3_600

export interface BudgetOptions {
  seed: number
  /** Hosts whose evidence is held. */
  cap: number
  /** Incidents a day the model alone may raise about traffic that is normal. */
  perDay: number
}

/**
 * A number of alerts a day in place of a threshold. A host's evidence must pass what chance would pass `perDay` times a day,
 * given how many flows there are: the bound of an e-process at 1 / alpha.
 */
export interface Budget {
  /** Weighs one flow's e-value for both hosts; which of them has now passed the limit, if any. */
  weigh(address: Int32Array, e: number, time: number): 'source' | 'target' | null
  /** Evidence a host needs, as a factor. */
  limit(time: number): number
  counters(): Record<string, number>
}

export function createBudget({ seed, cap, perDay }: BudgetOptions): Budget {
  const evidence = createEvidence({ seed, cap })
  let began = Number.NaN
  let updates = 0

  const limit = (time: number): number => {
    const watched = Math.max(SHORTEST, time - began || 0)
    return Math.max(1, ((updates / watched) * DAY) / perDay)
  }

  return {
    limit,
    weigh(address, e, time) {
      if (Number.isNaN(began)) began = time
      updates += 2
      const logE = Math.log(e)
      const source = evidence.add(address, 0, logE)
      const target = evidence.add(address, 4, logE)
      const most = Math.max(source, target)
      if (most <= 0 || most < Math.log(limit(time))) return null
      return source >= target ? 'source' : 'target'
    },
    counters: evidence.counters,
  }
}
