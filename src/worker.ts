import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from './clock.ts'
import { type RunRequest, run } from './run.ts'
import type { FlowBatch } from './store/flow-batch.ts'
import { InputError } from './types/errors.ts'
import type { FeedEvent } from './types/feed.ts'
import type { HostView } from './types/host.ts'
import type { ReadReport } from './types/report.ts'

/** What the engine thread tells the main thread. Any message the other way means: stop. */
export type WorkerMessage =
  | { kind: 'event'; event: FeedEvent }
  | { kind: 'flows'; batch: FlowBatch }
  | { kind: 'hosts'; hosts: HostView[] }
  | { kind: 'done'; report: ReadReport }
  | { kind: 'failed'; message: string; input: boolean }

if (parentPort !== null) {
  const port = parentPort
  const post = (message: WorkerMessage): void => port.postMessage(message)
  const abort = new AbortController()
  port.once('message', () => abort.abort())
  run(workerData as RunRequest, {
    clock: systemClock,
    signal: abort.signal,
    send: (event) => post({ kind: 'event', event }),
    history: {
      flows: (batch) => post({ kind: 'flows', batch }),
      hosts: (hosts) => post({ kind: 'hosts', hosts }),
    },
  })
    .then((report) => post({ kind: 'done', report }))
    .catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      post({ kind: 'failed', message, input: error instanceof InputError })
    })
    .finally(() => port.close())
}
