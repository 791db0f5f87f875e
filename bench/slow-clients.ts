/** What 50 pages that do not read cost the server at 10,000 flows a second, and what a page that reads notices of them. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { io } from 'socket.io-client'
import type { PacketView } from '../src/types/events.ts'
import { now, startFeed } from './feed-server.ts'
import { report, sized } from './measure.ts'

const STALLED = 50
const FLOWS = 10_000
const SECONDS = sized(45, 8)

await look()

async function look(): Promise<void> {
  const { told, stop } = startFeed(FLOWS)
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
  await stop()
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
