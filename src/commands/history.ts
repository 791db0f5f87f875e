import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { FeedHub } from '../engine/feed.ts'
import { createDesk, type Desk } from '../incidents/desk.ts'
import type { HistoryHooks } from '../run.ts'
import type { LimitBook } from '../server/api/limits.ts'
import { openDuckdb } from '../store/duckdb/store.ts'
import type { Store } from '../store/store.ts'
import type { Limits } from '../types/api.ts'
import type { Clock } from '../types/clock.ts'
import type { FeedEvent } from '../types/feed.ts'
import type { KeptIncident } from '../types/history.ts'
import type { WorkerMessage } from '../worker.ts'
import { openLimits, retentionOf } from './limits.ts'

/** Milliseconds between two writings of many flows; few wait for the fifth. A writing costs much, a flow in it little. */
const WRITE = 1_000
const PATIENCE = 5
const FEW = 100
/** Milliseconds between two looks at what is too old. */
const RETAIN = 600_000
/** Incidents of earlier runs that a page gets on connect. */
const SHOWN = 100

/** What is kept of a run, and what people decide about it. */
export interface History extends HistoryHooks {
  store: Store
  desk: Desk
  /** How much is kept; the budget of alerts too. */
  limits: LimitBook
  /** Incidents of earlier runs. */
  incidentsBefore: number
  /** Passes an event on to the page: incidents once they are kept. */
  publish(event: FeedEvent): void
  /** Writes what waits, and ends. */
  close(): Promise<void>
}

/** Opens what is kept in the data folder, or begins a history in memory; `onKept` hears of incidents as they are kept, `onLimits` of limits said anew. Throws an `InputError` when it cannot be used. */
export async function openHistory(
  config: Config,
  hub: FeedHub,
  log: Logger,
  clock: Clock,
  onKept: (incidents: readonly KeptIncident[]) => void = () => {},
  onLimits: (limits: Limits) => void = () => {},
): Promise<History> {
  const { dataDir } = config
  const stamp = new Date(clock.now() * 1000)
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 14)
  const store = await openDuckdb({ folder: dataDir ?? null, stamp, warn: (message) => log.warn(message) })
  const desk = await createDesk({
    store,
    now: () => clock.now(),
    onKept(incidents) {
      hub.publish({ kind: 'incidents', incidents: [...incidents] })
      onKept(incidents)
    },
  })
  const earlier = await store.incidents([], 'recent', { limit: SHOWN })
  if (earlier.items.length > 0) hub.publish({ kind: 'incidents', incidents: earlier.items.toReversed() })
  const failed = (error: unknown): void => log.error({ err: error }, 'the history could not be written')
  const retain = (): void => {
    void store.retain(retentionOf(limits.current(), dataDir === undefined), clock.now()).catch(failed)
  }
  const limits = await openLimits(config, store, clock, () => {
    retain()
    onLimits(limits.current())
  })
  let [waiting, looks] = [0, 0]
  const writer = setInterval(() => {
    if (++looks < PATIENCE && waiting <= FEW) return
    waiting = looks = 0
    void store.flush().catch(failed)
  }, WRITE)
  const keeper = setInterval(retain, RETAIN)
  return {
    store,
    desk,
    limits,
    incidentsBefore: await store.lastIncidentNumber(),
    flows(batch) {
      waiting += batch.count
      store.putFlows(batch)
    },
    hosts: (list) => store.putHosts(list),
    publish(event) {
      if (event.kind === 'incidents') desk.take(event.incidents)
      else hub.publish(event)
    },
    async close() {
      clearInterval(writer)
      clearInterval(keeper)
      await desk.settle()
      await store.close()
    },
  }
}

/** Takes what the engine thread found; other messages are none of its business. */
export function keepMessage(history: History, message: WorkerMessage): void {
  if (message.kind === 'event') history.publish(message.event)
  if (message.kind === 'flows') history.flows(message.batch)
  if (message.kind === 'hosts') history.hosts(message.hosts)
}
