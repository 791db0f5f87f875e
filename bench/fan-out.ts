import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pino } from 'pino'
import { io, type Socket } from 'socket.io-client'
import { loadConfig } from '../src/config.ts'
import { createFeedHub } from '../src/engine/feed.ts'
import { createReporter } from '../src/engine/reporter.ts'
import { createFlowRecord, PROTOCOL } from '../src/net/flow-record.ts'
import { emptyStats } from '../src/request.ts'
import { createServer } from '../src/server/server.ts'
import { createVerdict } from '../src/verdict/fusion.ts'
import { report, sized } from './measure.ts'

/**
 * Prints what the server side costs with 100 pages connected and 5,000 flows a second judged, one in fifty of them anomalous: what
 * gathers events, and what sends them, in a process of its own; the pages are here.
 */
const CLIENTS = 100
const FLOWS = 5_000
const EVERY = 50
const ANOMALOUS = 50
const SECONDS = sized(5, 2)
const ROUNDS = sized(3, 1)

if (process.argv[2] === 'serve') await serve()
else await connect()

async function serve(): Promise<void> {
  const config = loadConfig(undefined, {})
  const hub = createFeedHub({ version: '0', mode: 'bench', detection: 'bench', seed: 1 }, emptyStats(config))
  const server = await createServer({ feed: hub, logger: pino({ level: 'silent' }), port: 0 })
  const reporter = createReporter({
    timeline: { interval: 2, cap: 600, atCap: 'slide' },
    send: hub.publish,
    stats: () => emptyStats(config),
  })
  const flow = Object.assign(createFlowRecord(), { protocol: PROTOCOL.tcp, dstPort: 443, connState: 'SF' })
  const verdict = createVerdict()
  const explain = () => [{ detector: 'rules', text: 'why', feature: 'flows', observed: 3, expected: '<= 2', share: 1 }]
  setInterval(() => {
    for (let i = 0; i < (FLOWS * EVERY) / 1_000; i++) {
      flow.id++
      flow.last = Date.now() / 1_000
      flow.address.set([0, 0, 0xffff, 0x0a000000 | (flow.id & 0xffff), 0, 0, 0xffff, 0x5db80000 | (flow.id % 4_093)])
      verdict.anomaly = flow.id % ANOMALOUS === 0
      reporter.flow(flow, verdict, verdict.anomaly ? 'Port Scan' : null, explain)
    }
    reporter.flush()
  }, EVERY)
  setInterval(() => reporter.tick(), 1_000)
  process.on('message', () => process.send!(process.cpuUsage()))
  process.send!(server.port)
}

async function connect(): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', process.argv[1]!, 'serve'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [port] = (await once(child, 'message')) as [number]
  let batches = 0
  const clients: Socket[] = []
  for (let i = 0; i < CLIENTS; i++) {
    const client = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true })
    client.on('packets', () => batches++)
    clients.push(client)
    await once(client as never, 'connect')
  }
  const cores: number[] = []
  const seen: number[] = []
  await wait(2)
  for (let round = 0; round < ROUNDS; round++) {
    const [before, began, had] = [await usageOf(), performance.now(), batches]
    await wait(SECONDS)
    const spent = (await usageOf()) - before
    const passed = performance.now() - began
    cores.push(spent / 1_000 / passed)
    seen.push(((batches - had) / CLIENTS / passed) * 1_000)
  }
  report(
    `server, ${CLIENTS} pages and ${FLOWS} flows a second`,
    cores.map((share) => share * 100),
    '%',
  )
  report('batches a page gets a second', seen, '/s')
  for (const client of clients) client.close()
  child.kill()

  /** CPU microseconds of the server so far. */
  async function usageOf(): Promise<number> {
    child.send('usage')
    const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage]
    return user + system
  }
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
}
