import { Worker } from 'node:worker_threads'

/** The engine in a thread of its own: what it says, and how to stop it. */
export interface EngineThread<Message> {
  /** Asks the engine to end its input and report; resolves when the thread is gone. */
  stop(): Promise<void>
  /** Resolves when the thread is gone, rejects when it died of a fault. */
  readonly ended: Promise<void>
  /** Sends it something other than to stop. */
  tell(order: unknown): void
  readonly onMessage: (listener: (message: Message) => void) => void
}

/** Starts `entry` (a module beside the program) as a thread with `request` as its workerData. */
export function startThread<Message>(entry: URL, request: unknown): EngineThread<Message> {
  const worker = new Worker(entry, { workerData: request })
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', () => resolve())
  })
  ended.catch(() => {})
  return {
    ended,
    tell: (order) => worker.postMessage(order),
    onMessage: (listener) => worker.on('message', listener),
    async stop() {
      worker.postMessage('stop')
      await ended.catch(() => {})
    },
  }
}
