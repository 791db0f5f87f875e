import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from './clock.ts'
import type { ModelBook } from './model-book.ts'
import type { RunRequest } from './request.ts'
import { run } from './run.ts'
import type { FlowBatch } from './store/flow-batch.ts'
import type { ModelView } from './types/api.ts'
import { InputError } from './types/errors.ts'
import type { FeedEvent } from './types/feed.ts'
import type { HostView } from './types/host.ts'
import type { ReadReport } from './types/report.ts'

/** What the main thread tells the engine thread. */
export type WorkerOrder = 'stop' | 'reload' | ModelOrder | { alertsPerDay: number }

/** What a person may ask of the models. */
export type ModelOrder = 'describe' | 'retrain' | 'rollBack'

/** What the engine thread tells the main thread; `rules` is the answer to `reload`. */
export type WorkerMessage =
  | { kind: 'event'; event: FeedEvent }
  | { kind: 'flows'; batch: FlowBatch }
  | { kind: 'hosts'; hosts: HostView[] }
  | { kind: 'progress'; done: number; total: number }
  | { kind: 'rules'; count: number }
  | { kind: 'rules'; broken: string }
  | { kind: 'model'; view: ModelView }
  | { kind: 'model'; refused: string }
  | { kind: 'done'; report: ReadReport }
  | { kind: 'failed'; message: string; input: boolean }

if (parentPort !== null) {
  const port = parentPort
  const post = (message: WorkerMessage): void => port.postMessage(message)
  const abort = new AbortController()
  let reload = (): number => 0
  const reloadRules = (): void => {
    try {
      post({ kind: 'rules', count: reload() })
    } catch (error) {
      post({ kind: 'rules', broken: error instanceof Error ? error.message : String(error) })
    }
  }
  let models: ModelBook | null = null
  const askModels = (order: ModelOrder): void => {
    try {
      if (models === null) throw new InputError('the engine has just started: ask again')
      post({ kind: 'model', view: models[order]() })
    } catch (error) {
      post({ kind: 'model', refused: error instanceof Error ? error.message : String(error) })
    }
  }
  port.on('message', (order: WorkerOrder) => {
    if (order === 'stop') abort.abort()
    else if (order === 'reload') reloadRules()
    else if (typeof order === 'object') models?.allow(order.alertsPerDay)
    else askModels(order)
  })
  run(workerData as RunRequest, {
    clock: systemClock,
    signal: abort.signal,
    reloadable: (offered) => {
      reload = offered
    },
    models: (book) => {
      models = book
    },
    send: (event) => post({ kind: 'event', event }),
    progress: (done, total) => {
      // Of what has no end nobody asks how far it is.
      if (total > 0) post({ kind: 'progress', done, total })
    },
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
