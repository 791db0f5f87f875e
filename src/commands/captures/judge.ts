import { mkdirSync } from 'node:fs'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { createFeedHub } from '../../engine/feed.ts'
import { startThread } from '../../engine/thread.ts'
import { editedOf, emptyStats, type RunRequest } from '../../request.ts'
import type { Store } from '../../store/store.ts'
import type { CaptureResult } from '../../types/api.ts'
import type { Clock } from '../../types/clock.ts'
import type { WorkerMessage } from '../../worker.ts'
import { type History, keepMessage, openHistory } from '../history.ts'
import { version } from '../version.ts'

/** What came of judging: a result, or why there is none. */
export interface Outcome {
  result: CaptureResult | null
  problem: string | null
}

/** One capture being judged. */
export interface Judging {
  /** What is found, while it is found; rejects when it cannot be kept. */
  readonly store: Promise<Store>
  /** Never rejects; by then the store is closed. */
  readonly ended: Promise<Outcome>
  stop(): void
}

const ENTRY = new URL(`../../worker${import.meta.url.slice(-3)}`, import.meta.url)
/** Days and flows kept of a capture: what is old in it is what it is about. */
const KEEP = { flowDays: 36_500, incidentDays: 36_500, maxFlows: 2_000_000, maxGigabytes: 2 }

/** What the last message says came of it; null of any other. */
function outcomeOf(message: WorkerMessage): Outcome | null {
  if (message.kind === 'failed') return { result: null, problem: message.message }
  if (message.kind !== 'done') return null
  const { packets, flows, first, last, truncated, undecoded } = message.report.input
  const { length: incidents } = message.report.incidents
  return { result: { packets, flows, incidents, first, last, truncated, undecoded }, problem: null }
}

/** Judges `file` as `nads read` does, knowing nothing of live traffic, and keeps what is found in `folder`. */
export function judge(
  config: Config,
  folder: string,
  file: string,
  log: Logger,
  clock: Clock,
  progress: (share: number) => void,
): Judging {
  const abort = new AbortController()
  const alone: Config = { ...config, sources: [], history: KEEP }
  const about = { version: version(), mode: 'capture', detection: config.detection.fusion, seed: config.seed }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const history = openHistory({ ...alone, dataDir: folder }, createFeedHub(about, emptyStats(alone)), log, clock)

  const work = async (): Promise<Outcome> => {
    const kept = await history
    try {
      return await inThread(kept)
    } finally {
      await kept.close()
    }
  }

  const inThread = async (kept: History): Promise<Outcome> => {
    let outcome: Outcome = { result: null, problem: 'it was not judged to its end' }
    const request: RunRequest = {
      config: { ...alone, dataDir: undefined },
      ...editedOf(config),
      sources: [{ name: 'capture', kind: 'read', files: [file] }],
    }
    const thread = startThread<WorkerMessage>(ENTRY, request)
    thread.onMessage((message) => {
      keepMessage(kept, message)
      if (message.kind === 'progress') progress(message.total > 0 ? Math.min(1, message.done / message.total) : 0)
      outcome = outcomeOf(message) ?? outcome
    })
    const stop = (): void => thread.tell('stop')
    if (abort.signal.aborted) stop()
    abort.signal.addEventListener('abort', stop)
    await thread.ended
    return outcome
  }

  return {
    store: history.then(({ store }) => store),
    ended: work().catch((error: unknown) => {
      log.error({ err: error }, 'a capture could not be judged')
      return { result: null, problem: 'it could not be judged: the log says why' }
    }),
    stop: () => abort.abort(),
  }
}
