import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { SampleFeed } from '../src/server/sample-feed.case.ts'
import { SampleTraffic } from '../src/server/sample-traffic.case.ts'
import { createServer } from '../src/server/server.ts'

const BATCHES_PER_SECOND = 20
/** Of each batch, turned into views as the engine does: the rest is only counted. */
const NORMAL = 5
const ANOMALOUS = 5
const INCIDENTS = 20

/** What the server's process says of itself once a second. */
export interface Told {
  port: number
  clients: number
  /** MiB. */
  resident: number
}

/** Milliseconds since the epoch, finer than `Date.now`. */
export const now = (): number => performance.timeOrigin + performance.now()

/** A server with a feed of `flows` judged flows a second, in a process of its own. */
export function startFeed(flows: number): { child: ChildProcess; told: Told[]; stop(): Promise<void> } {
  const child = fork(fileURLToPath(import.meta.url), [String(flows)], {
    execArgv: [...process.execArgv, '--expose-gc'],
  })
  const told: Told[] = []
  child.on('message', (message) => told.push(message as Told))
  return {
    child,
    told,
    async stop() {
      child.kill()
      await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) await serve()

async function serve(): Promise<void> {
  const perBatch = Number(process.argv[2]) / BATCHES_PER_SECOND
  const feed = new SampleFeed()
  const traffic = new SampleTraffic(1)
  const server = await createServer({ feed, logger: pino({ level: 'silent' }), port: 0 })
  let batches = 0
  setInterval(() => {
    const time = now() / 1000
    const anomalous = Array.from({ length: ANOMALOUS }, () => traffic.attack(time))
    const normal = Array.from({ length: NORMAL }, () => traffic.normal(time))
    feed.judge([...normal, ...anomalous], perBatch - NORMAL - ANOMALOUS)
    if (batches++ % BATCHES_PER_SECOND === 0) {
      const incident = traffic.incident(anomalous, 'high')
      feed.open({ ...incident, id: `nads-${String(batches % INCIDENTS).padStart(6, '0')}` })
    }
  }, 1000 / BATCHES_PER_SECOND)
  setInterval(() => {
    feed.tick(now() / 1000)
    global.gc?.()
    const { rss } = process.memoryUsage()
    process.send!({ port: server.port, clients: server.clients, resident: rss / 2 ** 20 } satisfies Told)
  }, 1000)
}
