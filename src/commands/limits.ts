import type { Config } from '../config.ts'
import type { LimitBook } from '../server/api/limits.ts'
import type { Retention, Store } from '../store/store.ts'
import type { Limits } from '../types/api.ts'
import type { Clock } from '../types/clock.ts'

const KIND = 'limits'
/** Flows kept without a data folder. */
const IN_MEMORY = 200_000

/** Limits as the settings have them, or as was said last on the page: a decision like any other, kept in the journal. */
export async function openLimits(
  { history, detection }: Config,
  store: Store,
  clock: Clock,
  onChange: () => void,
): Promise<LimitBook> {
  const settings: Limits = { ...history, alertsPerDay: detection.alertsPerDay }
  const last = (await store.decisions([KIND])).at(-1)
  let said = (last?.content ?? null) as Limits | null
  return {
    current: () => said ?? settings,
    settings: () => settings,
    said: () => said,
    async set(limits, author) {
      await store.decide({ time: clock.now(), author, kind: KIND, subject: 'limits', content: limits }, [])
      said = limits
      onChange()
    },
  }
}

/** What the store is to keep by these. */
export function retentionOf({ flowDays, incidentDays, maxGigabytes, maxFlows }: Limits, inMemory: boolean): Retention {
  return {
    flowDays,
    incidentDays,
    maxBytes: maxGigabytes * 1e9,
    maxFlows: inMemory ? Math.min(IN_MEMORY, maxFlows) : maxFlows,
  }
}
