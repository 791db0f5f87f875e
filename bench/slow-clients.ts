/** What 50 pages that do not read cost the server at 10,000 flows a second, and what a page that reads notices of them. */
import { type ChildProcess, fork } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { io } from 'socket.io-client'
import { SampleFeed } from '../src/server/sample-feed.case.ts'
import { SampleTraffic } from '../src/server/sample-traffic.case.ts'
import { createServer } from '../src/server/server.ts'
import type { PacketView } from '../src/types/events.ts'
import { report } from './measure.ts'

const STALLED = 50
const BATCHES_PER_SECOND = 20
const FLOWS = 500
const SECONDS = 45
const now = (): number => performance.timeOrigin + performance.now()

if (process.argv[2] === 'server') await serve()
else await look()

/** The server and its feed, in a process of their own: memory is told once a second, as clients and MiB. */
async function serve(): Promise<void> {
  const feed = new SampleFeed()
  const traffic = new SampleTraffic(1)
  const server = await createServer({ feed, logger: pino({ level: 'silent' }), port: 0 })
  setInterval(() => {
    const time = now() / 1000
    const anomalous = Array.from({ length: 5 }, () => traffic.attack(time))
    feed.judge([...Array.from({ length: 5 }, () => traffic.normal(time)), ...anomalous], FLOWS - 10)
  }, 1000 / BATCHES_PER_SECOND)
  setInterval(() => {
    feed.tick(now() / 1000)
    global.gc?.()
    const { rss } = process.memoryUsage()
    process.send!({ port: server.port, clients: server.clients, resident: rss / 2 ** 20 })
  }, 1000)
}

interface Told {
  port: number
  clients: number
  resident: number
}

async function look(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['server'], { execArgv: [...process.execArgv, '--expose-gc'] })
  const told: Told[] = []
  child.on('message', (message) => told.push(message as Told))
  while (told.length < 5) await sleep(100)
  const { port } = told[0]!
  const healthy = io(`http://127.0.0.1:${port}`, { transports: ['websocket'] })
  const waits: number[] = []
  healthy.on('packets', ({ packets }: { packets: PacketView[] }) => {
    for (const { time } of packets) waits.push(now() - time * 1000)
  })
  await sleep(5_000)
  const before = told.at(-1)!.resident
  waits.length = 0
  const sockets = Array.from({ length: STALLED }, () => stall(port))
  const began = now()
  let most = before
  let cutAfter = Number.POSITIVE_INFINITY
  while (now() - began < SECONDS * 1000) {
    await sleep(250)
    const { clients, resident } = told.at(-1)!
    most = Math.max(most, resident)
    if (now() - began > 5_000 && clients === 1) cutAfter = Math.min(cutAfter, (now() - began) / 1000)
  }
  waits.sort((a, b) => a - b)
  report(`${STALLED} clients that do not read: memory they add`, [most - before], 'MiB')
  report('until the last of them is cut', [cutAfter], 's')
  report('a client that reads: flow judged to flow received', waits, 'ms')
  report('the same, 99th percentile', [waits[Math.floor(waits.length * 0.99)]!], 'ms')
  healthy.close()
  for (const socket of sockets) socket.destroy()
  await end(child)
}

/** Upgrades to a WebSocket, joins, and then reads nothing. */
function stall(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  const handshake = [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ]
  socket.write(`${handshake.join('\r\n')}\r\n\r\n`)
  // The text frame "40" (join), masked with zeros.
  socket.once('data', () => socket.pause().write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30])))
  socket.on('error', () => {})
  return socket
}

async function end(child: ChildProcess): Promise<void> {
  child.kill()
  await new Promise((resolve) => child.once('exit', resolve))
}
